// Where and when a demand fits: the placement at a given time and the earliest time at all.
#pragma once

#include <optional>
#include <vector>

#include "schedule/demand.h"
#include "schedule/licences.h"
#include "schedule/plan.h"
#include "schedule/site.h"

namespace pentad::schedule {

// What a search looks at. `now` fixes how running attempts are taken to end.
struct View {
  const Site& site;
  const Licences& licences;
  const Plan& plan;
  Time now;
};

// The placement of definition 5 when the need starts at `start`; empty when it does not fit then.
std::optional<Placed> place_at(const View& view, const Need& need,
                               const std::vector<Option>& options, Time start);

struct Reserved {
  Time begin;
  Placed placed;
};

// The earliest time from `from` on at which the need fits, and its placement then. Empty when it
// never does.
std::optional<Reserved> earliest(const View& view, const Need& need,
                                 const std::vector<Option>& options, Time from);

}  // namespace pentad::schedule
