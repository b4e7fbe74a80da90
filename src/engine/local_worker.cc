#include "engine/local_worker.h"

#include <algorithm>
#include <set>

namespace pentad::engine {

namespace {

constexpr int kMaxStarts = 5;
constexpr int kFirstSettleMs = 5;
constexpr int kLastSettleMs = 1000;

Time wall_clock() {
  using namespace std::chrono;
  return Time{
      duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count()};
}

StopCode stop_code(StopHow how) {
  switch (how) {
    case StopHow::cancel:
    case StopHow::requeue:
      return StopCode::graceful;
    case StopHow::limit:
      return StopCode::limit;
    case StopHow::node_lost:
    case StopHow::unknown_attempt:
      break;
  }
  return StopCode::now;
}

}  // namespace

LocalWorker::LocalWorker(const LocalConfig& config, AttemptsDir dir, GroupSite site,
                         Descriptor epoll)
    : config_(config),
      dir_(std::move(dir)),
      site_(std::move(site)),
      epoll_(std::move(epoll)),
      maker_(config_),
      picker_(config_.machine.cores),
      // No slot of a daemon before us has this number.
      next_slot_(wall_clock().value * 1000) {}

void LocalWorker::recover() {
  std::set<std::string> used;
  for (const AttemptId& id : dir_.list()) {
    const AttemptsDir::Look look = dir_.look(id);
    if (look.state == AttemptsDir::State::missing || look.state == AttemptsDir::State::unstarted) {
      continue;  // the core orders it again if it wants it
    }
    if (look.state == AttemptsDir::State::running) {
      used.insert(look.file.owner->groups.begin(), look.file.owner->groups.end());
    }
    take_over(id, attempts_[id], look);
  }
  remove_stale_slots(site_, used);
  std::string problem;
  for (int32_t i = 0; i < config_.idle_supervisors; ++i) {
    const uint64_t key = add_supervisor(problem);
    if (key != 0) release(key);
  }
}

void LocalWorker::start(Order order) {
  const AttemptId id = order.start.attempt;
  const auto [it, fresh] = attempts_.try_emplace(id);
  Attempt& attempt = it->second;
  if (!fresh && attempt.phase == Phase::ended) return report_end(id, attempt);
  const bool is_claimed = attempt.phase == Phase::foreign && !attempt.foreign;
  if (fresh || is_claimed) attempt.order = std::make_unique<Order>(std::move(order));
  if (fresh) begin(id, attempt);
}

void LocalWorker::begin(const AttemptId& id, Attempt& attempt) {
  const Order& order = *attempt.order;
  attempt.binding = picker_.take(order.start.placement.cores);
  const Result<OrderText> text = maker_.make(order, attempt.binding.cpus);
  if (!text) return not_started(id, attempt, text.error().message);
  const std::string record = order_record(*text);
  // A second time if the file that was there turns out to be nobody's.
  for (int i = 0; i < 2; ++i) {
    const Result<bool> created = dir_.create(id, record);
    if (!created) return not_started(id, attempt, created.error().message);
    if (*created) return assign(id, attempt);
    const AttemptsDir::Look look = dir_.look(id);
    if (look.state == AttemptsDir::State::missing || look.state == AttemptsDir::State::unstarted) {
      continue;
    }
    return take_over(id, attempt, look);
  }
  not_started(id, attempt, "its control file cannot be replaced");
}

// Nobody has started it: whoever had its control file came too late, or died before. The file is
// gone. Afterwards the attempt may be, too.
void LocalWorker::start_again(const AttemptId& id, Attempt& attempt, const std::string& problem) {
  picker_.release(attempt.binding);
  attempt.binding = {};
  if (attempt.order && ++attempt.tries < kMaxStarts) return begin(id, attempt);
  if (attempt.order) return not_started(id, attempt, problem);
  if (attempt.adopted) return unknown(id, attempt);
  attempts_.erase(id);  // the core orders it again if it wants it
}

// Of an attempt that some supervisor has had: watches, reports or mourns it.
void LocalWorker::take_over(const AttemptId& id, Attempt& attempt, const AttemptsDir::Look& look) {
  picker_.release(attempt.binding);
  attempt.binding = {};
  attempt.supervisor = 0;
  attempt.phase = Phase::foreign;
  if (look.file.owner) {
    attempt.owner = *look.file.owner;
    attempt.binding = picker_.take_again(attempt.owner.cpus);
  }
  switch (look.state) {
    case AttemptsDir::State::ended:
      return finish(id, attempt, *look.file.end);
    case AttemptsDir::State::dead:
      return lose(id, attempt, "its supervisor was killed while no daemon watched");
    case AttemptsDir::State::running:
      return watch_foreign(id, attempt);
    case AttemptsDir::State::claimed:
      return settle_later(id);
    case AttemptsDir::State::missing:
    case AttemptsDir::State::unstarted:
      return start_again(id, attempt, "its supervisor could not read the order");
  }
}

void LocalWorker::watch_foreign(const AttemptId& id, Attempt& attempt) {
  attempt.order.reset();
  attempt.end.started_at = attempt.owner.started;
  reports_.emplace_back(event::AttemptStarted{id, attempt.owner.started});
  attempt.foreign = open_process(attempt.owner.pid, attempt.owner.start_ticks);
  if (!attempt.foreign) {
    return settle_later(id);  // it has just ended; the file will tell
  }
  attempt.watch = next_key_++;
  watched_[attempt.watch] = id;
  watch_fd(attempt.foreign.get(), attempt.watch << 2 | 3);
  if (attempt.stop_wanted) {
    send_stop(attempt.foreign.get(), attempt.owner.sequence, *attempt.stop_wanted);
  }
}

void LocalWorker::on_foreign_end(uint64_t watch) {
  const auto watched = watched_.find(watch);
  if (watched == watched_.end()) return;
  const AttemptId id = watched->second;
  watched_.erase(watched);
  const auto it = attempts_.find(id);
  if (it == attempts_.end()) return;
  bury(it->second.foreign.get());
  it->second.foreign.reset();
  take_over(id, it->second, dir_.look(id));
}

void LocalWorker::adopt(const StartAttempt& start) {
  const auto [it, fresh] = attempts_.try_emplace(start.attempt);
  if (!fresh) {
    it->second.adopted = true;
    return;
  }
  unknown(start.attempt, it->second);
}

void LocalWorker::unknown(const AttemptId& id, Attempt& attempt) {
  AttemptEnd end;
  end.kind = EndKind::lost;
  end.message = "nothing is known of it any more; the machine may have been restarted";
  end.ended_at = wall_clock();
  finish(id, attempt, std::move(end));
}

void LocalWorker::stop(const AttemptId& id, StopHow how) {
  const auto it = attempts_.find(id);
  if (it == attempts_.end()) return;
  Attempt& attempt = it->second;
  const StopCode code = stop_code(how);
  attempt.stop_wanted = code;
  tell(attempt, code);
}

void LocalWorker::signal(const AttemptId& id, int number, SignalScope to) {
  const auto it = attempts_.find(id);
  if (it != attempts_.end()) tell(it->second, hand_on(number, to));
}

void LocalWorker::tell(const Attempt& attempt, StopCode code) {
  if (attempt.phase == Phase::with_supervisor) {
    const Supervisor& supervisor = *supervisors_.at(attempt.supervisor);
    send_stop(supervisor.process.pidfd.get(), supervisor.sequence, code);
  } else if (attempt.foreign) {
    send_stop(attempt.foreign.get(), attempt.owner.sequence, code);
  }
}

void LocalWorker::forget(const AttemptId& id) {
  const auto it = attempts_.find(id);
  if (it == attempts_.end() || it->second.phase != Phase::ended) return;
  if (it->second.file_is_free) {
    dir_.recycle(id);
  } else {
    dir_.remove(id);
  }
  attempts_.erase(it);
}

void LocalWorker::report_end(const AttemptId& id, const Attempt& attempt) {
  reports_.emplace_back(event::AttemptEnded{id, attempt.end});
}

void LocalWorker::finish(const AttemptId& id, Attempt& attempt, AttemptEnd end) {
  picker_.release(attempt.binding);
  attempt.binding = {};
  attempt.phase = Phase::ended;
  attempt.supervisor = 0;
  attempt.order.reset();
  attempt.end = std::move(end);
  report_end(id, attempt);
}

void LocalWorker::not_started(const AttemptId& id, Attempt& attempt, std::string message) {
  AttemptEnd end;
  end.kind = EndKind::not_started;
  end.message = std::move(message);
  end.ended_at = wall_clock();
  finish(id, attempt, std::move(end));
}

// Its supervisor is gone. The end is reported once none of its processes is left.
void LocalWorker::lose(const AttemptId& id, Attempt& attempt, std::string message) {
  attempt.phase = Phase::leftovers;
  attempt.supervisor = 0;
  attempt.lost_message = std::move(message);
  if (!end_leftovers(id, attempt)) settle_later(id);
}

bool LocalWorker::end_leftovers(const AttemptId& id, Attempt& attempt) {
  bool none_left = end_slot(attempt.owner.groups);
  if (attempt.owner.groups.empty()) {
    none_left = end_marked_processes(kMarkVariable, attempt_mark(config_.home, id));
  }
  if (!none_left) return false;
  discard_slot(attempt.owner.groups);
  AttemptEnd end;
  end.kind = EndKind::lost;
  end.message = attempt.lost_message;
  end.started_at = attempt.end.started_at;
  end.ended_at = wall_clock();
  finish(id, attempt, std::move(end));
  return true;
}

void LocalWorker::settle_later(const AttemptId& id) {
  unsettled_.push_back(id);
  settle_ms_ = kFirstSettleMs;
}

// What needs more than one look: processes that are slow to die, supervisors that have a lock and
// have not yet written their name.
void LocalWorker::look_again() {
  std::vector<AttemptId> unsettled;
  unsettled.swap(unsettled_);
  settle_ms_ = std::min(settle_ms_ * 2, kLastSettleMs);
  for (const AttemptId& id : unsettled) {
    const auto it = attempts_.find(id);
    if (it == attempts_.end()) continue;
    Attempt& attempt = it->second;
    if (attempt.phase == Phase::leftovers) {
      if (!end_leftovers(id, attempt)) unsettled_.push_back(id);
    } else if (attempt.phase == Phase::foreign && !attempt.foreign) {
      take_over(id, attempt, dir_.look(id));
    }
  }
}

std::vector<Report> LocalWorker::take_reports() {
  std::vector<Report> reports;
  reports.swap(reports_);
  return reports;
}

}  // namespace pentad::engine
