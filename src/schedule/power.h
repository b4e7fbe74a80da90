// The estimated power of the nodes and the cap of the hour. All in milliwatts.
#pragma once

#include <cstdint>
#include <limits>

#include "model/policy.h"
#include "schedule/plan.h"

namespace pentad::schedule {

// What a node draws when nothing runs on it; 0 when it is down or absent.
int64_t idle_power(const Site& site, const NodeRecord& node);
// What holding these amounts on a node adds.
int64_t added_power(const Site& site, const NodeRecord& node, int32_t cores, DeviceMask devices,
                    int32_t share_milli);
int64_t added_power(const Site& site, const Placed& placed);
// Idle power and what is held, summed over all nodes.
int64_t total_power(const Site& site);

// What power_cap() says when there is none.
constexpr int64_t no_cap = std::numeric_limits<int64_t>::max();
// The cap at `at`.
int64_t power_cap(const PowerCap& cap, Time at);
// The next time after `now` at which the cap differs from now's; never() when it never does.
Time next_cap_change(const PowerCap& cap, Time now);

}  // namespace pentad::schedule
