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

Time begin_of(int year, unsigned month) {
  std::chrono::sys_days day = std::chrono::year{year} / std::chrono::month{month} / 1;
  return Time{int64_t{day.time_since_epoch().count()} * kDayMs} - kUtcOffset;
}

// The calendar that <chrono> knows: years up to 32767.
constexpr Time kLastTime{int64_t{253'402'300'799'000}};  // end of the year 9999

bool is_printable(Time time) { return time.value >= 0 && time <= kLastTime; }

}  // namespace

std::optional<MonthSpan> month_span(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return {};
  int digits[6];
  size_t n = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 4) continue;
    if (text[i] < '0' || text[i] > '9') return {};
    digits[n++] = text[i] - '0';
  }
  int year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
  unsigned month = static_cast<unsigned>(digits[4] * 10 + digits[5]);
  if (year < 1970 || month < 1 || month > 12) return {};
  bool is_december = month == 12;
  return MonthSpan{begin_of(year, month),
                   begin_of(year + (is_december ? 1 : 0), is_december ? 1 : month + 1)};
}

std::string month_name(Time time) {
  if (!is_printable(time)) return "-";
  Civil c = civil_of((time + kUtcOffset).value);
  return fmt::format("{:04}-{:02}", c.year, c.month);
}

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
