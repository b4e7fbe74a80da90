// Where and when a demand fits: the placement now, the earliest time at all and the placement then.
#pragma once

#include <optional>
#include <vector>

#include "schedule/demand.h"
#include "schedule/horizon.h"
#include "schedule/licences.h"
#include "schedule/node_index.h"
#include "schedule/plan.h"
#include "schedule/site.h"

namespace pentad::schedule {

// What a search looks at. `now` fixes how running attempts are taken to end. The index knows the
// windows of the pass's plan; `unplanned` says that `plan` is empty instead.
struct View {
  const Site& site;
  const Licences& licences;
  const Horizon& horizon;
  const NodeIndex& index;
  const Plan& plan;
  Time now;
  bool unplanned = false;
};

// The placement of definition 5 when the need starts now; empty when it does not fit. Then
// `fitting` becomes a number of nodes on which, at most, it would have: below what it asks for.
std::optional<Placed> place_now(const View& view, const Need& need,
                                const std::vector<Option>& options, int32_t* fitting = nullptr);

// The placement at `start` on the fullest of these nodes, on each of which the need fits then; all
// of them are in the option's pool.
std::optional<Placed> place_on(const View& view, const Need& need, Option option,
                               const std::vector<NodeSlot>& nodes, Time start);

// How many nodes of the option's pool the need fits on now, `most` at most.
int32_t count_fitting(const View& view, const Need& need, Option option, int32_t most);

struct Reserved {
  Time begin;
  Placed placed;
};

// The earliest time from `from` on at which the need fits, and its placement then. Empty when it
// never does. The horizon must be up to date. Adds to `looked_at` how many nodes were looked at
// closely.
std::optional<Reserved> earliest(const View& view, const Need& need,
                                 const std::vector<Option>& options, Time from, size_t& looked_at);

}  // namespace pentad::schedule
