#include "twin/report/numbers.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>

namespace pentad::twin {

namespace {

// The value with the largest prefix that leaves at least one whole unit.
std::string prefixed(double value, const std::array<std::string_view, 3>& units) {
  const double size = std::abs(value);
  const size_t i = size >= 1e6 ? 2 : size >= 1e3 ? 1 : 0;
  const double scaled = value / std::pow(1000.0, static_cast<double>(i));
  const int decimals = std::abs(scaled) >= 1000 ? 0 : std::abs(scaled) >= 100 ? 1 : 2;
  return number(scaled, decimals) + " " + std::string(units[i]);
}

struct Calendar {
  std::chrono::year_month_day date;
  int64_t minute = 0;  // of the day
};

Calendar calendar(Time at, Duration utc_offset) {
  namespace chrono = std::chrono;
  const chrono::milliseconds since{(at + utc_offset).value};
  const auto day = chrono::floor<chrono::days>(since);
  return {chrono::year_month_day{chrono::sys_days{day}},
          chrono::floor<chrono::minutes>(since - day).count()};
}

}  // namespace

std::string number(double value, int decimals) {
  if (!std::isfinite(value)) return "-";
  std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
  size_t end = text.find('.');
  if (end == std::string::npos) end = text.size();
  for (size_t at = end; at > 3; at -= 3) text.insert(at - 3, ",");
  const bool zero = text.find_first_of("123456789") == std::string::npos;
  return value < 0 && !zero ? "-" + text : text;
}

std::string whole(int64_t value) { return number(static_cast<double>(value), 0); }

std::string percent(double share) { return number(100 * share, 1) + " %"; }

std::string energy_text(double kwh) { return prefixed(kwh, {"kWh", "MWh", "GWh"}); }

std::string power_text(double w) { return prefixed(w, {"W", "kW", "MW"}); }

std::string mass_text(double kg) { return prefixed(kg, {"kg", "t", "kt"}); }

std::string hours_text(double hours) {
  return number(hours, std::abs(hours - std::round(hours)) < 0.005 ? 0 : 2) + " h";
}

std::string money_text(double cny, Language language) {
  return number(cny, std::abs(cny) < 100 ? 2 : 0) + (language == Language::zh ? " 元" : " CNY");
}

std::string span_text(double seconds, Language language) {
  if (!std::isfinite(seconds)) return "-";
  const bool zh = language == Language::zh;
  if (seconds < 60)
    return number(seconds, seconds > 0 && seconds < 10 ? 1 : 0) + (zh ? " 秒" : " s");
  const auto whole_s = static_cast<int64_t>(seconds);
  const int64_t d = whole_s / 86400, h = whole_s / 3600 % 24, m = whole_s / 60 % 60;
  const auto two = [](int64_t a, const char* unit_a, int64_t b, const char* unit_b) {
    return fmt::format("{} {} {} {}", whole(a), unit_a, b, unit_b);
  };
  if (d > 0) return two(d, zh ? "天" : "d", h, zh ? "小时" : "h");
  if (h > 0) return two(h, zh ? "小时" : "h", m, zh ? "分" : "min");
  return two(m, zh ? "分" : "min", whole_s % 60, zh ? "秒" : "s");
}

std::string local_minute(Time at, Duration utc_offset) {
  const int64_t minute = calendar(at, utc_offset).minute;
  return fmt::format("{} {:02}:{:02}", local_day(at, utc_offset), minute / 60, minute % 60);
}

std::string local_day(Time at, Duration utc_offset) {
  const auto date = calendar(at, utc_offset).date;
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string offset_name(Duration utc_offset) {
  const int64_t minutes = utc_offset.value / 60'000;
  return fmt::format("UTC{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

double rounded(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::abs(value))));
  return std::isfinite(scale) ? std::round(value * scale) / scale : value;
}

}  // namespace pentad::twin
