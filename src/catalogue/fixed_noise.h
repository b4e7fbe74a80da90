// Fixed pseudo-random numbers for building climates: the same on every machine.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace pentad::catalogue {

// SplitMix64 and Box-Muller; std::normal_distribution differs between libraries.
class FixedNoise {
 public:
  explicit FixedNoise(std::string_view name) {
    for (char c : name) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }

  // Standard normal.
  double next() {
    double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  double uniform() {  // in (0, 1)
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return (static_cast<double>(z >> 11) + 0.5) / 9007199254740992.0;
  }

  uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace pentad::catalogue
