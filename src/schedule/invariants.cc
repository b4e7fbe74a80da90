// Recomputes what the scheduler keeps and compares.
#include <fmt/format.h>

#include "schedule/state.h"

namespace pentad {

using namespace schedule;

namespace {

std::string check_node(const NodeRecord& node) {
  int32_t cores = 0;
  Bytes memory;
  std::vector<int32_t> milli(node.milli_used.size());
  for (size_t i = 0; i < node.holds.size(); ++i) {
    const Hold& hold = node.holds[i];
    cores += hold.cores;
    memory += hold.memory;
    for (size_t position = 0; position < milli.size(); ++position) {
      if (hold.devices >> position & 1) milli[position] += hold.share_milli;
    }
    if (i > 0 && node.holds[i - 1].ends_by > hold.ends_by) {
      return fmt::format("{}: holds are out of order", node.node.name);
    }
  }
  if (cores != node.cores_used || memory != node.memory_used || milli != node.milli_used) {
    return fmt::format("{}: sums of what is held are wrong", node.node.name);
  }
  return {};
}

}  // namespace

std::string Scheduler::check_invariants() const {
  State& state = *state_;  // only indexes change, brought up to date
  state.flush();
  state.flush_horizon();
  size_t holds = 0;
  for (const NodeRecord& node : state.site.nodes()) {
    if (auto wrong = check_node(node); !wrong.empty()) return wrong;
    holds += node.holds.size();
  }
  size_t expected = 0;
  state.allocations.for_each([&](const AllocationRecord& allocation) {
    allocation.for_each_node([&](NodeSlot) { ++expected; });
  });
  if (holds != expected) return "nodes hold what no allocation has";
  if (std::string wrong = state.queue.check(); !wrong.empty()) return wrong;
  if (std::string wrong = state.index.check(state.site, state.plan, state.last_pass);
      !wrong.empty()) {
    return wrong;
  }
  if (std::string wrong = state.horizon.check(state.site); !wrong.empty()) return wrong;
  if (state.power_known && state.power != total_power(state.site)) return "the power is wrong";
  return {};
}

}  // namespace pentad
