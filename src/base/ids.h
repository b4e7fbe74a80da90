// Identifiers as distinct types. All are handed out by the core in order, starting at 1; 0 means
// none.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace pentad {

template <class Tag>
struct Id {
  using rep = int64_t;
  rep value = 0;

  constexpr Id() = default;
  constexpr explicit Id(rep v) : value(v) {}
  constexpr auto operator<=>(const Id&) const = default;
  constexpr explicit operator bool() const { return value != 0; }
};

using JobId = Id<struct JobTag>;
using ReservationId = Id<struct ReservationTag>;

}  // namespace pentad

template <class Tag>
struct std::hash<pentad::Id<Tag>> {
  size_t operator()(pentad::Id<Tag> id) const noexcept {
    return static_cast<size_t>(id.value) * 0x9E3779B97F4A7C15ULL;
  }
};
