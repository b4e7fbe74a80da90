// A climate from published monthly normals, and the hourly year built from it. The method and how
// far it lies from measured years: docs/climates.md.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <string>

#include "base/reflect_note.h"
#include "base/result.h"
#include "catalogue/weather.h"

namespace pentad::catalogue {

using Monthly = std::array<double, 12>;
using Seasonal = std::array<double, 4>;  // Dec-Feb, Mar-May, Jun-Aug, Sep-Nov

struct Climate {
  std::string name;
  std::string city;
  double latitude = 0, longitude = 0;
  double altitude_m = 0;
  double utc_offset_h = 8;
  Monthly mean_c{};                     // mean of the month
  Monthly max_c{}, min_c{};             // means of the days' highest and lowest
  Monthly relative_humidity_percent{};  // mean of the month
  double design_dry_bulb_c = 0;         // exceeded in 50 hours of a mean year
  double design_wet_bulb_c = 0;         // likewise
  Seasonal day_sd_k{};                  // of a day's mean about the season's course
  Seasonal vapour_sd{};                 // of the logarithm of vapour pressure, beyond what
                                        // follows temperature
};
BOOST_DESCRIBE_STRUCT(Climate, (),
                      (name, city, latitude, longitude, altitude_m, utc_offset_h, mean_c, max_c,
                       min_c, relative_humidity_percent, design_dry_bulb_c, design_wet_bulb_c,
                       day_sd_k, vapour_sd))
constexpr auto field_notes(const Climate*) {
  return std::array{note("name").required(),
                    note("city").required(),
                    note("latitude").required().range(-90, 90),
                    note("longitude").required().range(-180, 180),
                    note("altitude_m").required().range(-500, 6000),
                    note("utc_offset_h").range(-12, 14),
                    note("mean_c").required(),
                    note("max_c").required(),
                    note("min_c").required(),
                    note("relative_humidity_percent").required(),
                    note("design_dry_bulb_c").required().range(-20, 60),
                    note("design_wet_bulb_c").required().range(-20, 40),
                    note("day_sd_k").required(),
                    note("vapour_sd").required()};
}

// Refuses what is absurd: min <= mean <= max in each month, -60..50 C, humidity 5..100 %, wet bulb
// not above dry bulb, standard deviations 0..10 K and 0..1. The path names the field.
Status validate(const Climate& climate);

// The hourly year, the same on every call. Needs a climate that passed validate().
//   T(h) = monthly mean + day's range x shape of the day + anomaly of the days
//   ln e(h) = monthly level + slope x anomaly + a second anomaly
// The anomalies are autoregressive with a fixed seed made of the name. Monthly means of temperature
// and humidity are then brought to the normals, and the warmest 5 % of dry and of wet bulbs
// stretched so that 50 hours lie above the design values. Notes state both factors.
Weather climate_year(const Climate& climate);

}  // namespace pentad::catalogue
