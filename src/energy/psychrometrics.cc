#include "energy/psychrometrics.h"

#include <algorithm>
#include <cmath>

#include "energy/check.h"

namespace pentad::energy {
namespace {

constexpr double kKelvin = 273.15;
constexpr double kWaterToAir = 0.621945;  // ratio of the molar masses

double humidity_at(double vapour_pa, double pressure_pa) {
  return kWaterToAir * vapour_pa / (pressure_pa - vapour_pa);
}

// Humidity ratio of air at `dry_c` whose wet bulb is `wet_c`; over ice below freezing.
double humidity_of_wet_bulb(double dry_c, double wet_c, double pressure_pa) {
  const double saturated = humidity_ratio(wet_c, 1, pressure_pa);
  if (wet_c >= 0) {
    return ((2501 - 2.326 * wet_c) * saturated - 1.006 * (dry_c - wet_c)) /
           (2501 + 1.86 * dry_c - 4.186 * wet_c);
  }
  return ((2830 - 0.24 * wet_c) * saturated - 1.006 * (dry_c - wet_c)) /
         (2830 + 1.86 * dry_c - 2.1 * wet_c);
}

}  // namespace

double saturation_pressure_pa(double temp_c) {
  const double t = temp_c + kKelvin;
  if (temp_c < 0) {
    return std::exp(
        -5.6745359e3 / t + 6.3925247 +
        t * (-9.677843e-3 + t * (6.2215701e-7 + t * (2.0747825e-9 - t * 9.484024e-13))) +
        4.1635019 * std::log(t));
  }
  return std::exp(-5.8002206e3 / t + 1.3914993 +
                  t * (-4.8640239e-2 + t * (4.1764768e-5 - t * 1.4452093e-8)) +
                  6.5459673 * std::log(t));
}

double humidity_ratio(double dry_bulb_c, double relative_humidity, double pressure_pa) {
  return humidity_at(relative_humidity * saturation_pressure_pa(dry_bulb_c), pressure_pa);
}

double wet_bulb_c(double dry_bulb_c, double relative_humidity, double pressure_pa) {
  const double wanted = humidity_ratio(dry_bulb_c, relative_humidity, pressure_pa);
  double low = dry_bulb_c - 50, high = dry_bulb_c;
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (low + high);
    (humidity_of_wet_bulb(dry_bulb_c, middle, pressure_pa) > wanted ? high : low) = middle;
  }
  return 0.5 * (low + high);
}

double relative_humidity_of_dew_point(double dry_bulb_c, double dew_point_c) {
  return std::min(1.0, saturation_pressure_pa(dew_point_c) / saturation_pressure_pa(dry_bulb_c));
}

double air_density_kg_m3(double dry_bulb_c, double humidity, double pressure_pa) {
  const double volume =
      287.042 * (dry_bulb_c + kKelvin) * (1 + humidity / kWaterToAir) / pressure_pa;
  return (1 + humidity) / volume;
}

double air_enthalpy_j_kg(double dry_bulb_c, double humidity) {
  return 1006 * dry_bulb_c + humidity * (2.501e6 + 1860 * dry_bulb_c);
}

double standard_pressure_pa(double altitude_m) {
  return 101325 * std::pow(1 - 2.25577e-5 * altitude_m, 5.2559);
}

Result<WeatherHour> weather_hour(const WeatherReading& reading) {
  Check check("");
  check.in("dry_bulb_c", reading.dry_bulb_c, -70, 65)
      .in("relative_humidity", reading.relative_humidity, 0, 1.05)
      .in("pressure_pa", reading.pressure_pa, 50e3, 110e3);
  if (!check.status()) return tl::unexpected(check.status().error());
  const double humidity = std::min(reading.relative_humidity, 1.0);
  return WeatherHour{
      .dry_bulb_c = reading.dry_bulb_c,
      .relative_humidity = humidity,
      .pressure_pa = reading.pressure_pa,
      .wet_bulb_c = wet_bulb_c(reading.dry_bulb_c, humidity, reading.pressure_pa),
      .humidity_ratio = humidity_ratio(reading.dry_bulb_c, humidity, reading.pressure_pa)};
}

Result<std::vector<WeatherHour>> weather_hours(std::span<const WeatherReading> readings) {
  std::vector<WeatherHour> hours;
  hours.reserve(readings.size());
  for (size_t i = 0; i < readings.size(); ++i) {
    Result<WeatherHour> hour = weather_hour(readings[i]);
    if (!hour) {
      Error error = hour.error();
      error.path = "/" + std::to_string(i) + error.path;
      return tl::unexpected(std::move(error));
    }
    hours.push_back(*hour);
  }
  return hours;
}

}  // namespace pentad::energy
