// Unit costs for planning (catalogue/costs.toml).
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <string>

#include "base/reflect_note.h"
#include "base/result.h"

namespace pentad::catalogue {

// low and high are 0 when only the mode is known.
struct UnitCost {
  std::string name;
  std::string unit;
  double low = 0, mode = 0, high = 0;
  int32_t year = 0;
};
BOOST_DESCRIBE_STRUCT(UnitCost, (), (name, unit, low, mode, high, year))
constexpr auto field_notes(const UnitCost*) {
  return std::array{note("name").required(), note("unit").required().length(1, 60),
                    note("mode").required(), note("year").required().range(2000, 2100)};
}

// Refuses negative and disordered figures; the path names the field.
inline Status validate(const UnitCost& cost) {
  bool known = cost.low != 0 || cost.high != 0;
  if (!(cost.mode > 0 && cost.mode < 1e9)) return fail(ErrorCode::invalid, "above 0", "/mode");
  if (known && !(cost.low > 0 && cost.low <= cost.mode)) {
    return fail(ErrorCode::invalid, "expected above 0, not above mode", "/low");
  }
  if (known && !(cost.high >= cost.mode && cost.high < 1e9)) {
    return fail(ErrorCode::invalid, "expected not below mode", "/high");
  }
  return {};
}

}  // namespace pentad::catalogue
