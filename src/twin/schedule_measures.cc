#include "twin/schedule_measures.h"

#include <algorithm>

namespace pentad::twin {

namespace {

constexpr size_t kUsersShown = 20;
constexpr size_t kReasonsShown = 10;

Spread spread(const Histogram& h) {
  return {h.mean(), h.quantile(0.5), h.quantile(0.9), h.quantile(0.95), h.quantile(0.99), h.max()};
}

}  // namespace

double bounded_slowdown(Duration wait, Duration run) {
  const double run_s = std::max(seconds_of(run), kSlowdownThreshold_s);
  return std::max(1.0, (seconds_of(wait) + seconds_of(run)) / run_s);
}

ScheduleMeasures::ScheduleMeasures(const trace::Machine& machine) {
  for (const Node& node : machine.nodes) {
    Use& cores = uses_[{node.pool, ""}];
    ++cores.nodes;
    cores.units += node.cores;
    for (const DeviceGroup& group : node.devices) {
      Use& devices = uses_[{node.pool, group.model}];
      ++devices.nodes;
      devices.units += group.count;
    }
  }
}

void ScheduleMeasures::time_moves(Time to) {
  if (first_.value != 0 && to > last_) {
    const double dt = seconds_of(to - last_);
    queue_seconds_ += dt * static_cast<double>(queued_);
    for (auto& [key, use] : uses_) use.busy_seconds += dt * use.busy;
  }
  last_ = std::max(last_, to);
}

void ScheduleMeasures::submitted(const LiveJob& job) {
  if (first_.value == 0) first_ = last_ = job.submitted;
  ++counts_.submitted;
  ++queued_;
  counts_.longest_queue = std::max(counts_.longest_queue, queued_);
}

void ScheduleMeasures::refused(const trace::TraceJob& job, const Refusal& refusal) {
  ++counts_.refused;
  RefusedRow& row = refusals_[{refusal.code, refusal.field}];
  if (row.jobs++ > 0) return;
  row.first_trace_id = job.id;
  row.reason = refusal.field + ": " + refusal.detail;
}

void ScheduleMeasures::account(const LiveJob& job, double sign) {
  uses_[{job.placement.pool, ""}].busy += sign * held_cores(job.placement);
  if (!job.placement.device_model.empty()) {
    uses_[{job.placement.pool, job.placement.device_model}].busy +=
        sign * held_devices(job.placement);
  }
}

void ScheduleMeasures::started(const LiveJob& job) {
  --queued_;
  ++running_;
  account(job, 1);
  if (job.attempts > 1) return;
  ++counts_.started;
  waits_s_.add(seconds_of(job.started - job.submitted));
}

void ScheduleMeasures::stopped(const LiveJob& job, EndKind, Time now) {
  ++queued_;  // until it is known to have left
  --running_;
  account(job, -1);
  last_end_ = std::max(last_end_, now);
  User& user = users_[job.request.user];
  const double hours = seconds_of(now - job.started) / 3600;
  user.core_hours += hours * held_cores(job.placement);
  user.device_hours += hours * held_devices(job.placement);
}

void ScheduleMeasures::finished(const LiveJob& job, JobState state, Time now) {
  --queued_;
  switch (state) {
    case JobState::completed:
      ++counts_.completed;
      break;
    case JobState::failed:
      ++counts_.failed;
      break;
    case JobState::timeout:
      ++counts_.timeout;
      break;
    default:
      ++counts_.other_ends;
      break;
  }
  if (job.attempts == 0) return;
  const double slowdown =
      bounded_slowdown(job.started + job.slowed - job.submitted, now - job.started - job.slowed);
  slowdowns_.add(slowdown);
  User& user = users_[job.request.user];
  ++user.jobs;
  user.wait_s += seconds_of(job.started - job.submitted);
  user.slowdown += slowdown;
}

ScheduleSummary ScheduleMeasures::summary() const {
  ScheduleSummary s = counts_;
  const Time end = std::max(last_end_, queued_ + running_ > 0 ? last_ : last_end_);
  s.span_s = first_.value == 0 ? 0 : std::max(0.0, seconds_of(end - first_));
  s.wait_s = spread(waits_s_);
  s.bounded_slowdown = spread(slowdowns_);
  s.mean_queue = s.span_s > 0 ? queue_seconds_ / s.span_s : 0;
  s.waiting_at_end = queued_;
  s.running_at_end = running_;
  double used[2] = {}, there[2] = {};
  for (const auto& [key, use] : uses_) {
    PoolUse row{key.first, key.second, use.nodes, use.units, use.busy_seconds / 3600, 0};
    if (s.span_s > 0) row.utilisation = use.busy_seconds / (use.units * s.span_s);
    const size_t kind = key.second.empty() ? 0 : 1;
    used[kind] += use.busy_seconds;
    there[kind] += use.units * s.span_s;
    s.pools.push_back(row);
  }
  if (there[0] > 0) s.utilisation_cores = used[0] / there[0];
  if (there[1] > 0) s.utilisation_devices = used[1] / there[1];
  double sum = 0, squares = 0;
  for (const auto& [name, user] : users_) {
    if (user.jobs == 0) continue;
    ++s.users;
    const double n = static_cast<double>(user.jobs);
    sum += user.slowdown / n;
    squares += user.slowdown / n * user.slowdown / n;
    s.most_active_users.push_back(
        {name, user.jobs, user.core_hours, user.device_hours, user.wait_s / n, user.slowdown / n});
  }
  if (squares > 0) s.fairness_jain = sum * sum / (static_cast<double>(s.users) * squares);
  std::sort(s.most_active_users.begin(), s.most_active_users.end(),
            [](const UserRow& a, const UserRow& b) {
              const double x = a.core_hours + 50 * a.device_hours;
              const double y = b.core_hours + 50 * b.device_hours;
              return x != y ? x > y : a.user < b.user;
            });
  if (s.most_active_users.size() > kUsersShown) s.most_active_users.resize(kUsersShown);
  for (const auto& [reason, row] : refusals_) s.refusals.push_back(row);
  std::sort(s.refusals.begin(), s.refusals.end(), [](const RefusedRow& a, const RefusedRow& b) {
    return a.jobs != b.jobs ? a.jobs > b.jobs : a.reason < b.reason;
  });
  if (s.refusals.size() > kReasonsShown) s.refusals.resize(kReasonsShown);
  return s;
}

}  // namespace pentad::twin
