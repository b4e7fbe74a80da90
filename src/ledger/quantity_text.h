// Quantities as people follow them on a pocket calculator.
#pragma once

#include <cstdint>
#include <string>

#include "base/units.h"
#include "model/money.h"

namespace pentad::ledger {

// A quantity in the unit that has a price, with as many decimals (three at least) as it takes that
// text x price, half up to a micro-yuan, is `amount`. As a fraction, "5400250 / 3600000", when
// twelve are not enough.
std::string quantity_text(PriceUnit unit, int64_t quantity, Money price, Money amount);

// Rounded half up to six decimals, for sums that nobody multiplies.
std::string quantity_text(PriceUnit unit, int64_t quantity);

// Of joules in kWh, six decimals.
std::string kwh_text(Energy energy);

}  // namespace pentad::ledger
