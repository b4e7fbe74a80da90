#include "catalogue/weather.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "catalogue/epw.h"
#include "catalogue/open_meteo.h"
#include "catalogue/text_file.h"

namespace pentad::catalogue {
namespace {

constexpr size_t kLeapHours = 8784;
constexpr size_t kShortGap = 6;

void drop_leap_day(std::vector<double>& hours) {
  constexpr long first = (31 + 28) * 24;
  hours.erase(hours.begin() + first, hours.begin() + first + 24);
}

// The nearest known index from `at` in steps of `step` hours, wrapping around the year.
size_t nearest(const std::vector<double>& hours, size_t at, size_t step, bool forward) {
  size_t n = hours.size();
  size_t i = at;
  do {
    i = forward ? (i + step) % n : (i + n - step) % n;
  } while (std::isnan(hours[i]) && i != at);
  return i;
}

double between(const std::vector<double>& hours, size_t at, size_t step) {
  size_t n = hours.size();
  size_t before = nearest(hours, at, step, false);
  size_t after = nearest(hours, at, step, true);
  if (std::isnan(hours[before])) return std::nan("");
  auto behind = static_cast<double>((at + n - before) % n);
  auto ahead = static_cast<double>((after + n - at) % n);
  return hours[before] + (hours[after] - hours[before]) * behind / (behind + ahead);
}

size_t gap_length(const std::vector<double>& hours, size_t at) {
  size_t before = nearest(hours, at, 1, false);
  size_t after = nearest(hours, at, 1, true);
  return (after + hours.size() - before) % hours.size() - 1;
}

// Returns how many hours were filled. At least one hour is known.
size_t fill_gaps(std::vector<double>& hours) {
  const std::vector<double> known = hours;
  size_t filled = 0;
  for (size_t i = 0; i < hours.size(); ++i) {
    if (!std::isnan(known[i])) continue;
    ++filled;
    bool is_short = gap_length(known, i) <= kShortGap;
    double value = is_short ? between(known, i, 1) : between(known, i, 24);
    // That hour of the clock is missing on every day.
    hours[i] = std::isnan(value) ? between(known, i, 1) : value;
  }
  return filled;
}

Status fill(std::vector<double>& hours, const char* what, std::vector<std::string>& notes) {
  auto missing = static_cast<size_t>(
      std::count_if(hours.begin(), hours.end(), [](double x) { return std::isnan(x); }));
  if (missing == 0) return {};
  if (missing * 4 > hours.size()) {
    return fail(ErrorCode::invalid,
                fmt::format("{} of {} hours have no {}; at most a quarter may be missing", missing,
                            hours.size(), what));
  }
  size_t filled = fill_gaps(hours);
  notes.push_back(
      fmt::format("{}: {} missing hours filled (gaps up to {} h along a line, longer ones from the "
                  "days around)",
                  what, filled, kShortGap));
  return {};
}

Status fill_pressure(std::vector<double>& hours, Weather& about) {
  bool none = std::all_of(hours.begin(), hours.end(), [](double x) { return std::isnan(x); });
  if (!none) return fill(hours, "pressure", about.notes);
  double altitude_m = about.altitude_m.value_or(0);
  std::fill(hours.begin(), hours.end(), energy::standard_pressure_pa(altitude_m));
  about.notes.push_back(
      fmt::format("pressure: not in the source; the standard atmosphere at {} m", altitude_m));
  return {};
}

}  // namespace

Result<Weather> finish_weather(RawWeather raw) {
  Weather weather = std::move(raw.about);
  size_t n = raw.dry_bulb_c.size();
  raw.relative_humidity_percent.resize(n, std::nan(""));
  raw.pressure_pa.resize(n, std::nan(""));
  if (n != kHoursOfYear && n != kLeapHours) {
    return fail(ErrorCode::invalid,
                fmt::format("{} hours; a year has {} or {}", n, kHoursOfYear, kLeapHours));
  }
  if (n == kLeapHours) {
    for (auto* hours : {&raw.dry_bulb_c, &raw.relative_humidity_percent, &raw.pressure_pa}) {
      drop_leap_day(*hours);
    }
    weather.notes.emplace_back("29 February left out");
  }
  Status status = fill(raw.dry_bulb_c, "dry bulb", weather.notes);
  if (status) status = fill(raw.relative_humidity_percent, "relative humidity", weather.notes);
  if (status) status = fill_pressure(raw.pressure_pa, weather);
  if (!status) return tl::unexpected(status.error());
  auto above = std::count_if(raw.relative_humidity_percent.begin(),
                             raw.relative_humidity_percent.end(), [](double x) { return x > 100; });
  if (above > 0) {
    weather.notes.push_back(
        fmt::format("relative humidity: {} hours above 100 % cut to it", above));
  }
  weather.hours.resize(kHoursOfYear);
  for (size_t i = 0; i < kHoursOfYear; ++i) {
    double humidity = std::min(raw.relative_humidity_percent[i] / 100, 1.0);
    weather.hours[i] = {raw.dry_bulb_c[i], humidity, raw.pressure_pa[i]};
  }
  return weather;
}

Result<Weather> read_weather_file(const std::string& path) {
  auto text = read_text_file(path);
  if (!text) return tl::unexpected(text.error());
  bool is_epw = path.ends_with(".epw") || path.ends_with(".EPW");
  if (!is_epw && !path.ends_with(".json")) {
    return fail(ErrorCode::unsupported, "weather files end in .epw or .json (Open-Meteo)", path);
  }
  auto weather = is_epw ? parse_epw(*text) : parse_open_meteo(*text);
  if (weather) return weather;
  Error error = weather.error();
  if (!error.path.empty()) error.message = error.path + ": " + error.message;
  return fail(error.code, error.message, path);
}

}  // namespace pentad::catalogue
