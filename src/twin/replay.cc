#include "twin/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace pentad::twin {

namespace {

constexpr int64_t kProgressEvery = 4096;  // events
// Where a trace tells no date: Monday 2024-01-01 00:00 UTC, so that days begin at midnight.
constexpr Time kDefaultStart{1'704'067'200'000};
// Limits of the site come back each year: what has not started by then never will.
constexpr Duration kHopeless = hours(24 * 366);

}  // namespace

double held_cores(const Placement& placement) {
  return static_cast<double>(placement.nodes.size()) * placement.cores;
}

double held_devices(const Placement& placement) {
  double devices = 0;
  for (const NodeShare& share : placement.nodes) {
    devices += static_cast<double>(share.devices.size()) * placement.share_milli / 1000;
  }
  return devices;
}

Replay::Replay(const trace::Machine& machine, const Policy& policy, ReplayOptions options)
    : policy_(policy),
      options_(std::move(options)),
      workload_(machine, policy, options_.workload),
      machine_(machine) {}

Replay::~Replay() = default;

Progress Replay::progress() const { return {now_, start_, submitted_, finished_, events_}; }

engine::Fate Replay::fate(const engine::Order& order) {
  const LiveJob& job = live_.at(order.start.attempt.job);
  engine::Fate fate;
  fate.runs = workload_.run_time_on(job.request, job.run_time, order.start.placement.device_model,
                                    order.start.placement.pool);
  fate.end.kind = EndKind::exited;
  fate.end.exit_code = job.fails ? 1 : 0;
  return fate;
}

Status Replay::step(Time now, event::What what, bool more, Effects& effects) {
  Event event{now, {}, std::move(what), more};
  effects = centre_.step(event);
  ++events_;
  if (!journal_) return {};
  // A refused submission leaves no trace in a journal but the passing of time.
  if (!effects.reply.accepted() && std::holds_alternative<event::Submit>(event.what)) {
    event.what = event::Tick{};
  }
  return journal_(event);
}

Status Replay::set_up() {
  now_ = start_;
  engine_ = std::make_unique<engine::SimulatedEngine>(machine_.nodes,
                                                      static_cast<engine::Script*>(this), start_);
  engine_->connect([this](std::vector<engine::Report> reports) {
    std::move(reports.begin(), reports.end(), std::back_inserter(reports_));
  });
  Effects effects;
  if (Status s = step(start_, event::Configure{policy_, machine_.devices}, true, effects); !s) {
    return s;
  }
  if (!effects.reply.accepted()) {
    return fail(ErrorCode::invalid, effects.reply.refusal.detail, effects.reply.refusal.field);
  }
  for (const Node& node : machine_.nodes) {
    const bool more = &node != &machine_.nodes.back();
    if (Status s = step(start_, event::UpsertNode{node}, more, effects); !s) return s;
    if (effects.reply.accepted()) continue;
    return fail(ErrorCode::invalid,
                fmt::format("node {}: {}", node.name, effects.reply.refusal.detail),
                effects.reply.refusal.field);
  }
  return {};
}

Status Replay::fetch(trace::TraceReader& trace) {
  Result<bool> more = trace.read(next_);
  if (!more) return tl::unexpected(more.error());
  has_next_ = *more;
  if (!has_next_) return {};
  Duration submit = next_.submit;
  if (options_.arrival_scale != 1) {
    submit.value = static_cast<int64_t>(static_cast<double>(submit.value) / options_.arrival_scale);
  }
  next_due_ = std::max(start_ + submit, now_);
  return {};
}

Time Replay::next_time() const {
  Time next = std::min(engine_->next_time(), centre_.next_wake());
  if (has_next_) next = std::min(next, next_due_);
  if (!thinking_.empty()) next = std::min(next, thinking_.begin()->first);
  if (governor_ != nullptr && !live_.empty()) next = std::min(next, governor_->next_change(now_));
  return next;
}

// Keeps a job back whose predecessor is still here.
bool Replay::set_aside(const trace::TraceJob& job) {
  if (!options_.closed_loop) return false;
  open_.insert(job.id);
  if (job.after == 0 || job.after == job.id || open_.count(job.after) == 0) return false;
  set_aside_[job.after].push_back(job);
  return true;
}

Status Replay::take_arrivals(Time now, trace::TraceReader& trace) {
  arrivals_.clear();
  while (!thinking_.empty() && thinking_.begin()->first <= now) {
    arrivals_.push_back(std::move(thinking_.begin()->second));
    thinking_.erase(thinking_.begin());
  }
  while (has_next_ && next_due_ <= now) {
    if (!set_aside(next_)) arrivals_.push_back(std::move(next_));
    if (Status s = fetch(trace); !s) return s;
  }
  return {};
}

Status Replay::submit(const trace::TraceJob& from, Time now, bool more) {
  LiveJob job;
  job.trace_id = from.id;
  if (!workload_.to_request(from, job.request)) {
    open_.erase(from.id);
    return {};
  }
  job.id = centre_.next_job_id();
  job.submitted = now;
  workload_.set_deadline(from, now, job.request);
  job.run_time = *from.run_time;
  job.fails = from.status == trace::TraceStatus::failed;
  Effects effects;
  event::Submit submit;
  submit.first = job.id;
  submit.jobs.push_back(job.request);
  if (Status s = step(now, std::move(submit), more, effects); !s) return s;
  if (effects.reply.accepted()) {
    ++submitted_;
    changed_ = now;
    const LiveJob& live = live_.emplace(job.id, std::move(job)).first->second;
    for (Observer* o : observers_) o->submitted(live);
  } else {
    open_.erase(from.id);
    for (Observer* o : observers_) o->refused(from, effects.reply.refusal);
  }
  handle(effects, now);
  return {};
}

Status Replay::moment(Time now, trace::TraceReader& trace) {
  for (Observer* o : observers_) o->time_moves(now);
  now_ = now;
  engine_->advance(now);
  std::vector<engine::Report> reports = std::exchange(reports_, {});
  if (governor_ != nullptr) {
    if (Status s = ask_governor(now); !s) return s;
  }
  if (Status s = take_arrivals(now, trace); !s) return s;
  for (const trace::TraceJob& job : arrivals_) {
    const bool more = &job != &arrivals_.back() || !reports.empty();
    if (Status s = submit(job, now, more); !s) return s;
  }
  for (engine::Report& report : reports) {
    Effects effects;
    const bool more = &report != &reports.back();
    const auto* end = std::get_if<event::AttemptEnded>(&report);
    if (end != nullptr) engine_->forget(end->attempt);
    event::What what = std::visit([](auto& r) { return event::What(std::move(r)); }, report);
    if (Status s = step(now, std::move(what), more, effects); !s) return s;
    handle(effects, now);
  }
  // What is due by time alone, or was left open by a submission that was refused or left out.
  if (centre_.next_wake() > now) return {};
  Effects effects;
  if (Status s = step(now, event::Tick{}, false, effects); !s) return s;
  handle(effects, now);
  PENTAD_ASSERT(centre_.next_wake() > now, "a tick moves the time of waking");
  return {};
}

// What it changes belongs to the moment: nothing is placed before the last event of it.
Status Replay::ask_governor(Time now) {
  Effects effects;
  if (auto policy = governor_->policy(now)) {
    if (Status s = step(now, event::Configure{std::move(*policy), {}}, true, effects); !s) return s;
    handle(effects, now);
  }
  const Duration give = governor_->give_time(now);
  if (give <= Duration{}) return {};
  if (Status s = step(now, event::GiveTime{give}, true, effects); !s) return s;
  handle(effects, now);
  return {};
}

void Replay::set_pace(Time now) {
  const int64_t pace_ppm = governor_->pace_ppm(now);
  if (pace_ppm == pace_ppm_) return;
  pace_ppm_ = pace_ppm;
  engine_->set_pace(pace_ppm);
  const double pace = static_cast<double>(pace_ppm) / engine::kFullPace_ppm;
  for (Observer* o : observers_) o->pace_changes(now, pace);
}

void Replay::handle(const Effects& effects, Time now) {
  note_ends(effects, now);
  for (const StopAttempt& stop : effects.stops) engine_->stop(stop.attempt, stop.how);
  for (const StartAttempt& order : effects.starts) start(order, now);
}

void Replay::start(const StartAttempt& order, Time now) {
  LiveJob& job = live_.at(order.attempt.job);
  job.started = now;
  ++job.attempts;
  job.placement = order.placement;
  job.started_work = engine_->work();
  changed_ = now;
  for (Observer* o : observers_) o->started(job);
  engine_->start({order, nullptr});
}

void Replay::note_ends(const Effects& effects, Time now) {
  for (const AttemptStatus& attempt : effects.attempts) {
    if (!is_final(attempt.state)) continue;
    LiveJob& job = live_.at(attempt.attempt.job);
    changed_ = now;
    const int64_t work = (engine_->work() - job.started_work) / engine::kFullPace_ppm;
    job.slowed = std::max(Duration{}, now - job.started - Duration{work});
    for (Observer* o : observers_) o->stopped(job, attempt.end.kind, now);
    job.placement = {};
  }
  for (const JobStatus& status : effects.jobs) {
    if (!is_final(status.state)) continue;
    auto it = live_.find(status.job);
    if (it == live_.end()) continue;
    for (Observer* o : observers_) o->finished(it->second, status.state, now);
    ++finished_;
    const int64_t id = it->second.trace_id;
    live_.erase(it);
    open_.erase(id);
    auto next = set_aside_.extract(id);
    if (next.empty()) continue;
    for (trace::TraceJob& job : next.mapped()) {
      const Time at = now + job.think_time;
      thinking_.emplace(at, std::move(job));
    }
  }
}

bool Replay::goes_on() {
  if (!progress_ || events_ < progress_due_) return true;
  progress_due_ = events_ + kProgressEvery;
  return progress_(progress());
}

Result<ReplayEnd> Replay::run(trace::TraceReader& trace) {
  start_ = trace.header().start.value_or(kDefaultStart);
  if (Status s = set_up(); !s) return tl::unexpected(s.error());
  if (Status s = fetch(trace); !s) return tl::unexpected(s.error());
  for (Observer* o : observers_) o->time_moves(start_);
  const Time until = options_.until ? start_ + *options_.until : Time::never();
  for (;;) {
    const Time next = next_time();
    if (next == Time::never()) break;
    if (!has_next_ && live_.empty() && thinking_.empty()) break;  // only wakes for nobody are left
    if (next > until) {
      for (Observer* o : observers_) o->time_moves(until);
      now_ = until;
      return ReplayEnd::until;
    }
    if (governor_ != nullptr && next - changed_ > kHopeless && !has_next_ && thinking_.empty() &&
        engine_->next_time() == Time::never()) {
      return ReplayEnd::stuck;
    }
    if (Status s = moment(next, trace); !s) return tl::unexpected(s.error());
    if (governor_ != nullptr) set_pace(next);
    if (!goes_on()) return ReplayEnd::interrupted;
  }
  return live_.empty() ? ReplayEnd::complete : ReplayEnd::stuck;
}

}  // namespace pentad::twin
