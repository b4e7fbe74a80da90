// A year of weather at one place, hour by hour, from whatever file it came.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "energy/psychrometrics.h"

namespace pentad::catalogue {

inline constexpr size_t kHoursOfYear = 8760;

struct Weather {
  std::string name;
  std::string origin;  // "EPW file", "Open-Meteo", "climate built from monthly normals"
  std::optional<double> latitude, longitude;
  std::optional<double> altitude_m;
  double utc_offset_h = 8;
  // 8,760 from 1 January 0-1 h, local standard time; 29 February is left out.
  std::vector<energy::WeatherReading> hours;
  std::vector<std::string> notes;  // what was filled, clipped, left out
};

// Hours as a reader finds them; NaN is missing. Humidity in percent.
struct RawWeather {
  Weather about;  // all but hours
  std::vector<double> dry_bulb_c, relative_humidity_percent, pressure_pa;
};

// Brings raw hours to a Weather: drops 29 February of 8,784 hours, fills gaps, turns percent into
// a fraction. Gaps up to 6 h are filled along a straight line; longer ones hour by hour of the
// clock along a line between the last day before and the first day after that have that hour; a
// pressure missing all year is that of the standard atmosphere at the altitude (or sea level).
// Notes say how many hours were filled. Errors: invalid, when the number of hours is neither or
// more than a quarter of temperature or humidity is missing.
Result<Weather> finish_weather(RawWeather raw);

// Reads by the ending of the name: .epw, or .json of Open-Meteo. Errors: those of the readers, path
// is the file; unsupported for another ending.
Result<Weather> read_weather_file(const std::string& path);

}  // namespace pentad::catalogue
