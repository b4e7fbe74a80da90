// Integer arithmetic that says when a result does not fit, instead of giving a wrong one.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/units.h"

namespace pentad::ledger {

// False, and `sum` unchanged, when it does not fit.
inline bool add_to(int64_t& sum, int64_t amount) {
  int64_t result = 0;
  if (__builtin_add_overflow(sum, amount, &result)) return false;
  sum = result;
  return true;
}
inline bool add_to(Money& sum, Money amount) { return add_to(sum.value, amount.value); }

inline std::optional<int64_t> product(int64_t a, int64_t b) {
  int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return {};
  return result;
}

enum class Round { down, half_up, up };

// a * b / divisor, exactly before it is rounded. Neither factor is negative, the divisor above 0.
inline std::optional<int64_t> share_of(int64_t a, int64_t b, int64_t divisor, Round round) {
  const __int128 exact = static_cast<__int128>(a) * b;
  const __int128 more = round == Round::down ? 0 : round == Round::up ? divisor - 1 : divisor / 2;
  const __int128 result = (exact + more) / divisor;
  if (result > std::numeric_limits<int64_t>::max()) return {};
  return static_cast<int64_t>(result);
}

}  // namespace pentad::ledger
