#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "catalogue/climate.h"
#include "catalogue/fixed_noise.h"
#include "energy/psychrometrics.h"

namespace pentad::catalogue {
namespace {

constexpr size_t kDays = 365;
constexpr int kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr double kAutocorrelation = 0.62;  // of a day's anomaly with the day before
// How the logarithm of vapour pressure follows the temperature anomaly, per K. At constant relative
// humidity it would be 0.06.
constexpr Seasonal kVapourSlope = {0.08, 0.04, 0.015, 0.06};
constexpr double kRangeSpread = 0.35;  // standard deviation of a day's range over its mean
constexpr double kWarmRange = 0.45;    // its correlation with the anomaly: clear days are warmer
constexpr size_t kDesignHours = 50;    // above the design values
constexpr double kTail = 0.95;         // above this quantile the year is stretched

using Hours = std::vector<double>;

std::array<size_t, 13> month_starts() {
  std::array<size_t, 13> starts{};
  for (size_t m = 0; m < 12; ++m) starts[m + 1] = starts[m] + size_t(kMonthDays[m]) * 24;
  return starts;
}

// Along lines between the values at the middles of `parts` equal or unequal stretches of the year.
template <size_t n>
double along(const std::array<double, n>& values, const std::array<double, n>& middles,
             double hour) {
  size_t next = 0;
  while (next < n && middles[next] <= hour) ++next;
  size_t before = (next + n - 1) % n;
  next %= n;
  double year = kHoursOfYear;
  double span = middles[next] - middles[before];
  double past = hour - middles[before];
  if (span <= 0) span += year;
  if (past < 0) past += year;
  return values[before] + (values[next] - values[before]) * past / span;
}

double monthly(const Monthly& values, size_t hour) {
  const auto starts = month_starts();
  Monthly middles{};
  for (size_t m = 0; m < 12; ++m) {
    middles[m] = static_cast<double>(starts[m] + starts[m + 1]) / 2;
  }
  return along(values, middles, static_cast<double>(hour) + 0.5);
}

double seasonal(const Seasonal& values, size_t hour) {
  constexpr Seasonal middles = {15.0 * 24, 105.0 * 24, 197.0 * 24, 288.0 * 24};
  return along(values, middles, static_cast<double>(hour) + 0.5);
}

Monthly monthly_means(const std::function<double(size_t)>& value) {
  const auto starts = month_starts();
  Monthly means{};
  for (size_t m = 0; m < 12; ++m) {
    for (size_t h = starts[m]; h < starts[m + 1]; ++h) means[m] += value(h);
    means[m] /= static_cast<double>(starts[m + 1] - starts[m]);
  }
  return means;
}

// An autoregressive series of one value a day with mean 0 and standard deviation 1 over the year.
std::vector<double> daily_anomalies(FixedNoise& noise) {
  std::vector<double> days(kDays);
  double value = noise.next();
  double sum = 0, squares = 0;
  for (double& day : days) {
    value = kAutocorrelation * value +
            std::sqrt(1 - kAutocorrelation * kAutocorrelation) * noise.next();
    day = value;
    sum += value;
  }
  for (double& day : days) {
    day -= sum / kDays;
    squares += day * day;
  }
  for (double& day : days) day /= std::sqrt(squares / kDays);
  return days;
}

// Along lines from noon to noon. Means over a day vary less than the values at noon: by 1.12 at
// this autocorrelation.
Hours hourly_anomalies(const std::vector<double>& days) {
  Hours hours(kHoursOfYear);
  for (size_t h = 0; h < kHoursOfYear; ++h) {
    double at = (static_cast<double>(h) + 0.5) / 24 - 0.5;
    auto before = static_cast<size_t>(at < 0 ? kDays - 1 : at);
    double share = at < 0 ? at + 1 : at - std::floor(at);
    hours[h] = 1.12 * (days[before] + (days[(before + 1) % kDays] - days[before]) * share);
  }
  return hours;
}

// The course of a day with mean 0 and highest less lowest value 1: highest at 15 h solar time,
// flat at night.
std::array<double, 24> shape_of_day(double solar_lag_h) {
  std::array<double, 24> shape{};
  for (size_t h = 0; h < 24; ++h) {
    double angle = 2 * std::numbers::pi * (static_cast<double>(h) + 0.5 - 15.0 - solar_lag_h) / 24;
    shape[h] = std::cos(angle) + 0.2 * std::cos(2 * angle + 0.4);
  }
  auto [low, high] = std::minmax_element(shape.begin(), shape.end());
  double range = *high - *low;
  for (double& x : shape) x /= range;
  return shape;
}

// Moves the hours, smoothly over the months, until their monthly means are the normals.
void match_means(Hours& hours, const Monthly& normals) {
  for (int round = 0; round < 5; ++round) {
    Monthly off = monthly_means([&](size_t h) { return hours[h]; });
    for (size_t m = 0; m < 12; ++m) off[m] = normals[m] - off[m];
    for (size_t h = 0; h < kHoursOfYear; ++h) hours[h] += monthly(off, h);
  }
}

Hours temperatures(const Climate& climate, FixedNoise& noise, Hours& anomaly_k) {
  std::vector<double> days = daily_anomalies(noise);
  std::vector<double> ranges(kDays);
  for (size_t d = 0; d < kDays; ++d) {
    double own = std::sqrt(1 - kWarmRange * kWarmRange) * noise.next();
    ranges[d] = std::clamp(1 + kRangeSpread * (kWarmRange * days[d] + own), 0.2, 1.8);
  }
  Monthly range{};
  for (size_t m = 0; m < 12; ++m) range[m] = climate.max_c[m] - climate.min_c[m];
  const auto shape = shape_of_day(climate.utc_offset_h - climate.longitude / 15);
  anomaly_k = hourly_anomalies(days);
  Hours hours(kHoursOfYear);
  for (size_t h = 0; h < kHoursOfYear; ++h) {
    anomaly_k[h] *= seasonal(climate.day_sd_k, h);
    hours[h] = monthly(climate.mean_c, h) + anomaly_k[h] +
               monthly(range, h) * ranges[h / 24] * shape[h % 24];
  }
  match_means(hours, climate.mean_c);
  return hours;
}

double quantile(Hours hours, double share) {
  auto at = hours.begin() + static_cast<long>(share * static_cast<double>(hours.size()));
  std::nth_element(hours.begin(), at, hours.end());
  return *at;
}

// The factor that brings the value exceeded in kDesignHours to `design`, kept within reason.
struct Tail {
  double from = 0;
  double factor = 1;
  double stretched(double x) const { return x <= from ? x : from + (x - from) * factor; }
};
Tail tail_of(const Hours& hours, double design) {
  double from = quantile(hours, kTail);
  double now = quantile(hours, 1 - static_cast<double>(kDesignHours) / kHoursOfYear);
  double factor = now > from ? (design - from) / (now - from) : 1;
  return {from, std::clamp(factor, 0.5, 1.8)};
}

// Vapour pressures, Pa, whose relative humidity has the normals as monthly means.
Hours humidities(const Climate& climate, const Hours& temp_c, const Hours& anomaly_k,
                 FixedNoise& noise) {
  Hours second = hourly_anomalies(daily_anomalies(noise));
  Hours saturation(kHoursOfYear), log_vapour(kHoursOfYear), humidity(kHoursOfYear);
  for (size_t h = 0; h < kHoursOfYear; ++h) {
    saturation[h] = energy::saturation_pressure_pa(temp_c[h]);
    log_vapour[h] = std::log(energy::saturation_pressure_pa(monthly(climate.mean_c, h)) *
                             monthly(climate.relative_humidity_percent, h) / 100) +
                    seasonal(kVapourSlope, h) * anomaly_k[h] +
                    seasonal(climate.vapour_sd, h) * second[h];
  }
  for (int round = 0; round < 12; ++round) {
    for (size_t h = 0; h < kHoursOfYear; ++h) {
      humidity[h] = std::clamp(std::exp(log_vapour[h]) / saturation[h], 0.03, 1.0);
    }
    Monthly off = monthly_means([&](size_t h) { return humidity[h]; });
    for (size_t m = 0; m < 12; ++m) {
      off[m] = std::log(climate.relative_humidity_percent[m] / 100 / off[m]);
    }
    for (size_t h = 0; h < kHoursOfYear; ++h) log_vapour[h] += monthly(off, h);
  }
  return humidity;
}

double humidity_at_wet_bulb(double dry_bulb_c, double wet_bulb_c, double pressure_pa) {
  double low = 0, high = 1;
  for (int i = 0; i < 30; ++i) {
    double middle = (low + high) / 2;
    bool is_wetter = energy::wet_bulb_c(dry_bulb_c, middle, pressure_pa) > wet_bulb_c;
    (is_wetter ? high : low) = middle;
  }
  return (low + high) / 2;
}

// Stretches the highest wet bulbs, at unchanged dry bulbs.
Tail stretch_wet_bulbs(const Climate& climate, Weather& weather) {
  Hours wet_bulbs;
  for (const auto& hour : weather.hours) {
    wet_bulbs.push_back(
        energy::wet_bulb_c(hour.dry_bulb_c, hour.relative_humidity, hour.pressure_pa));
  }
  Tail tail = tail_of(wet_bulbs, climate.design_wet_bulb_c);
  for (size_t h = 0; h < kHoursOfYear; ++h) {
    if (wet_bulbs[h] <= tail.from) continue;
    auto& hour = weather.hours[h];
    double target = std::min(tail.stretched(wet_bulbs[h]), hour.dry_bulb_c);
    hour.relative_humidity = humidity_at_wet_bulb(hour.dry_bulb_c, target, hour.pressure_pa);
  }
  return tail;
}

}  // namespace

Weather climate_year(const Climate& climate) {
  Weather weather;
  weather.name = climate.city;
  weather.origin = "climate built from monthly normals";
  weather.latitude = climate.latitude;
  weather.longitude = climate.longitude;
  weather.altitude_m = climate.altitude_m;
  weather.utc_offset_h = climate.utc_offset_h;
  FixedNoise noise(climate.name);
  Hours anomaly_k;
  Hours temp_c = temperatures(climate, noise, anomaly_k);
  Tail dry = tail_of(temp_c, climate.design_dry_bulb_c);
  for (double& t : temp_c) t = dry.stretched(t);
  Hours humidity = humidities(climate, temp_c, anomaly_k, noise);
  double pressure_pa = energy::standard_pressure_pa(climate.altitude_m);
  weather.hours.resize(kHoursOfYear);
  for (size_t h = 0; h < kHoursOfYear; ++h) {
    weather.hours[h] = {temp_c[h], humidity[h], pressure_pa};
  }
  Tail wet = stretch_wet_bulbs(climate, weather);
  weather.notes = {
      "built from monthly normals, not measured hour by hour (docs/climates.md)",
      fmt::format("dry bulbs above {:.1f} C stretched by {:.2f} to meet the design value", dry.from,
                  dry.factor),
      fmt::format("wet bulbs above {:.1f} C stretched by {:.2f} to meet the design value", wet.from,
                  wet.factor),
      "pressure: the standard atmosphere at the station's altitude"};
  return weather;
}

}  // namespace pentad::catalogue
