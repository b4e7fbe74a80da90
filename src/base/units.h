// Strong integer types with units. Mixing two of them does not compile; each is one int64 and
// serialises as a plain integer.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace pentad {

// An integer that knows what it counts. `Tag` makes the type unique.
template <class Tag>
struct Quantity {
  using rep = int64_t;
  rep value = 0;

  constexpr Quantity() = default;
  constexpr explicit Quantity(rep v) : value(v) {}

  static constexpr Quantity max() { return Quantity{std::numeric_limits<rep>::max()}; }

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity operator-() const { return Quantity{-value}; }
  constexpr Quantity& operator+=(Quantity o) { return value += o.value, *this; }
  constexpr Quantity& operator-=(Quantity o) { return value -= o.value, *this; }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, rep n) { return Quantity{a.value * n}; }
  friend constexpr Quantity operator*(rep n, Quantity a) { return a * n; }
  friend constexpr rep operator/(Quantity a, Quantity b) { return a.value / b.value; }
  friend constexpr Quantity operator/(Quantity a, rep n) { return Quantity{a.value / n}; }
};

using Duration = Quantity<struct DurationTag>;  // milliseconds
using Bytes = Quantity<struct BytesTag>;        // bytes
using Money = Quantity<struct MoneyTag>;        // millionths of a yuan (µCNY)
using Energy = Quantity<struct EnergyTag>;      // joules
using Power = Quantity<struct PowerTag>;        // milliwatts

// A point in time: milliseconds since 1970-01-01 UTC. Time +- Duration is a Time, Time - Time a
// Duration; two Times cannot be added.
struct Time {
  using rep = int64_t;
  rep value = 0;

  constexpr Time() = default;
  constexpr explicit Time(rep v) : value(v) {}

  static constexpr Time never() { return Time{std::numeric_limits<rep>::max()}; }

  constexpr auto operator<=>(const Time&) const = default;
  // Saturates at never(), so that `now + unlimited` stays a meaningful end.
  friend constexpr Time operator+(Time t, Duration d) {
    if (d.value > 0 && t.value > std::numeric_limits<rep>::max() - d.value) return never();
    return Time{t.value + d.value};
  }
  friend constexpr Time operator-(Time t, Duration d) { return Time{t.value - d.value}; }
  friend constexpr Duration operator-(Time a, Time b) { return Duration{a.value - b.value}; }
};

constexpr Duration milliseconds(int64_t n) { return Duration{n}; }
constexpr Duration seconds(int64_t n) { return Duration{n * 1000}; }
constexpr Duration minutes(int64_t n) { return seconds(n * 60); }
constexpr Duration hours(int64_t n) { return minutes(n * 60); }
constexpr Bytes mebibytes(int64_t n) { return Bytes{n << 20}; }
constexpr Bytes gibibytes(int64_t n) { return Bytes{n << 30}; }

}  // namespace pentad
