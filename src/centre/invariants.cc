// What must hold after every step. Each has a name; the fault simulator checks all of them after
// each step, the daemon at start.
#include <fmt/format.h>

#include "centre/state.h"

namespace pentad {

namespace {

using Failures = std::vector<std::string>;

void expect(bool holds, const char* invariant, std::string detail, Failures& failures) {
  if (!holds) failures.push_back(fmt::format("{}: {}", invariant, detail));
}

}  // namespace

void Centre::State::check_job_invariants(const JobRecord& job, Failures& failures) const {
  std::string name = fmt::format("job {}", job.id.value);
  IndexSet seen = job.waiting;
  int64_t count = job.waiting.size() + job.succeeded.size() + job.unsuccessful.size();
  seen.insert_all(job.succeeded);
  seen.insert_all(job.unsuccessful);
  int32_t active = 0;
  int32_t starting = 0, running = 0;
  for (const AttemptRecord* attempt : attempts_of(job)) {
    const AttemptId& id = attempt->id;
    ++active;
    ++count;
    starting += int{attempt->state == JobState::starting};
    running += int{attempt->state == JobState::running};
    seen.insert(id.index);
    expect(id.job == job.id && id.number == restarts_of(job, id.index) + 1, "attempts_are_numbered",
           fmt::format("{} element {} runs attempt {}", name, id.index, id.number), failures);
  }
  expect(starting == job.starting && running == job.running, "attempts_counted_by_state", name,
         failures);
  expect(active == job.active, "active_counts_attempts", name, failures);
  expect(count == elements_of(*job.request).size() && seen == elements_of(*job.request),
         "elements_conserved", name, failures);
  expect(!job.waiting.empty() || active > 0, "no_final_job_in_memory", name, failures);
  IndexSet outside = job.delayed;
  outside.erase_all(job.waiting);
  expect(outside.empty(), "delayed_elements_wait", name, failures);

  Eligible eligible = evaluate(job);
  int64_t ready = startable(job, eligible).size();
  if (job.request->array && job.request->array->max_running > 0) {
    ready = std::min<int64_t>(ready, std::max(0, job.request->array->max_running - job.active));
    expect(
        job.active <= job.request->array->max_running || job.request->array->max_running < active,
        "array_limit_kept", name, failures);
  }
  if (job.broke) ready = 0;
  expect(ready == job.queued, "queued_iff_startable",
         fmt::format("{} has {} ready, {} queued", name, ready, job.queued), failures);
  expect(job.queued == 0 || (scheduler.position(job.id) > 0), "queue_holds_ready_jobs", name,
         failures);
  bool waits_on_time = job.begins > now || (!job.delayed.empty() && job.delayed_until > now);
  expect(!waits_on_time || timers.lower_bound({now, {}}) != timers.end(),
         "timers_wake_waiting_jobs", name, failures);
}

std::vector<std::string> Centre::check_invariants() const {
  const State& s = *state_;
  Failures failures;
  if (std::string bad = s.scheduler.check_invariants(); !bad.empty()) {
    failures.push_back("nothing_given_twice: " + bad);
  }
  for (std::string& bad : s.people.check_invariants()) failures.push_back(std::move(bad));
  int64_t queued = 0;
  size_t active = 0;
  for (const JobRecord* job : s.jobs.sorted()) {
    s.check_job_invariants(*job, failures);
    queued += job->queued > 0;
    active += static_cast<size_t>(job->active);
    expect(job->id < s.next_job, "ids_ascend", fmt::format("job {}", job->id.value), failures);
  }
  expect(active == s.attempts.size(), "attempts_are_listed", fmt::format("{} active", active),
         failures);
  expect(queued == s.queued_jobs, "queue_is_counted", fmt::format("{} queued", queued), failures);
  for (const AttemptRecord* attempt : s.attempts.sorted()) {
    const AttemptId& id = attempt->id;
    expect(s.find(id.job) != nullptr, "attempts_belong_to_jobs",
           fmt::format("job {}", id.job.value), failures);
    for (const NodeShare& share : attempt->placement.nodes) {
      const NodeRecord* node = s.nodes.find(share.node);
      expect(node && node->state != NodeState::down && node->state != NodeState::drained,
             "attempts_run_on_live_nodes", fmt::format("job {} on {}", id.job.value, share.node),
             failures);
    }
  }
  for (const auto& [target, list] : s.dependents) {
    expect(s.find(target) != nullptr, "dependencies_resolve", fmt::format("on {}", target.value),
           failures);
    for (JobId id : list) {
      expect(s.find(id) != nullptr, "dependents_wait", fmt::format("job {}", id.value), failures);
    }
  }
  s.check_money_invariants(failures);
  for (std::string& bad : s.grants.check_invariants()) failures.push_back(std::move(bad));
  return failures;
}

}  // namespace pentad
