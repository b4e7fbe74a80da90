#include "ledger/calendar.h"

#include <fmt/format.h>

#include <chrono>

namespace pentad::ledger {

namespace {

constexpr int64_t kDayMs = 86'400'000;

struct Civil {
  int year = 0;
  unsigned month = 0, day = 0;
  int64_t hour = 0, minute = 0, second = 0;
};

Civil civil_of(int64_t ms) {
  int64_t days = ms / kDayMs - (ms % kDayMs < 0 ? 1 : 0);
  int64_t in_day_s = (ms - days * kDayMs) / 1000;
  std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int32_t>(days)}}};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          in_day_s / 3600,
          in_day_s / 60 % 60,
          in_day_s % 60};
}

// The calendar that <chrono> knows: years up to 32767.
constexpr Time kLastTime{int64_t{253'402'300'799'000}};  // end of the year 9999

bool is_printable(Time time) { return time.value >= 0 && time <= kLastTime; }

}  // namespace

std::optional<MonthSpan> month_span(std::string_view text) {
  const std::optional<Month> month = month_from(text);
  if (!month || *month < 1970 * 12) return {};
  return MonthSpan{begin_of(*month), begin_of(*month + 1)};
}

std::string month_name(Time time) { return is_printable(time) ? month_text(month_of(time)) : "-"; }

std::string local_time_text(Time time) {
  if (!is_printable(time)) return "-";
  Civil c = civil_of((time + kUtcOffset).value);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour,
                     c.minute, c.second);
}

std::string utc_time_text(Time time) {
  if (!is_printable(time)) return "-";
  Civil c = civil_of(time.value);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour,
                     c.minute, c.second);
}

}  // namespace pentad::ledger
