// Why a job outside the scheduler's queue waits, as a sentence.
#include <fmt/format.h>

#include <algorithm>

#include "centre/state.h"

namespace pentad {

namespace {

// The first job of the expression that has not ended, for people to look at.
std::string waits_for(const Dependency& d) {
  if (d.kind == DependencyKind::singleton) return "an earlier job of the same name";
  if (d.of.empty()) return fmt::format("job {}", d.job.value);
  std::string text;
  for (size_t i = 0; i < d.of.size() && i < 3; ++i) {
    text += (i == 0 ? "" : d.kind == DependencyKind::all ? " and " : " or ") + waits_for(d.of[i]);
  }
  return d.of.size() > 3 ? text + " and others" : text;
}

std::string seconds_until(Time t, Time now) {
  return fmt::format("{} s from now", ((t - now).value + 999) / 1000);
}

}  // namespace

std::string Centre::State::explain(const JobRecord& job) const {
  const JobRequest& r = *job.request;
  switch (job.reason) {
    case PendingReason::held_by_user:
      if (std::ranges::find(r.requeue.hold_exit_codes, job.exit_code) !=
          r.requeue.hold_exit_codes.end()) {
        return fmt::format("held after exit code {}; release it when it may run", job.exit_code);
      }
      return "held; release it when it may run";
    case PendingReason::held_by_operator:
      return "held by an operator";
    case PendingReason::dependency:
      return "waits for " + waits_for(*r.dependency);
    case PendingReason::dependency_never:
      return "what it depends on can no longer happen: " + waits_for(*r.dependency);
    case PendingReason::begin_time:
      return (r.begin && *r.begin >= job.begins ? "may not begin before "
                                                : "has time: waits for cheaper hours until ") +
             seconds_until(job.begins, now);
    case PendingReason::requeue_delay:
      return "runs again no earlier than " + seconds_until(job.delayed_until, now);
    case PendingReason::array_limit:
      return fmt::format("{} of its elements run, the most it allows at a time",
                         r.array->max_running);
    case PendingReason::frozen:
    case PendingReason::quota:
    case PendingReason::budget:
    case PendingReason::money:
      return explain_money(job);
    default:
      return "";
  }
}

}  // namespace pentad
