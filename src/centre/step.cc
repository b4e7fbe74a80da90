// One step: timers that are due, the event itself, then everything that follows from it until
// nothing moves any more.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "centre/state.h"

namespace pentad {

namespace {

template <class T>
void sort_unique(std::vector<T>& list) {
  if (list.size() < 2) return;
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Centre::Centre() : state_(std::make_unique<State>()) {}
Centre::~Centre() = default;
Centre::Centre(Centre&&) noexcept = default;
Centre& Centre::operator=(Centre&&) noexcept = default;

Effects Centre::step(const Event& event) {
  State& s = *state_;
  s.now = std::max(s.now, event.now);
  s.actor = event.actor;
  s.run_due_timers();
  std::visit(
      [&s](const auto& what) {
        s.on(what);
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, event::PutTenant> ||
                      std::is_same_v<What, event::PutProject> ||
                      std::is_same_v<What, event::PutUser>) {
          s.people_changed();
        }
      },
      event.what);
  s.settle(event.more);
  return s.take_effects();
}

void Centre::State::on(const event::Tick&) {}

void Centre::State::run_due_timers() {
  while (!timers.empty() && timers.begin()->at <= now) {
    Timer timer = *timers.begin();
    timers.erase(timers.begin());
    refresh_later(timer.job);
  }
  stop_overdue();
  if (schedule_due <= now) pass_needed = true;
  if (now >= reorder_due()) rekey_queue();
  if (now >= money_due) run_due_money();
  if (now >= month_end) turn_month();
}

// When the order of the queue follows the decayed usage again.
Time Centre::State::reorder_due() const {
  return queued_jobs > 0 && policy.weights.fair_share != 0 ? fair_share_due : Time::never();
}

// Attempts past their limit are stopped in the order of their times and ids.
void Centre::State::stop_overdue() {
  if (overruns.empty() || overruns.first() > now) return;
  std::vector<AttemptRecord*> overdue;
  while (!overruns.empty() && overruns.first() <= now) {
    overdue.push_back(&attempts.at(overruns.first_slot()));
    overruns.clear(overruns.first_slot());
  }
  std::sort(overdue.begin(), overdue.end(), [](const AttemptRecord* a, const AttemptRecord* b) {
    const Time at = overrun_time(*a), other = overrun_time(*b);
    return at != other ? at < other : a->id < b->id;
  });
  for (AttemptRecord* attempt : overdue) stop(*attempt, StopHow::limit);
}

void Centre::State::settle(bool more) {
  while (true) {
    while (!to_refresh.empty()) {
      JobRecord* job = to_refresh.back();
      to_refresh.pop_back();
      refresh(*job);
    }
    if (more) return;
    if (pass_needed) {
      pass_needed = false;
      if (charging()) {
        pass_with_money();
      } else {
        for (Start& s : scheduler.pass(now)) start(std::move(s));
      }
      schedule_due = scheduler.next_time(now);
    } else if (may_let()) {
      let_improved();
    } else {
      may_wake.clear();
      return;
    }
  }
}

Effects Centre::State::take_effects() {
  std::sort(dirty_jobs.begin(), dirty_jobs.end(),
            [](const JobRecord* a, const JobRecord* b) { return a->id < b->id; });
  effects.jobs.reserve(dirty_jobs.size());
  for (JobRecord* job : dirty_jobs) {
    job->dirty = false;
    effects.jobs.push_back(status_of(*job));
    if (!is_final(effects.jobs.back().state)) continue;
    effects.outcomes.push_back({job->id, state_of(*job), job->started,
                                job->request->array.has_value(), std::move(job->succeeded),
                                std::move(job->unsuccessful)});
    forget(*job);
  }
  effects.attempts = std::exchange(ended_attempts, {});
  sort_unique(dirty_attempts);
  for (const AttemptId& id : dirty_attempts) {
    if (const AttemptRecord* a = attempts.find(id)) effects.attempts.push_back(status_of(*a));
  }
  sort_unique(dirty_nodes);
  effects.nodes = std::exchange(dirty_nodes, {});
  dirty_jobs.clear();
  dirty_attempts.clear();
  return std::exchange(effects, {});
}

void Centre::State::forget(JobRecord& job) {
  unindex_job(job);
  PENTAD_ASSERT(job.counted == 0, "nothing of a job that is gone waits");
  requests.drop(job.request);
  accounts.drop(job.account);
  jobs.remove(job);
}

void Centre::State::refuse(RefusalCode code, std::string field, std::string detail) {
  effects.reply.refusal = {code, std::move(field), std::move(detail)};
}

Time Centre::next_wake() const {
  const State& s = *state_;
  // The last event promised another one, or more come back than one step takes.
  if (s.pass_needed || !s.improved.empty()) return s.now;
  Time wake = s.schedule_due;
  wake = std::min(wake, s.money_due);
  if (!s.waits.empty()) wake = std::min(wake, s.month_end);
  if (!s.timers.empty()) wake = std::min(wake, s.timers.begin()->at);
  if (!s.overruns.empty()) wake = std::min(wake, s.overruns.first());
  return std::min(wake, s.reorder_due());
}

}  // namespace pentad
