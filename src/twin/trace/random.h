// Random numbers that are the same on every machine: integer generator, and logarithm and
// exponential of only + - * / (IEEE 754 fixes those; the C library's functions differ in the last
// bit from one to the next). Compiled without fused multiply-add. Not for secrets.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.h"

namespace pentad::trace {

// Natural logarithm of a positive, finite, normal number; relative error below 1e-15.
double portable_log(double x);
// e to the x, for |x| up to 700; relative error below 1e-14.
double portable_exp(double x);

// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), one stream a `stream`.
class Random {
 public:
  Random(uint64_t seed, uint64_t stream) : state_(mix64(seed) ^ mix64(~stream)) {}

  uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15ULL;
    return mix64(state_);
  }
  // In [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  // In (0, 1].
  double positive() { return 1.0 - uniform(); }
  bool chance(double probability) { return uniform() < probability; }

  double exponential();  // mean 1
  double normal();       // mean 0, deviation 1
  double lognormal(double median, double sigma);
  double weibull(double scale, double shape);
  // An index, with probability in proportion to the steps of the ascending sums `upto`.
  size_t pick(const std::vector<double>& upto);

 private:
  uint64_t state_;
};

}  // namespace pentad::trace
