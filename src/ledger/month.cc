#include "ledger/month.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace pentad::ledger {

namespace {

constexpr int64_t kDayMs = 24 * 3'600'000;
// Beyond the years 0 to 9999 a month is the first or last of them.
constexpr int64_t kFirstDay = -719'528;
constexpr int64_t kLastDay = 2'932'896;

}  // namespace

Month month_of(Time time) {
  const int64_t local = time.value > Time::never().value - kUtcOffset.value
                            ? time.value
                            : time.value + kUtcOffset.value;
  const int64_t day = local >= 0 ? local / kDayMs : -((-local + kDayMs - 1) / kDayMs);
  const std::chrono::sys_days days{
      std::chrono::days{static_cast<int32_t>(std::clamp(day, kFirstDay, kLastDay))}};
  const std::chrono::year_month_day date{days};
  return static_cast<int32_t>(date.year()) * 12 +
         static_cast<int32_t>(static_cast<uint32_t>(date.month())) - 1;
}

Time begin_of(Month month) {
  const std::chrono::year_month_day date{std::chrono::year{month / 12},
                                         std::chrono::month{static_cast<uint32_t>(month % 12) + 1},
                                         std::chrono::day{1}};
  const int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return Time{days * kDayMs} - kUtcOffset;
}

std::string month_text(Month month) {
  return fmt::format("{:04}-{:02}", month / 12, month % 12 + 1);
}

std::optional<Month> month_from(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return {};
  int32_t year = 0, month = 0;
  const auto read = [&](std::string_view part, int32_t& value) {
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc{} && end == part.data() + part.size() && part[0] != '-';
  };
  if (!read(text.substr(0, 4), year) || !read(text.substr(5), month)) return {};
  if (month < 1 || month > 12) return {};
  return year * 12 + month - 1;
}

}  // namespace pentad::ledger
