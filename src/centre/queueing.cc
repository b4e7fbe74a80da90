// From a job's own state to the scheduler's queue and back.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/hash.h"
#include "centre/state.h"
#include "schedule/cheap_hours.h"

namespace pentad {

IndexSet elements_of(const JobRequest& job) {
  return job.array ? job.array->indices : IndexSet::single(0);
}

int32_t restarts_of(const JobRecord& job, int64_t element) {
  auto it = std::lower_bound(job.restarts.begin(), job.restarts.end(), element,
                             [](const ElementRestarts& r, int64_t e) { return r.element < e; });
  return it != job.restarts.end() && it->element == element ? it->restarts : 0;
}

void count_restart(JobRecord& job, int64_t element) {
  auto it = std::lower_bound(job.restarts.begin(), job.restarts.end(), element,
                             [](const ElementRestarts& r, int64_t e) { return r.element < e; });
  if (it == job.restarts.end() || it->element != element)
    it = job.restarts.insert(it, {element, 0});
  ++it->restarts;
}

namespace {

bool is_hold(PendingReason reason) {
  return reason == PendingReason::held_by_user || reason == PendingReason::held_by_operator;
}

}  // namespace

uint64_t name_digest(const std::string& user, const std::string& name) {
  return Hasher().add(user).add(name).digest();
}

void Centre::State::set_request(JobRecord& job, JobRequest request) {
  if (job.request) {
    if (job.counted != 0) uncount_waiting(job);
    requests.drop(job.request);
    accounts.drop(job.account);
  }
  job.name_digest = name_digest(request.user, request.name);
  job.account = accounts.take(request.project, request.user);
  job.name = std::move(request.name);
  request.name.clear();
  request.user.clear();
  request.project.clear();
  job.request = requests.share(std::move(request));
}

JobRequest Centre::State::request_of(const JobRecord& job) const {
  JobRequest request = *job.request;
  request.name = job.name;
  request.user = accounts.at(job.account).user;
  request.project = accounts.at(job.account).project;
  return request;
}

void Centre::State::touch(JobRecord& job) {
  if (job.dirty) return;
  job.dirty = true;
  dirty_jobs.push_back(&job);
}

void Centre::State::touch_dependents(JobId job) {
  auto it = dependents.find(job);
  if (it == dependents.end()) return;
  for (JobId id : it->second) refresh_later(id);
}

void Centre::State::refresh_later(JobId id) {
  if (JobRecord* job = find(id)) to_refresh.push_back(job);
}

void Centre::State::set_timers(const JobRecord& job) {
  const JobRequest& r = *job.request;
  if (job.begins > now) timers.insert({job.begins, job.id});
  if (r.deadline && *r.deadline - r.limit >= now) {
    timers.insert({*r.deadline - r.limit + milliseconds(1), job.id});
  }
  if (job.delayed_until > now) timers.insert({job.delayed_until, job.id});
  if (job.dependency_wake != Time::never()) timers.insert({job.dependency_wake, job.id});
}

void Centre::State::clear_timers(const JobRecord& job) {
  const JobRequest& r = *job.request;
  timers.erase({job.begins, job.id});
  if (r.deadline) timers.erase({*r.deadline - r.limit + milliseconds(1), job.id});
  if (job.delayed_until != Time{}) timers.erase({job.delayed_until, job.id});
  if (job.dependency_wake != Time::never()) timers.erase({job.dependency_wake, job.id});
}

void Centre::State::index_job(JobRecord& job) {
  jobs.link_name(job);
  link_dependencies(job);
  job.begins = begin_of(job);
  set_timers(job);
}

void Centre::State::unindex_job(JobRecord& job) {
  waits.remove(job.id);
  left_queue(job.id);
  job.broke = false;
  jobs.unlink_name(job);
  unlink_dependencies(job);
  clear_timers(job);
}

Time Centre::State::begin_of(const JobRecord& job) const {
  const JobRequest& r = *job.request;
  const Time earliest = std::max(job.submitted, r.begin.value_or(job.submitted));
  if (!r.deadline) return earliest;
  return schedule::cheapest_begin(policy.shift_deadline_jobs, earliest, r.limit, *r.deadline);
}

// Jobs with a deadline follow the hours of a new policy.
void Centre::State::shift_again() {
  jobs.for_each([&](JobRecord& job) {
    if (!job.request->deadline || job.done || job.waiting.empty()) return;
    clear_timers(job);
    job.begins = begin_of(job);
    set_timers(job);
    to_refresh.push_back(&job);
  });
}

int64_t Centre::State::priority_of(const JobRecord& job) {
  Account& account = accounts.at(job.account);
  if (!account.factor) account.factor = fair_share.factor(account.project, account.user);
  return queue_priority(*job.request, job.submitted, *account.factor, policy);
}

void Centre::State::rekey_queue() {
  fair_share_due = now + policy.fair_share_interval;
  fair_share.decay_to(now);
  accounts.forget_factors();
  std::vector<Scheduler::NewPriority> priorities;
  priorities.reserve(static_cast<size_t>(queued_jobs));
  jobs.for_each([&](JobRecord& job) {
    if (job.queued > 0) priorities.push_back({job.id, priority_of(job)});
  });
  scheduler.rekey(priorities);
  pass_needed = true;
}

bool Centre::State::all_startable(const JobRecord& job) const {
  if (job.held_by_user || job.held_by_operator || job.request->dependency) return false;
  return job.begins <= now && (job.delayed.empty() || job.delayed_until <= now);
}

IndexSet Centre::State::startable(const JobRecord& job, const Eligible& eligible) const {
  if (job.held_by_user || job.held_by_operator) return {};
  if (job.begins > now) return {};
  IndexSet set = eligible.yes;
  if (!job.delayed.empty() && job.delayed_until > now) set.erase_all(job.delayed);
  return set;
}

void Centre::State::refresh(JobRecord& job) {
  if (charging()) count_waiting(job);
  if (job.done) return;
  const JobRequest& r = *job.request;
  if (!job.delayed.empty() && job.delayed_until <= now) job.delayed = {};
  if (r.deadline && now + r.limit > *r.deadline) {
    end_waiting(job, IndexSet(job.waiting), JobState::cancelled,
                "gave up: it could no longer end before its deadline");
  }
  const bool all = all_startable(job);  // nearly always: saves making sets
  const Eligible eligible = all ? Eligible{} : evaluate(job);
  if (!eligible.never.empty() && r.impossible_dependency == ImpossibleDependency::cancel) {
    end_waiting(job, eligible.never, JobState::cancelled,
                "cancelled: what it depends on can no longer happen");
  }
  if (eligible.wake != job.dependency_wake) {
    clear_timers(job);
    job.dependency_wake = eligible.wake;
    set_timers(job);
  }
  int64_t count = all ? job.waiting.size() : startable(job, eligible).size();
  if (r.array && r.array->max_running > 0) {
    count = std::clamp<int64_t>(r.array->max_running - job.active, 0, count);
  }
  const bool broke = job.broke && count > 0;
  if (broke) count = 0;
  if (count == 0 && job.queued == 0)
    left_queue(job.id);  // let back, but held or the like meanwhile
  set_queued(job, count);
  PendingReason reason =
      broke ? pentad::reason_of(waits.find(job.id)->gauge) : reason_of(job, eligible, count);
  if (!broke && all && count == 0 && !job.waiting.empty()) reason = PendingReason::array_limit;
  if (reason != job.reason) touch(job);
  held_jobs += int{is_hold(reason)} - int{is_hold(job.reason)};
  job.reason = reason;
  finish_if_done(job);
}

void Centre::State::set_queued(JobRecord& job, int64_t count) {
  if (count == job.queued) return;
  if (count == 0) {
    scheduler.dequeue(job.id);
    --queued_jobs;
    left_queue(job.id);
  } else if (job.queued == 0) {
    if (queued_jobs++ == 0 && now >= fair_share_due) rekey_queue();
    const JobRequest& r = *job.request;
    scheduler.enqueue({priority_of(job), job.submitted, job.id},
                      {r.resources, r.limit, r.precision, r.wish}, count);
  } else {
    scheduler.set_count(job.id, count);
  }
  if (count > job.queued) pass_needed = true;
  job.queued = count;
}

void Centre::State::touch_namesakes(uint64_t name) {
  for (auto it = singletons.lower_bound({name, JobId{}});
       it != singletons.end() && it->first == name; ++it) {
    refresh_later(it->second);
  }
}

void Centre::State::finish_if_done(JobRecord& job) {
  if (job.done || !job.waiting.empty() || job.active > 0) return;
  job.done = true;
  touch(job);
  jobs.unlink_name(job);
  touch_namesakes(job.name_digest);
  auto it = dependents.find(job.id);
  if (it == dependents.end()) return;
  Outcome outcome = outcome_of(job);
  for (JobId id : it->second) {
    JobRecord* dependent = find(id);
    PENTAD_ASSERT(dependent != nullptr, "a job that depends on another is in memory");
    dependent->known.push_back(outcome);
    to_refresh.push_back(dependent);
  }
  dependents.erase(it);
}

void worsen(JobRecord& job, JobState state) {
  // The first of these that any element ended in is the job's.
  static constexpr JobState kWorstFirst[] = {JobState::failed,    JobState::out_of_memory,
                                             JobState::timeout,   JobState::node_failed,
                                             JobState::cancelled, JobState::completed};
  for (JobState s : kWorstFirst) {
    if (s == state || s == job.worst) {
      job.worst = s;
      return;
    }
  }
}

void Centre::State::end_waiting(JobRecord& job, const IndexSet& elements, JobState as,
                                std::string message) {
  IndexSet ended = job.waiting.intersection(elements);
  if (ended.empty()) return;
  job.waiting.erase_all(ended);
  job.delayed.erase_all(ended);
  job.unsuccessful.insert_all(ended);
  worsen(job, as);
  job.message = std::move(message);
  touch(job);
  touch_dependents(job.id);
  to_refresh.push_back(&job);
}

void Centre::State::start(Start&& start) {
  JobRecord* job = find(start.job);
  PENTAD_ASSERT(job != nullptr && job->queued > 0, "only queued jobs start");
  if (--job->queued == 0) {
    --queued_jobs;
    left_queue(job->id);
  }
  const std::optional<int64_t> element =
      all_startable(*job) ? job->waiting.first() : startable(*job, evaluate(*job)).first();
  PENTAD_ASSERT(element.has_value(), "a queued job has an element that may start");

  job->waiting.erase(*element);
  ++job->active;
  ++job->attempts;
  bool first_start = job->started == Time{};
  if (first_start) job->started = now;
  AttemptRecord attempt;
  attempt.id = {job->id, *element, restarts_of(*job, *element) + 1};
  attempt.placement = std::move(start.placement);
  attempt.allocation = start.allocation;
  attempt.ordered = now;
  attempt.limit = job->request->limit;
  attempt.licences = job->request->resources.licences;
  dirty_attempts.push_back(attempt.id);
  for (const NodeShare& share : attempt.placement.nodes) dirty_nodes.push_back(share.node);
  effects.starts.push_back(start_effect(*job, attempt));
  AttemptRecord& record = attempts.add(std::move(attempt), *job);
  if (charging()) {
    hold_money(record);
    count_waiting(*job);
  }
  set_state(record, JobState::starting);
  overruns.set(record.slot, overrun_time(record));
  touch(*job);
  touch_dependents(job->id);
  // What is left of it waits for another reason now.
  if (job->queued == 0 && !job->waiting.empty()) to_refresh.push_back(job);
}

}  // namespace pentad
