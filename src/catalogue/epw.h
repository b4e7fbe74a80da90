// EnergyPlus weather files (.epw): 8 header lines, then one line an hour.
#pragma once

#include <string_view>

#include "catalogue/weather.h"

namespace pentad::catalogue {

// Takes dry bulb (column 7), relative humidity (9) and pressure (10). Their missing codes 99.9, 999
// and 999999 count as gaps (see finish_weather); humidity up to 110 % counts as 100 %. Errors:
// invalid, "line 12, column 7 (dry bulb): what is wrong".
Result<Weather> parse_epw(std::string_view text);

}  // namespace pentad::catalogue
