// Moist air: what cooling plants need of the weather. Relations of the ASHRAE Handbook of
// Fundamentals (2017, chapter 1): Hyland-Wexler saturation pressure over ice and water, humidity
// ratio, wet bulb. Relative humidity is a fraction 0..1, humidity ratio kg of water per kg of dry
// air.
#pragma once

#include <boost/describe.hpp>
#include <span>
#include <vector>

#include "base/result.h"

namespace pentad::energy {

// Over ice below 0 C, over water above; -100..200 C.
double saturation_pressure_pa(double temp_c);

double humidity_ratio(double dry_bulb_c, double relative_humidity, double pressure_pa);

// Bisection, to 1e-10 K; never above the dry bulb. Over ice below freezing.
double wet_bulb_c(double dry_bulb_c, double relative_humidity, double pressure_pa);

// For data that state a dew point in place of the humidity.
double relative_humidity_of_dew_point(double dry_bulb_c, double dew_point_c);

// kg of moist air per m3.
double air_density_kg_m3(double dry_bulb_c, double humidity_ratio, double pressure_pa);

// Enthalpy of moist air per kg of dry air, 0 at 0 C dry.
double air_enthalpy_j_kg(double dry_bulb_c, double humidity_ratio);

// Standard atmosphere at this altitude, for weather without pressure.
double standard_pressure_pa(double altitude_m);

// As read from a weather file.
struct WeatherReading {
  double dry_bulb_c = 0;
  double relative_humidity = 0.5;
  double pressure_pa = 101325;
  bool operator==(const WeatherReading&) const = default;
};
BOOST_DESCRIBE_STRUCT(WeatherReading, (), (dry_bulb_c, relative_humidity, pressure_pa))

// What the plants use. The wet bulb costs forty evaluations of the saturation pressure: it is
// computed once for a site's year and shared by every design.
struct WeatherHour {
  double dry_bulb_c = 0;
  double relative_humidity = 0.5;
  double pressure_pa = 101325;
  double wet_bulb_c = 0;
  double humidity_ratio = 0;
};
BOOST_DESCRIBE_STRUCT(WeatherHour, (),
                      (dry_bulb_c, relative_humidity, pressure_pa, wet_bulb_c, humidity_ratio))

// Errors: invalid, path "/dry_bulb_c" (outside -70..65), "/relative_humidity" (outside 0..1.05;
// above 1 counts as 1) or "/pressure_pa" (outside 50..110 kPa).
Result<WeatherHour> weather_hour(const WeatherReading& reading);

// All hours of a file; the path of an error starts with the hour, as "/17/dry_bulb_c".
Result<std::vector<WeatherHour>> weather_hours(std::span<const WeatherReading> readings);

}  // namespace pentad::energy
