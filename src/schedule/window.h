// Stretches of time on a node.
#pragma once

#include <span>

#include "schedule/site.h"

namespace pentad::schedule {

// Planned use of a node: [begin, end).
struct Window {
  Time begin;
  Time end;
  int32_t cores = 0;
  Bytes memory;
  int32_t share_milli = 0;
  DeviceMask devices = 0;
  bool operator==(const Window&) const = default;
};
using Windows = std::span<const Window>;

// [begin, end)
struct Interval {
  Time begin;
  Time end;
};

// Until when an attempt is taken to run: its limit; past it, the next millisecond.
constexpr Time taken_until(Time ends_by, Time now) {
  return ends_by > now ? ends_by : now + Duration{1};
}

}  // namespace pentad::schedule
