// What a node has free over time, as steps: for nodes on which several jobs are planned, where
// asking every hold and window again at every instant would cost the cube of their number. Knows
// cores and memory and whole devices; shares and advance reservations are left to timeline.h.
#pragma once

#include <vector>

#include "schedule/demand.h"
#include "schedule/window.h"

namespace pentad::schedule {

class Skyline {
 public:
  // What is held, each attempt until its limit as seen at `now`, and the windows.
  void build(const NodeRecord& node, Windows windows, Time now);
  bool is_of(const NodeRecord& node, Time now) const {
    return built_at_ == now && holds_version_ == node.holds_version;
  }
  void forget() { steps_.clear(), built_at_ = Time::never(); }
  // One window more; nothing happens before the first build().
  void take(const Window& window);

  // Amounts on the node, and how many whole devices of some positions.
  struct Ask {
    NodeNeed amounts;
    int32_t devices = 0;
    DeviceMask of = 0;
    Duration limit;
  };
  // Cores free at an instant from `now` on.
  int32_t cores_at(Time instant) const { return steps_[step_at(instant)].cores; }
  // Whether what is asked is free from `begin` on for as long as its limit.
  bool fits(const Ask& ask, Time begin) const;
  // Appends the times [begin, end) from `from` on at which it is, ascending; with `first_only` just
  // the first.
  void starts(const Ask& ask, Time from, bool first_only, std::vector<Interval>& out) const;

 private:
  struct Step {
    Time at;  // until the next step
    int32_t cores = 0;
    Bytes memory;
    DeviceMask whole = 0;  // devices of which nothing is held or planned
    bool has(const NodeNeed& need) const { return cores >= need.cores && memory >= need.memory; }
  };
  // The first step from `step` on that lacks what is asked for beside those before; their number
  // when none does.
  size_t lacking(size_t step, const Ask& ask, Time end) const;
  size_t step_at(Time instant) const;
  size_t split(Time at);

  std::vector<Step> steps_;  // ascending; the first counts for all time before it
  Time built_at_ = Time::never();
  uint64_t holds_version_ = 0;
};

}  // namespace pentad::schedule
