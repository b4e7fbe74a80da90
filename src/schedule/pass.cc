#include "schedule/state.h"

namespace pentad {

using namespace schedule;

std::vector<Start> Scheduler::pass(Time now) {
  State& state = *state_;
  std::vector<Start> starts;
  Plan& plan = state.plan;
  plan.clear();
  state.reserved.clear();
  int64_t power = total_power(state.site);
  const int64_t cap = power_cap(state.policy.power_cap, now);
  const int32_t depth = state.policy.reservation_depth;

  for (auto it = state.order.begin(); it != state.order.end();) {
    const JobId id = (it++)->job;
    QueuedJob& job = state.jobs.at(id);
    const Need need = make_need(job.demand, state.site, state.licences.names());
    const std::vector<Option> options = make_options(job.demand, state.site);
    const View view{state.site, state.licences, plan, now};
    for (int64_t left = job.count; left > 0; --left) {
      if (auto placed = place_at(view, need, options, now)) {
        const int64_t added = added_power(state.site, *placed);
        if (power + added > cap) break;  // passed over; the rest of the array is just like it
        power += added;
        Start start{id, state.next_allocation++, state.name(*placed)};
        state.hold(start.allocation, start.placement, need.licences, now + need.limit);
        starts.push_back(std::move(start));
        if (--job.count == 0) dequeue(id);
        continue;
      }
      if (depth >= 0 && std::ssize(state.reserved) >= depth) break;
      auto later = earliest(view, need, options, now + Duration{1});
      if (!later) break;
      plan.add(later->placed, need.licences, later->begin, later->begin + need.limit);
      state.reserved.push_back({id, later->begin});
    }
  }
  return starts;
}

std::vector<Scheduler::Expected> Scheduler::forecast(Time now, size_t max_jobs) const {
  const State& state = *state_;
  std::vector<Expected> expected;
  Plan plan;
  size_t left = max_jobs;
  for (const QueueKey& key : state.order) {
    if (left == 0) break;
    const QueuedJob& job = state.jobs.at(key.job);
    const Need need = make_need(job.demand, state.site, state.licences.names());
    const std::vector<Option> options = make_options(job.demand, state.site);
    const View view{state.site, state.licences, plan, now};
    for (int64_t element = 0; element < job.count && left > 0; ++element, --left) {
      const auto start = earliest(view, need, options, now);
      if (!start) {
        --left;
        break;
      }
      plan.add(start->placed, need.licences, start->begin, start->begin + need.limit);
      if (element == 0) expected.push_back({key.job, start->begin});
    }
  }
  return expected;
}

}  // namespace pentad
