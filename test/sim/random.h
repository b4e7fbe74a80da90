// The one source of chance in a simulated world: the same seed gives the same numbers on every
// machine.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "base/units.h"

namespace pentad::sim {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(mix64(seed)) {}

  uint64_t bits() { return mix64(state_ += 0x9E3779B97F4A7C15ULL); }
  // From 0 up to, not including, `n`; 0 when n is 0.
  int64_t below(int64_t n) {
    return n > 0 ? static_cast<int64_t>(bits() % static_cast<uint64_t>(n)) : 0;
  }
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  bool chance(int64_t per_mille) { return below(1000) < per_mille; }
  Duration duration(Duration low, Duration high) {
    return Duration{between(low.value, high.value)};
  }
  template <class T>
  const T& pick(const std::vector<T>& list) {
    return list[static_cast<size_t>(below(static_cast<int64_t>(list.size())))];
  }
  // A stream of its own, so that one part of a world drawing more does not shift the others.
  Random fork() { return Random(bits()); }

 private:
  uint64_t state_;
};

}  // namespace pentad::sim
