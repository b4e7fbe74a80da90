// What the core tells of jobs, attempts and nodes.
#include <algorithm>

#include "centre/state.h"

namespace pentad {

JobState Centre::State::state_of(const JobRecord& job) const {
  if (job.waiting.empty() && job.active == 0) return job.worst;
  if (job.active == 0) {
    return job.held_by_user || job.held_by_operator ? JobState::held : JobState::queued;
  }
  // The liveliest of its attempts speaks for an array.
  if (job.running > 0) return JobState::running;
  return job.starting > 0 ? JobState::starting : JobState::ending;
}

PendingReason Centre::State::reason_of(const JobRecord& job, const Eligible& eligible,
                                       int64_t count) const {
  if (job.waiting.empty() || count > 0) return PendingReason::none;
  if (job.held_by_user) return PendingReason::held_by_user;
  if (job.held_by_operator) return PendingReason::held_by_operator;
  if (eligible.yes.empty()) {
    return eligible.never.size() == job.waiting.size() ? PendingReason::dependency_never
                                                       : PendingReason::dependency;
  }
  if (job.begins > now) return PendingReason::begin_time;
  IndexSet ready = eligible.yes;
  if (job.delayed_until > now) ready.erase_all(job.delayed);
  return ready.empty() ? PendingReason::requeue_delay : PendingReason::array_limit;
}

JobStatus Centre::State::status_of(const JobRecord& job) const {
  JobStatus s;
  s.job = job.id;
  s.state = state_of(job);
  s.reason = job.reason;
  s.message = job.message;
  s.submitted = job.submitted;
  s.started = job.started;
  s.ended = is_final(s.state) ? now : Time{};
  s.pending = job.waiting.size();
  s.running = job.active;
  s.succeeded = job.succeeded.size();
  s.unsuccessful = job.unsuccessful.size();
  s.attempts = job.attempts;
  s.exit_code = job.exit_code;
  s.signal = job.signal;
  s.ran = job.ran;
  s.usage = job.usage;
  return s;
}

AttemptStatus Centre::State::status_of(const AttemptRecord& attempt) const {
  AttemptStatus s;
  s.attempt = attempt.id;
  s.state = attempt.state;
  s.placement = attempt.placement;
  s.ordered = attempt.ordered;
  s.end.started_at = attempt.started_at;
  return s;
}

Outcome Centre::State::outcome_of(const JobRecord& job) const {
  return {job.id,        state_of(job),   job.started, job.request->array.has_value(),
          job.succeeded, job.unsuccessful};
}

StartAttempt Centre::State::start_effect(const JobRecord& job, const AttemptRecord& attempt) const {
  const Account& account = accounts.at(job.account);
  return {attempt.id,    attempt.placement,   job.name, account.user, account.project,
          attempt.limit, job.request->warning};
}

JobId Centre::next_job_id() const { return state_->next_job; }
Time Centre::now() const { return state_->now; }
const Policy& Centre::policy() const { return state_->policy; }
bool Centre::has_job(JobId job) const { return state_->find(job) != nullptr; }

std::vector<Centre::Outstanding> Centre::outstanding() const {
  std::vector<Outstanding> result;
  for (const AttemptRecord* attempt : state_->attempts.sorted()) {
    result.push_back({state_->start_effect(*state_->find(attempt->id.job), *attempt),
                      attempt->confirmed, attempt->stopping});
  }
  return result;
}

std::optional<JobStatus> Centre::job_status(JobId id) const {
  const JobRecord* job = state_->find(id);
  return job ? std::optional(state_->status_of(*job)) : std::nullopt;
}

std::optional<JobRequest> Centre::job_request(JobId id) const {
  const JobRecord* job = state_->find(id);
  return job ? std::optional(state_->request_of(*job)) : std::nullopt;
}

Refusal Centre::check_submit(const event::Submit& submit) const {
  std::vector<JobRequest> accepted;
  return state_->check_submit(submit, accepted).value_or(Refusal{});
}

Wait Centre::why_waiting(JobId id) const {
  const JobRecord* job = state_->find(id);
  if (!job || job->waiting.empty()) return {};
  if (job->queued > 0) return state_->scheduler.why_waiting(id, state_->now);
  return {job->reason, state_->explain(*job)};
}

std::vector<Scheduler::Expected> Centre::forecast(Time now, size_t max_jobs) const {
  return state_->scheduler.forecast(std::max(now, state_->now), max_jobs);
}

IndexSet Centre::waiting_elements(JobId id) const {
  const JobRecord* job = state_->find(id);
  return job && job->request->array ? job->waiting : IndexSet{};
}

int64_t Centre::queue_position(JobId id) const {
  const JobRecord* job = state_->find(id);
  return job && job->queued > 0 ? state_->scheduler.position(id) : 0;
}

std::vector<NodeView> Centre::nodes() const {
  std::vector<NodeView> views;
  for (const auto& [name, record] : state_->nodes) {
    Scheduler::NodeLoad load = state_->scheduler.load(name);
    views.push_back({record.node, record.state, record.reason, load.cores_used, load.memory_used,
                     std::move(load.device_milli_used), load.attempts});
  }
  return views;
}

std::vector<DeviceModel> Centre::device_models() const {
  std::vector<DeviceModel> models;
  for (const auto& [name, model] : state_->device_models) models.push_back(model);
  return models;
}

std::vector<AdvanceReservation> Centre::reservations() const {
  std::vector<AdvanceReservation> list;
  for (const auto& [id, reservation] : state_->reservations) list.push_back(reservation);
  return list;
}

Centre::Counts Centre::counts() const {
  Counts c;
  c.jobs = static_cast<int64_t>(state_->jobs.size());
  c.attempts = static_cast<int64_t>(state_->attempts.size());
  c.queued = state_->queued_jobs;
  c.held = state_->held_jobs;
  return c;
}

}  // namespace pentad
