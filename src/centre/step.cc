// One step: timers that are due, the event itself, then everything that follows from it until
// nothing moves any more.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "centre/state.h"

namespace pentad {

Centre::Centre() : state_(std::make_unique<State>()) {}
Centre::~Centre() = default;
Centre::Centre(Centre&&) noexcept = default;
Centre& Centre::operator=(Centre&&) noexcept = default;

Effects Centre::step(const Event& event) {
  State& s = *state_;
  s.now = std::max(s.now, event.now);
  s.actor = event.actor;
  s.run_due_timers();
  std::visit([&s](const auto& what) { s.on(what); }, event.what);
  s.settle(event.more);
  return s.take_effects();
}

void Centre::State::on(const event::Tick&) {}

void Centre::State::run_due_timers() {
  while (!timers.empty() && timers.begin()->at <= now) {
    Timer timer = *timers.begin();
    timers.erase(timers.begin());
    if (timer.subject.number == 0) {
      to_refresh.push_back(timer.subject.job);
      continue;
    }
    auto it = attempts.find(timer.subject);
    if (it != attempts.end() && !it->second.stopping) stop(it->second, StopHow::limit);
  }
  if (schedule_due <= now) pass_needed = true;
  if (now >= fair_share_due && queued_jobs > 0) rekey_queue();
}

void Centre::State::settle(bool more) {
  while (!to_refresh.empty() || (pass_needed && !more)) {
    while (!to_refresh.empty()) {
      JobId id = to_refresh.back();
      to_refresh.pop_back();
      if (JobRecord* job = find(id)) refresh(*job);
    }
    if (!pass_needed || more) continue;
    pass_needed = false;
    for (const Start& s : scheduler.pass(now)) start(s);
    schedule_due = scheduler.next_time(now);
  }
}

Effects Centre::State::take_effects() {
  std::sort(dirty_jobs.begin(), dirty_jobs.end());
  for (JobId id : dirty_jobs) {
    auto it = jobs.find(id);
    PENTAD_ASSERT(it != jobs.end(), "a job leaves memory only here");
    it->second.dirty = false;
    effects.jobs.push_back(status_of(it->second));
    if (!is_final(effects.jobs.back().state)) continue;
    effects.outcomes.push_back(outcome_of(it->second));
    unindex_job(it->second);
    requests.drop(it->second.request);
    jobs.erase(it);
  }
  effects.attempts = std::move(ended_attempts);
  for (const AttemptId& id : dirty_attempts) {
    auto it = attempts.find(id);
    if (it != attempts.end()) effects.attempts.push_back(status_of(it->second));
  }
  effects.nodes.assign(dirty_nodes.begin(), dirty_nodes.end());
  dirty_jobs.clear();
  dirty_attempts.clear();
  ended_attempts.clear();
  dirty_nodes.clear();
  return std::exchange(effects, {});
}

void Centre::State::refuse(RefusalCode code, std::string field, std::string detail) {
  effects.reply.refusal = {code, std::move(field), std::move(detail)};
}

Time Centre::next_wake() const {
  const State& s = *state_;
  if (s.pass_needed) return s.now;  // the last event promised another one
  Time wake = s.schedule_due;
  if (!s.timers.empty()) wake = std::min(wake, s.timers.begin()->at);
  if (s.queued_jobs > 0) wake = std::min(wake, s.fair_share_due);
  return wake;
}

}  // namespace pentad
