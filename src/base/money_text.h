// Amounts of money as people write and read them: yuan with up to six decimals, exactly.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace pentad {

// What an amount may be where it is asked for.
enum class MoneyRange {
  any,           // "-3.50" too
  not_negative,  // "0" too
  above_zero,
};

// "12", "12.345678", with `any` also "-0.5": ASCII digits, at least one before the point and, if
// there is a point, one to six after it. Nothing else: no blanks, no plus, no currency, no commas,
// no exponent. Errors: invalid, with a sentence that says what is wrong with this text.
Result<Money> parse_money(std::string_view text, MoneyRange range = MoneyRange::any);

// All six decimals: "12.300000", "-0.000001". Reads back as exactly `amount`.
std::string money_text_exact(Money amount);

// At least two decimals and as many as there are: "12.30", "0.000001". Reads back as well.
std::string money_text(Money amount);

}  // namespace pentad
