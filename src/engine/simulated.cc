#include "engine/simulated.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"

namespace pentad::engine {

SimulatedEngine::SimulatedEngine(std::vector<Node> nodes, Script* script, Time now)
    : nodes_(std::move(nodes)), script_(script), now_(now) {}

Result<std::vector<Node>> SimulatedEngine::inventory() { return nodes_; }

SimulatedEngine::Attempt* SimulatedEngine::find(const AttemptId& id) {
  auto it = attempts_.find(id);
  return it == attempts_.end() ? nullptr : &it->second;
}

bool SimulatedEngine::reachable(const Attempt& attempt) const {
  const std::vector<NodeShare>& nodes = attempt.start.placement.nodes;
  return std::none_of(nodes.begin(), nodes.end(),
                      [this](const NodeShare& share) { return lost_nodes_.count(share.node) > 0; });
}

void SimulatedEngine::start(Order order) {
  AttemptId id = order.start.attempt;
  if (const Attempt* known = find(id)) {
    if (known->phase == Phase::ended) post_state(*known);
    return;
  }
  script_->ordered(order, now_);
  Fate fate = script_->fate(order);
  Attempt& attempt = attempts_[id];
  attempt.fate = std::move(fate);
  attempt.start = std::move(order.start);
  ++running_;
  if (reachable(attempt)) prepare(attempt);
}

void SimulatedEngine::prepare(Attempt& attempt) {
  attempt.phase = Phase::preparing;
  attempt.begins = now_ + attempt.fate.prepares;
  schedule(attempt.begins, attempt.start.attempt);
}

void SimulatedEngine::adopt(const StartAttempt& start) {
  if (find(start.attempt)) return;
  AttemptEnd end;
  end.kind = EndKind::lost;
  end.message = "the engine knows nothing of it";
  end.ended_at = now_;
  post(event::AttemptEnded{start.attempt, end});
}

void SimulatedEngine::stop(const AttemptId& id, StopHow how) {
  Attempt* attempt = find(id);
  if (!attempt || attempt->phase == Phase::ended) return;
  bool given_up = how == StopHow::node_lost || how == StopHow::unknown_attempt;
  if (given_up && !reachable(*attempt)) return;  // nobody hears it; told again when it reports
  EndKind kind = how == StopHow::limit ? EndKind::timeout : EndKind::stopped;
  if (attempt->phase == Phase::waiting) {
    finish(*attempt, kind);
  } else if (!reachable(*attempt)) {
    attempt->stop_wanted = kind;
  } else {
    stop_now(*attempt, kind);
  }
  drop_overtaken();
}

void SimulatedEngine::stop_now(Attempt& attempt, EndKind kind) {
  if (attempt.phase == Phase::preparing) {
    finish(attempt, kind);
  } else if (attempt.phase == Phase::running) {
    end_by(attempt, now_ + attempt.fate.grace, kind);
  }
}

void SimulatedEngine::forget(const AttemptId& id) {
  Attempt* attempt = find(id);
  if (attempt && attempt->phase == Phase::ended) attempts_.erase(id);
}

void SimulatedEngine::connect(ReportSink sink) {
  sink_ = std::move(sink);
  for (const auto& [id, attempt] : attempts_) post_state(attempt);
}

void SimulatedEngine::disconnect() { sink_ = nullptr; }

void SimulatedEngine::set_pace(int64_t pace_ppm) {
  PENTAD_ASSERT(pace_ppm >= 0 && pace_ppm <= kFullPace_ppm, "a pace is a share");
  pace_ppm_ = pace_ppm;
}

Time SimulatedEngine::time_of(const WorkEnd& end) const {
  const int64_t left = end.at_work - work_;
  if (left <= 0) return now_;
  if (pace_ppm_ == 0) return Time::never();
  return now_ + Duration{left / pace_ppm_ + (left % pace_ppm_ > 0 ? 1 : 0)};
}

void SimulatedEngine::move_to(Time now) {
  if (now <= now_) return;
  work_ += (now - now_).value * pace_ppm_;
  now_ = now;
}

Time SimulatedEngine::next_time() const {
  const Time next = happenings_.empty() ? Time::never() : happenings_.top().at;
  return work_ends_.empty() ? next : std::min(next, time_of(work_ends_.top()));
}

void SimulatedEngine::advance(Time now) {
  while (next_time() <= now) {
    const Time at = next_time();
    const bool by_itself = !work_ends_.empty() && time_of(work_ends_.top()) == at &&
                           (happenings_.empty() || happenings_.top().at > at ||
                            happenings_.top().sequence > work_ends_.top().sequence);
    move_to(at);
    if (by_itself) {
      Attempt& attempt = attempts_.at(work_ends_.top().attempt);
      work_ends_.pop();
      finish(attempt, attempt.ends_itself_as);
    } else {
      const Happening next = happenings_.top();
      happenings_.pop();
      if (!next.arrives) {
        turn(attempts_.at(next.attempt));
      } else if (sink_) {
        sink_({*next.arrives});
      }
    }
    drop_overtaken();
  }
  move_to(now);
}

// Whether the attempt was to begin or end then, and was stopped in the meantime.
bool SimulatedEngine::overtaken(const Happening& happening) const {
  if (happening.arrives) return false;
  auto it = attempts_.find(happening.attempt);
  if (it == attempts_.end()) return true;
  const Attempt& attempt = it->second;
  if (attempt.phase == Phase::preparing) return attempt.begins != happening.at;
  return attempt.phase != Phase::running || attempt.ends != happening.at;
}

bool SimulatedEngine::overtaken(const WorkEnd& end) const {
  auto it = attempts_.find(end.attempt);
  return it == attempts_.end() || it->second.phase != Phase::running ||
         it->second.ends_at_work != end.at_work;
}

void SimulatedEngine::drop_overtaken() {
  while (!happenings_.empty() && overtaken(happenings_.top())) happenings_.pop();
  while (!work_ends_.empty() && overtaken(work_ends_.top())) work_ends_.pop();
}

void SimulatedEngine::turn(Attempt& attempt) {
  if (attempt.phase == Phase::running) {
    finish(attempt, attempt.ends_as);
  } else if (attempt.fate.end.kind == EndKind::not_started) {
    finish(attempt, EndKind::not_started);
  } else {
    begin(attempt);
  }
}

void SimulatedEngine::begin(Attempt& attempt) {
  attempt.phase = Phase::running;
  attempt.begins = now_;
  attempt.end.started_at = now_;
  attempt.ends = Time::never();
  script_->began(attempt.start.attempt, now_);
  post_state(attempt);
  if (attempt.fate.runs <= attempt.start.limit) {
    ends_itself(attempt, attempt.fate.runs, attempt.fate.end.kind);
  } else {
    ends_itself(attempt, attempt.start.limit + attempt.fate.grace, EndKind::timeout);
  }
}

void SimulatedEngine::ends_itself(Attempt& attempt, Duration after, EndKind kind) {
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  const int64_t ms = std::min(after.value, (most - work_) / kFullPace_ppm);
  attempt.ends_at_work = work_ + ms * kFullPace_ppm;
  attempt.ends_itself_as = kind;
  work_ends_.push({attempt.ends_at_work, ++sequence_, attempt.start.attempt});
}

// The earliest of several requests counts.
void SimulatedEngine::end_by(Attempt& attempt, Time at, EndKind kind) {
  if (at >= attempt.ends) return;
  attempt.ends = at;
  attempt.ends_as = kind;
  schedule(at, attempt.start.attempt);
}

void SimulatedEngine::finish(Attempt& attempt, EndKind kind) {
  PENTAD_ASSERT(attempt.phase != Phase::ended, "an attempt ends once");
  Time started_at = attempt.end.started_at;
  if (kind == attempt.fate.end.kind) attempt.end = attempt.fate.end;
  attempt.end.kind = kind;
  attempt.end.started_at = started_at;
  attempt.end.ended_at = now_;
  attempt.phase = Phase::ended;
  --running_;
  script_->ended(attempt.start.attempt, attempt.end, now_);
  post_state(attempt);
}

void SimulatedEngine::lose_node(const std::string& node, bool power_off) {
  if (!power_off) {
    lost_nodes_.insert(node);
    return;
  }
  std::vector<AttemptId> dead;
  for (const auto& [id, attempt] : attempts_) {
    if (attempt.phase != Phase::preparing && attempt.phase != Phase::running) continue;
    for (const NodeShare& share : attempt.start.placement.nodes) {
      if (share.node == node) dead.push_back(id);
    }
  }
  lost_nodes_.insert(node);
  for (const AttemptId& id : dead) finish(attempts_.at(id), EndKind::lost);
  drop_overtaken();
}

void SimulatedEngine::return_node(const std::string& node) {
  if (lost_nodes_.erase(node) == 0) return;
  for (auto& [id, attempt] : attempts_) {
    const std::vector<NodeShare>& nodes = attempt.start.placement.nodes;
    bool here = std::any_of(nodes.begin(), nodes.end(),
                            [&](const NodeShare& share) { return share.node == node; });
    if (!here || !reachable(attempt)) continue;
    if (attempt.phase == Phase::waiting) prepare(attempt);
    post_state(attempt);
    if (attempt.stop_wanted) stop_now(attempt, *attempt.stop_wanted);
  }
  drop_overtaken();
}

void SimulatedEngine::schedule(Time at, const AttemptId& id,
                               std::shared_ptr<const Report> arrives) {
  happenings_.push({at, ++sequence_, id, std::move(arrives)});
}

void SimulatedEngine::post(Report report) {
  if (!sink_) return;
  std::vector<Duration> arrivals = script_->delivery(report);
  auto shared = std::make_shared<const Report>(std::move(report));
  for (Duration after : arrivals) schedule(now_ + after, {}, shared);
}

// Nothing is heard of an attempt on a node that is cut off, nor of one that has not begun.
void SimulatedEngine::post_state(const Attempt& attempt) {
  if (!reachable(attempt)) return;
  if (attempt.phase == Phase::running) {
    post(event::AttemptStarted{attempt.start.attempt, attempt.begins});
  } else if (attempt.phase == Phase::ended) {
    post(event::AttemptEnded{attempt.start.attempt, attempt.end});
  }
}

}  // namespace pentad::engine
