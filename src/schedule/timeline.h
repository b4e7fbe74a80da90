// One node over time: what is free when, and from when a need fits. Exact, and the only place that
// knows how attempts, planned windows and advance reservations overlap.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "schedule/plan.h"

namespace pentad::schedule {

// What is left of a node at one instant.
struct NodeFree {
  int32_t cores = 0;
  Bytes memory;
  std::array<int32_t, Site::max_devices> milli;  // by position; only of the devices asked about
};
NodeFree free_at(const NodeRecord& node, Windows windows, Time instant, Time now, DeviceMask asked);

// Where a node stands among those that fit: the fullest first; the name decides what is equal.
struct Fullness {
  int64_t milli_free = 0;  // of the asked model; 0 when none is asked for
  int32_t cores_free = 0;
  auto operator<=>(const Fullness&) const = default;
};

struct NodeFit {
  Fullness fullness;       // at the start
  DeviceMask devices = 0;  // those to use
};

// Whether `need` (with devices of `model`) fits on the node over [start, start + limit), beside
// what is held at `now`, the windows and other people's reservations. A node that is not up never
// fits.
std::optional<NodeFit> fit_on(const NodeRecord& node, const Need& need, ModelSlot model, Time start,
                              Time now, Windows windows);

// All times [begin, end) from `from` on at which the need may start on the node, ascending.
std::vector<Interval> starts_on(const NodeRecord& node, const Need& need, ModelSlot model,
                                Time from, Time now, Windows windows);

// The same where neither windows nor reservations are on the node: it fits from one time on.
// never() when it does not.
Time plain_start_on(const NodeRecord& node, const Need& need, ModelSlot model, Time from, Time now);

// Appends the times at which a window of others changes whether a job of `limit` may start.
void add_window_turns(Time begin, Time end, Duration limit, std::vector<Time>& turns);

}  // namespace pentad::schedule
