#include "schedule/order.h"
#include "schedule/state.h"

namespace pentad {

using namespace schedule;

std::vector<Scheduler::Expected> Scheduler::forecast(Time now, size_t max_jobs) const {
  State& state = *state_;  // only indexes change, brought up to date
  state.flush();
  state.flush_horizon();
  std::vector<Expected> expected;
  Plan plan;
  plan.expect_many(true);
  const View view{state.site, state.licences, state.horizon, state.index, plan, now, true};
  Order order(state.queue, nullptr);
  size_t left = max_jobs, looked_at = 0;
  while (left > 0) {
    const JobSlot slot = order.next();
    if (slot == IdMap::none) break;
    const Need& need = state.queue.need_of(slot);
    const std::vector<Option>& options = state.queue.options_of(slot);
    const JobRecord& job = state.queue.job(slot);
    for (int64_t element = 0; element < job.count && left > 0; ++element) {
      --left;
      const auto start = earliest(view, need, options, now, looked_at);
      if (!start) break;  // nor will the rest of its array
      plan.add(start->placed, need.licences, start->begin, start->begin + need.limit);
      if (element == 0) expected.push_back({job.key.job, start->begin});
    }
  }
  return expected;
}

}  // namespace pentad
