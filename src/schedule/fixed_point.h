// Powers of two with fractional exponents in integers, the same on every machine.
#pragma once

#include <array>
#include <cstdint>

namespace pentad::schedule {

__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;

// floor(sqrt(x)).
constexpr uint64_t square_root(UnsignedWide x) {
  uint64_t root = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const uint64_t trial = root | uint64_t{1} << bit;
    if (UnsignedWide{trial} * trial <= x) root = trial;
  }
  return root;
}

constexpr int fraction_bits = 40;

// Entry k is 2^-(2^-(k+1)) as a fraction of 2^63: 2^-1/2, 2^-1/4, ...: each the root of the one
// before.
constexpr std::array<uint64_t, fraction_bits> make_roots() {
  std::array<uint64_t, fraction_bits> roots{};
  uint64_t last = uint64_t{1} << 62;  // 2^-1
  for (uint64_t& root : roots) {
    root = square_root(UnsignedWide{last} << 63);
    last = root;
  }
  return roots;
}

// 2^-x as a fraction of 2^63, where x >= 0 is given as a fraction of 2^40.
constexpr uint64_t power_of_half(UnsignedWide x) {
  constexpr std::array<uint64_t, fraction_bits> roots = make_roots();
  const UnsignedWide whole = x >> fraction_bits;
  if (whole >= 63) return 0;
  UnsignedWide value = UnsignedWide{1} << 63;
  for (int k = 0; k < fraction_bits; ++k) {
    if (x >> (fraction_bits - 1 - k) & 1) value = value * roots[static_cast<size_t>(k)] >> 63;
  }
  return static_cast<uint64_t>(value >> static_cast<int>(whole));
}

}  // namespace pentad::schedule
