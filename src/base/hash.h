// A fast 64-bit digest for comparing states and picking deterministic priorities. Not
// cryptographic.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace pentad {

// Mixes all bits of `x` (the finaliser of SplitMix64; Steele, Lea, Flood, OOPSLA 2014).
constexpr uint64_t mix64(uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

// Order-dependent running digest.
class Hasher {
 public:
  constexpr Hasher& add(uint64_t x) {
    state_ = mix64(state_ ^ mix64(x));
    return *this;
  }
  Hasher& add(std::string_view s) {
    add(s.size());
    size_t i = 0;
    for (; i + 8 <= s.size(); i += 8) add(load(s.data() + i, 8));
    if (i < s.size()) add(load(s.data() + i, s.size() - i));
    return *this;
  }
  constexpr uint64_t digest() const { return state_; }

 private:
  static uint64_t load(const char* p, size_t n) {
    uint64_t x = 0;
    std::memcpy(&x, p, n);
    return x;
  }
  uint64_t state_ = 0x50656E7461640001ULL;
};

}  // namespace pentad
