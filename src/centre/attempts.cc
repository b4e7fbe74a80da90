// What engines report, and what becomes of a job when an attempt of it ends.
#include <algorithm>

#include "base/assert.h"
#include "centre/state.h"

namespace pentad {

namespace {

struct Verdict {
  JobState state = JobState::completed;
  bool requeue = false;
  bool hold = false;
};

bool may_run_again(const JobRecord& job, int64_t element) {
  return restarts_of(job, element) < job.request->requeue.max;
}

// A request to stop decides unless the job had completed before it arrived.
Verdict judge(const JobRecord& job, const AttemptRecord& attempt, const AttemptEnd& end) {
  const RequeueRequest& r = job.request->requeue;
  bool again = may_run_again(job, attempt.id.index);
  bool clean_exit = end.kind == EndKind::exited && end.exit_code == 0;
  if (attempt.stopping && !clean_exit) {
    switch (*attempt.stopping) {
      case StopHow::cancel:
      case StopHow::unknown_attempt:
        return {JobState::cancelled};
      case StopHow::requeue:
        return {JobState::cancelled, true};
      case StopHow::limit:
        return {JobState::timeout};
      case StopHow::node_lost:
        return {JobState::node_failed, r.on_node_failure && again};
    }
  }
  switch (end.kind) {
    case EndKind::exited: {
      const auto is_in = [&](const std::vector<int32_t>& codes) {
        return std::find(codes.begin(), codes.end(), end.exit_code) != codes.end();
      };
      bool held = is_in(r.hold_exit_codes);
      JobState state = end.exit_code == 0 ? JobState::completed : JobState::failed;
      return {state, held || (is_in(r.exit_codes) && again), held};
    }
    case EndKind::timeout:
      return {JobState::timeout};
    case EndKind::out_of_memory:
      return {JobState::out_of_memory};
    case EndKind::lost:
      return {JobState::node_failed, r.on_node_failure && again};
    case EndKind::stopped:
      return {JobState::cancelled};
    case EndKind::signalled:
    case EndKind::not_started:
      break;
  }
  return {JobState::failed};
}

// What the attempt took from everybody else, in core-milliseconds: the largest of its shares of a
// node's cores, memory and devices, times the node's cores.
int64_t dominant_core_ms(const AttemptRecord& attempt, const NodeTable& nodes, Duration ran) {
  int64_t total = 0;
  for (const NodeShare& share : attempt.placement.nodes) {
    const NodeRecord* record = nodes.find(share.node);
    if (!record) continue;
    const Node& node = record->node;
    int64_t cores = attempt.placement.cores;
    if (node.memory.value > 0) {
      // Divided first: bytes times cores could overflow for absurd nodes.
      int64_t mib = attempt.placement.memory / mebibytes(1);
      int64_t node_mib = std::max<int64_t>(1, node.memory / mebibytes(1));
      cores = std::max(cores, mib * node.cores / node_mib);
    }
    int64_t devices = 0;
    for (const DeviceGroup& group : node.devices) devices += group.count;
    if (devices > 0) {
      int64_t milli = static_cast<int64_t>(share.devices.size()) * attempt.placement.share_milli;
      cores = std::max(cores, milli * node.cores / (devices * 1000));
    }
    total += cores * ran.value;
  }
  return total;
}

void add(Usage& sum, const Usage& u) {
  sum.cpu_user += u.cpu_user;
  sum.cpu_system += u.cpu_system;
  sum.peak_memory = std::max(sum.peak_memory, u.peak_memory);
  sum.read += u.read;
  sum.written += u.written;
}

}  // namespace

// Counts the attempts of the job by their states.
void Centre::State::set_state(AttemptRecord& attempt, JobState state) {
  JobRecord& job = *attempt.job;
  job.starting += int{state == JobState::starting};
  job.running += int{state == JobState::running};
  if (attempt.counted) {
    job.starting -= int{attempt.state == JobState::starting};
    job.running -= int{attempt.state == JobState::running};
  }
  attempt.state = state;
  attempt.counted = true;
}

void Centre::State::on(const event::AttemptStarted& e) {
  AttemptRecord* found = attempts.find(e.attempt);
  if (!found) {
    // Something runs that should not: an attempt given up while its node was out of reach.
    effects.stops.push_back({e.attempt, StopHow::unknown_attempt});
    return;
  }
  AttemptRecord& attempt = *found;
  if (attempt.confirmed) return;
  attempt.confirmed = true;
  attempt.started_at = std::min(e.started_at, now);
  if (attempt.state == JobState::starting) set_state(attempt, JobState::running);
  dirty_attempts.push_back(attempt.id);
  touch(*attempt.job);
}

void Centre::State::on(const event::AttemptEnded& e) {
  AttemptRecord* attempt = attempts.find(e.attempt);
  if (!attempt) return;  // told before, or given up
  end_attempt(*attempt, e.end);
}

void Centre::State::on(const event::GiveTime& e) {
  if (e.by <= Duration{} || e.by > hours(24 * 7)) {
    return refuse(RefusalCode::invalid_value, "/by", "a time up to a week");
  }
  for (const AttemptRecord* one : attempts.sorted()) {
    AttemptRecord& attempt = attempts.at(one->slot);
    if (attempt.stopping) continue;
    attempt.limit += e.by;
    overruns.clear(attempt.slot);
    overruns.set(attempt.slot, overrun_time(attempt));
    scheduler.release(attempt.allocation);
    scheduler.restore_allocation(attempt.allocation, attempt.placement, attempt.licences,
                                 attempt.ordered + attempt.limit);
    dirty_attempts.push_back(attempt.id);
    pass_needed = true;
  }
}

void Centre::State::stop(AttemptRecord& attempt, StopHow how) {
  attempt.stopping = how;
  set_state(attempt, JobState::ending);
  effects.stops.push_back({attempt.id, how});
  overruns.clear(attempt.slot);
  dirty_attempts.push_back(attempt.id);
  touch(*attempt.job);
}

void Centre::State::end_attempt(AttemptRecord& attempt, const AttemptEnd& reported) {
  overruns.clear(attempt.slot);
  JobRecord& job = *attempt.job;
  const int64_t element = attempt.id.index;

  AttemptEnd end = reported;
  end.ended_at = std::min(end.ended_at, now);
  if (end.started_at == Time{}) end.started_at = attempt.started_at;
  end.started_at = std::min(end.started_at, end.ended_at);
  Duration ran = end.started_at == Time{} ? Duration{} : end.ended_at - end.started_at;

  scheduler.release(attempt.allocation);
  pass_needed = true;
  Verdict verdict = judge(job, attempt, end);
  int64_t used = dominant_core_ms(attempt, nodes, ran);
  --job.active;
  if (verdict.state != JobState::completed || job.worst == JobState::completed) {
    job.exit_code = end.exit_code;  // what went wrong in an array outlives what went well
    job.signal = end.signal;
    job.message = end.message;
  }
  job.ran += ran;
  add(job.usage, end.usage);
  for (const NodeShare& share : attempt.placement.nodes) {
    dirty_nodes.push_back(share.node);
    drained_if_empty(share.node);
  }
  set_state(attempt, verdict.state);
  ended_attempts.push_back(
      {attempt.id, verdict.state, std::move(attempt.placement), attempt.ordered, std::move(end)});
  // Where money counts, what was charged is what was used of the centre.
  if (auto charged = settle_money(attempt, ended_attempts.back(), verdict.requeue)) {
    used = charged->value;
  }
  const Account& account = accounts.at(job.account);
  fair_share.charge(account.project, account.user, used, now);
  attempts.remove(attempt);

  if (verdict.requeue) {
    count_restart(job, element);
    job.waiting.insert(element);
    job.delayed.insert(element);
    if (verdict.hold) {
      job.held_by_user = true;
      job.message =
          "held after exit code " + std::to_string(job.exit_code) + ": release it to run again";
    }
    clear_timers(job);
    job.delayed_until = std::max(job.delayed_until, now + policy.requeue_delay);
    set_timers(job);
  } else if (verdict.state == JobState::completed) {
    job.succeeded.insert(element);
  } else {
    job.unsuccessful.insert(element);
    worsen(job, verdict.state);
  }
  touch(job);
  to_refresh.push_back(&job);
  touch_dependents(job.id);
}

}  // namespace pentad
