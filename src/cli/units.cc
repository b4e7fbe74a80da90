#include "cli/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <vector>

namespace pentad::cli {

namespace {

constexpr double kMaxMilliseconds = 3.2e15;  // about 100,000 years

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes a number off the front of `text`: digits with at most one point.
bool take_number(std::string_view& text, double& value) {
  if (text.empty() || !(is_digit(text[0]) || text[0] == '.')) return false;
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool take_integer(std::string_view& text, int64_t& value) {
  if (text.empty() || !is_digit(text[0])) return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

// "h:m:s" or "m:s", before it "days-". Returns false when `text` has another shape.
bool clock_form(std::string_view text, double& ms) {
  int64_t days = 0;
  if (size_t dash = text.find('-'); dash != std::string_view::npos) {
    std::string_view head = text.substr(0, dash);
    if (!take_integer(head, days) || !head.empty()) return false;
    text.remove_prefix(dash + 1);
  }
  std::vector<int64_t> parts;
  while (true) {
    int64_t part = 0;
    if (!take_integer(text, part)) return false;
    parts.push_back(part);
    if (text.empty()) break;
    if (text[0] != ':') return false;
    text.remove_prefix(1);
  }
  if (parts.size() < 2 || parts.size() > 3) return false;
  double s = 0;
  for (int64_t part : parts) s = s * 60 + static_cast<double>(part);
  ms = (static_cast<double>(days) * 86400 + s) * 1000;
  return true;
}

double unit_ms(std::string_view unit) {
  if (unit.empty() || unit == "s" || unit == "sec") return 1000;
  if (unit == "ms") return 1;
  if (unit == "m" || unit == "min") return 60'000;
  if (unit == "h") return 3'600'000;
  if (unit == "d") return 86'400'000;
  if (unit == "w") return 604'800'000;
  return 0;
}

// "1d12h30m".
bool unit_form(std::string_view text, double& ms) {
  ms = 0;
  bool first = true;
  while (!text.empty()) {
    double value = 0;
    if (!take_number(text, value)) return false;
    size_t end = 0;
    while (end < text.size() && lower(text[end]) >= 'a' && lower(text[end]) <= 'z') ++end;
    std::string unit;
    for (char c : text.substr(0, end)) unit += lower(c);
    double factor = unit_ms(unit);
    bool bare = end == 0;  // only a lone number may go without a unit
    if (factor == 0 || (bare && (!text.empty() || !first))) return false;
    first = false;
    ms += value * factor;
    text.remove_prefix(end);
    while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
  }
  return true;
}

// The fields of `text` by `format` (strptime), all of it.
bool calendar(const std::string& text, const char* format, std::tm& tm) {
  const char* end = strptime(text.c_str(), format, &tm);
  return end != nullptr && *end == '\0';
}

std::tm local(Time t) {
  std::time_t seconds = t.value / 1000;
  std::tm tm{};
  localtime_r(&seconds, &tm);
  return tm;
}

Time from_local(std::tm tm) {
  tm.tm_isdst = -1;
  return Time{static_cast<int64_t>(std::mktime(&tm)) * 1000};
}

}  // namespace

Result<Bytes> parse_bytes(std::string_view text) {
  auto bad = [&] {
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is no amount of memory; write it like 4GiB or 512M", text));
  };
  std::string_view rest = text;
  double value = 0;
  if (!take_number(rest, value)) return bad();
  while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
  int power = 0;
  if (!rest.empty() && lower(rest[0]) != 'b') {
    size_t at = std::string_view("kmgtp").find(lower(rest[0]));
    if (at == std::string_view::npos) return bad();
    power = static_cast<int>(at) + 1;
    rest.remove_prefix(1);
    if (!rest.empty() && lower(rest[0]) == 'i') {
      rest.remove_prefix(1);
      if (rest.empty()) return bad();
    }
  }
  if (!rest.empty() && lower(rest[0]) == 'b') rest.remove_prefix(1);
  double bytes = std::round(std::ldexp(value, 10 * power));
  if (!rest.empty() || bytes > std::ldexp(1.0, 60)) return bad();
  return Bytes{static_cast<int64_t>(bytes)};
}

Result<Duration> parse_duration(std::string_view text) {
  double ms = 0;
  if (text.empty() || !(clock_form(text, ms) || unit_form(text, ms)) || ms > kMaxMilliseconds) {
    return fail(
        ErrorCode::invalid,
        fmt::format("`{}` is no length of time; write it like 90s, 1h30m, 2d or 1:30:00", text));
  }
  return Duration{static_cast<int64_t>(std::llround(ms))};
}

Result<Time> parse_time(std::string_view text, Time now) {
  std::string s(text);
  std::string_view rest = text;
  if (rest.starts_with("now")) rest.remove_prefix(3);
  if (rest.empty() && !text.empty()) return now;
  if (!rest.empty() && rest[0] == '+') {
    Result<Duration> delay = parse_duration(rest.substr(1));
    if (!delay) return tl::unexpected(delay.error());
    return now + *delay;
  }
  int64_t seconds_1970 = 0;
  if (std::string_view digits = text.substr(text.empty() ? 0 : 1);
      text.starts_with('@') && take_integer(digits, seconds_1970) && digits.empty() &&
      seconds_1970 < static_cast<int64_t>(kMaxMilliseconds / 1000)) {
    return Time{seconds_1970 * 1000};
  }
  for (const char* format :
       {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    std::tm tm{};
    if (calendar(s, format, tm)) return from_local(tm);
  }
  for (const char* format : {"%H:%M:%S", "%H:%M"}) {
    std::tm tm = local(now);
    tm.tm_sec = 0;
    if (!calendar(s, format, tm)) continue;
    if (from_local(tm) <= now) ++tm.tm_mday;  // mktime carries over the end of a month
    return from_local(tm);
  }
  return fail(
      ErrorCode::invalid,
      fmt::format("`{}` is no time; write it like 16:00, now+2h or 2026-11-22T16:00", text));
}

std::string format_bytes(Bytes bytes) {
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes.value);
  size_t unit = 0;
  while (std::abs(value) >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  if (unit == 0) return bytes.value == 0 ? "0" : fmt::format("{} B", bytes.value);
  if (value >= 99.95 || value == std::floor(value))
    return fmt::format("{:.0f} {}", value, kUnits[unit]);
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string format_duration(Duration duration) {
  int64_t ms = duration.value;
  if (ms < 0) return "-" + format_duration(Duration{-ms});
  if (ms < 1000) return fmt::format("{}ms", ms);
  if (ms < 59'950) return fmt::format("{}.{}s", (ms + 50) / 1000, (ms + 50) % 1000 / 100);
  int64_t s = (ms + 500) / 1000;
  if (s < 3600) return fmt::format("{}m {}s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{}h {}m", s / 3600, s % 3600 / 60);
  return fmt::format("{}d {}h", s / 86400, s % 86400 / 3600);
}

std::string format_time(Time time, Time now) {
  if (time == Time{}) return "-";
  std::tm then = local(time);
  std::tm today = local(now);
  std::array<char, 32> text{};
  bool same_day = then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
  std::strftime(text.data(), text.size(), same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M", &then);
  return text.data();
}

}  // namespace pentad::cli
