// Hourly JSON as the Open-Meteo archive answers.
#pragma once

#include <string_view>

#include "catalogue/weather.h"

namespace pentad::catalogue {

// Takes hourly.temperature_2m, hourly.relative_humidity_2m (or the older relativehumidity_2m) and
// hourly.surface_pressure where there is one; null counts as a gap (see finish_weather). The hours
// must run from 1 January 00:00 local time without a jump. Errors: invalid, path is the JSON
// pointer, as "/hourly/temperature_2m/17".
Result<Weather> parse_open_meteo(std::string_view json);

}  // namespace pentad::catalogue
