// Calendar months of the centre's accounts: in UTC+8, whatever the machine's zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace pentad::ledger {

inline constexpr Duration kUtcOffset = hours(8);

// Months since January of the year 0; ascending.
using Month = int32_t;

Month month_of(Time time);
Time begin_of(Month month);
std::string month_text(Month month);  // "2026-11"
std::optional<Month> month_from(std::string_view text);

}  // namespace pentad::ledger
