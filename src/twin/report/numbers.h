// Numbers as people read them: grouped digits, prefixes of units, local times.
#pragma once

#include <string>

#include "base/units.h"
#include "twin/report/language.h"

namespace pentad::twin {

// 12,345.6; "-" when not finite.
std::string number(double value, int decimals = 0);
std::string whole(int64_t value);
std::string percent(double share);     // 63.5 %
std::string energy_text(double kwh);   // kWh, MWh, GWh
std::string power_text(double w);      // W, kW, MW
std::string mass_text(double kg);      // kg, t
std::string hours_text(double hours);  // 12.5 h
std::string money_text(double cny, Language language);
std::string span_text(double seconds, Language language);  // two parts: 3 d 4 h, 5 min 12 s

// 2024-01-01 08:00, on a clock that is `utc_offset` ahead of UTC.
std::string local_minute(Time at, Duration utc_offset);
std::string local_day(Time at, Duration utc_offset);
std::string offset_name(Duration utc_offset);  // UTC+08:00

// To so many significant digits: what a plot can show.
double rounded(double value, int digits = 5);

}  // namespace pentad::twin
