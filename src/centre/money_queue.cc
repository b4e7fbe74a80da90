// Jobs that leave the queue because they cannot be paid, and come back when they can.
//
// What is refused in a pass waits outside the queue, in groups for whom more of the same helps
// alike. When something improves for a subject, the first of each of its groups is asked about, and
// as many come back as what is there would pay for: at most kMostInStep of a subject in one step,
// the others in the steps that follow at once, so that no step takes long. Of a group no more than
// kMostAwake stand in the queue at a time by this way unless there is enough for all of them
// together: the money goes to whoever starts first, so the broke may wait in hundreds of thousands
// and an end costs a few of them a look.
#include <fmt/format.h>

#include <algorithm>

#include "centre/state.h"

namespace pentad {

namespace {

constexpr int64_t kMostAwake = 256;
constexpr int32_t kMostInStep = 256;

}  // namespace

void Centre::State::count_waiting(JobRecord& job) {
  const int64_t waiting = charging() ? job.waiting.size() : 0;
  if (waiting == job.counted) return;
  if (const ledger::Payer payer = payer_of(job.account); payer.known()) {
    ledger.count_queued(payer, waiting - job.counted);
  }
  job.counted = waiting;
}

void Centre::State::uncount_waiting(JobRecord& job) {
  if (const ledger::Payer payer = payer_of(job.account); payer.known()) {
    ledger.count_queued(payer, -job.counted);
  }
  job.counted = 0;
}

void Centre::State::left_queue(JobId job) {
  const auto group = waits.left_queue(job);
  if (!group || waits.awake_in(*group).jobs + 1 < kMostAwake) return;
  improve({group->kind, group->subject});  // it makes room for another one
}

void Centre::State::put_aside() {
  for (MoneyWait& wait : refused) {
    JobRecord* job = find(wait.job);
    if (job == nullptr) continue;
    job->broke = true;
    touch(*job);
    to_refresh.push_back(job);
    waits.add(std::move(wait));
  }
  refused.clear();
}

ledger::Ask Centre::State::ask_of(const MoneyWait& wait, const JobRecord& job) const {
  ledger::Ask ask;
  ask.payer = payer_of(job.account);
  ask.qos = job.request->qos;
  ask.pool = wait.pool;
  ask.device_model = wait.device_model;
  ask.workload_class = wait.workload_class;
  ask.size = wait.size;
  ask.limit = job.request->limit;
  return ask;
}

std::optional<ledger::Obstacle> Centre::State::obstacle_of(const MoneyWait& wait) {
  const JobRecord& job = *find(wait.job);
  if (!charging()) return {};
  const ledger::Ask ask = ask_of(wait, job);
  if (!ask.payer.known() || standing_of(job.account) != AccountState::active) {
    return ledger::Obstacle{ledger::Gauge::account, ask.payer.tenant, 0, 0};
  }
  return ledger.obstacle(ask, now);
}

void Centre::State::improve(const ledger::Payer& payer) {
  if (waits.empty()) return;
  for (ledger::SubjectSlot slot : {payer.tenant, payer.project, payer.user}) {
    const ledger::Subject& subject = ledger.subjects().at(slot);
    improve({subject.kind, subject.name});
  }
}

void Centre::State::improve(const SubjectName& who) {
  if (waits.empty()) return;
  improved.insert(who);
  pass_needed = true;
}

void Centre::State::improve_all() {
  for (const SubjectName& subject : waits.subjects()) improve(subject);
}

bool Centre::State::may_let() const {
  return std::any_of(improved.begin(), improved.end(), [&](const SubjectName& subject) {
    const auto it = may_wake.find(subject);
    return it == may_wake.end() || it->second > 0;
  });
}

void Centre::State::let_improved() {
  const std::set<SubjectName> subjects = std::exchange(improved, {});
  for (const SubjectName& subject : subjects) {
    int32_t& left = may_wake.try_emplace(subject, kMostInStep).first->second;
    bool came = left == 0;
    for (const MoneyWaits::Group& group : waits.groups_of(subject)) came |= let_group(group, left);
    if (came) improved.insert(subject);  // asked again when these have had their chance
  }
}

bool Centre::State::let_group(const MoneyWaits::Group& group, int32_t& left) {
  bool any = false;
  int64_t room = 0;      // of the gauge
  int64_t room_now = 0;  // less what those need who come back here
  while (const MoneyWaits::Jobs* jobs = waits.jobs_in(group)) {
    if (left == 0) return true;
    MoneyWait wait = *waits.find(jobs->begin()->second);
    JobRecord& job = *find(wait.job);
    const std::optional<ledger::Obstacle> obstacle = obstacle_of(wait);
    if (!obstacle) {
      if (!any) {
        const ledger::SubjectSlot slot = ledger.subjects().find(wait.kind, wait.subject);
        room = slot == kNoSlot ? Money::max().value
                               : ledger.room_of({wait.gauge, slot, 0, 0}, ask_of(wait, job), now);
        room_now = room;
      }
      const MoneyWaits::Awake awake = waits.awake_in(group);
      if (awake.jobs >= kMostAwake && awake.need + wait.need > room) break;
      if (any && wait.need > room_now) break;
      room_now -= std::min(room_now, wait.need);
      waits.wake(wait.job);
      job.broke = false;
      to_refresh.push_back(&job);
      --left;
      any = true;
      continue;
    }
    const std::string& subject =
        obstacle->subject == kNoSlot ? "" : ledger.subjects().at(obstacle->subject).name;
    const ledger::SubjectKind kind = obstacle->subject == kNoSlot
                                         ? ledger::SubjectKind::tenant
                                         : ledger.subjects().at(obstacle->subject).kind;
    if (obstacle->gauge == wait.gauge && kind == wait.kind && subject == wait.subject &&
        obstacle->need == wait.need) {
      break;
    }
    wait.gauge = obstacle->gauge;
    wait.kind = kind;
    wait.subject = subject;
    wait.need = obstacle->need;
    waits.add(std::move(wait));
    to_refresh.push_back(&job);
  }
  return any;
}

// Turned on or off: what waits and runs is counted anew.
void Centre::State::charging_changed() {
  jobs.for_each([&](JobRecord& job) { count_waiting(job); });
  if (charging()) return;
  for (const MoneyWait& wait : waits.all_awake()) waits.left_queue(wait.job);
  for (const MoneyWait& wait : waits.all()) {
    waits.remove(wait.job);
    JobRecord* job = find(wait.job);
    job->broke = false;
    to_refresh.push_back(job);
  }
}

std::string Centre::State::explain_money(const JobRecord& job) const {
  const MoneyWait* wait = waits.find(job.id);
  if (wait == nullptr) return "";
  const ledger::Ask ask = ask_of(*wait, job);
  const Account& account = accounts.at(job.account);
  if (wait->gauge == ledger::Gauge::account) {
    if (!ask.payer.known()) {
      return fmt::format("its project `{}` belongs to no tenant, who would pay", account.project);
    }
    return fmt::format("the tenant, project or user of {} is frozen or closed", account.project);
  }
  if (auto obstacle = ledger.obstacle(ask, now)) return ledger.explain(*obstacle, ask);
  return fmt::format("can be paid for, after others of {} {} that stand in the queue",
                     boost::describe::enum_to_string(wait->kind, "?"), wait->subject);
}

void Centre::State::check_money_invariants(std::vector<std::string>& failures) const {
  const auto expect = [&](bool holds, const char* name, const std::string& detail) {
    if (!holds) failures.push_back(fmt::format("{}: {}", name, detail));
  };
  std::vector<const ledger::Hold*> held;
  for (const AttemptRecord* attempt : attempts.sorted()) {
    if (attempt->hold != kNoSlot) held.push_back(&holds[attempt->hold]);
  }
  expect(held.size() == holds.size(), "each_hold_has_its_attempt",
         fmt::format("{} of {}", held.size(), holds.size()));
  expect(granted.empty() && refused.empty(), "grants_are_used", "after the step");
  for (std::string& broken : ledger.check(held)) failures.push_back(std::move(broken));
  std::vector<int64_t> queued(ledger.subjects().end(), 0);
  for (const JobRecord* job : jobs.sorted()) {
    const std::string name = fmt::format("job {}", job->id.value);
    expect(job->broke == (waits.find(job->id) != nullptr), "broke_jobs_are_listed", name);
    expect(job->counted == (charging() ? job->waiting.size() : 0), "waiting_elements_counted",
           name);
    const ledger::Payer payer = payer_of(job->account);
    if (!charging() || !payer.known()) continue;
    for (ledger::SubjectSlot slot : {payer.tenant, payer.project, payer.user}) {
      queued.resize(std::max<size_t>(queued.size(), slot + 1), 0);
      queued[slot] += job->waiting.size();
    }
  }
  for (uint32_t slot = 0; slot < queued.size(); ++slot) {
    const ledger::Subject& subject = ledger.subjects().at(slot);
    expect(queued[slot] == subject.in_use.queued_jobs, "queued_jobs_counted", subject.name);
  }
  for (const MoneyWait& wait : waits.all()) {
    expect(find(wait.job) != nullptr, "those_who_wait_for_money_exist",
           fmt::format("job {}", wait.job.value));
  }
  for (const auto& [id, wait] : waits.awake_jobs()) {
    const JobRecord* job = find(id);
    expect(charging() && job != nullptr && job->queued > 0, "those_who_are_awake_are_queued",
           fmt::format("job {}", id.value));
  }
  if (!charging() || pass_needed) return;
  // Nobody waits who could start, unless many others of theirs are before them.
  for (const auto& [group, jobs_in] : waits.groups()) {
    if (improved.count({group.kind, group.subject}) > 0) continue;  // their turn comes
    if (waits.awake_in(group).jobs >= kMostAwake) continue;
    const MoneyWait& wait = *waits.find(jobs_in.begin()->second);
    if (wait.gauge == ledger::Gauge::account) continue;
    expect(ledger.obstacle(ask_of(wait, *find(wait.job)), now).has_value(),
           "nobody_waits_who_could_pay", fmt::format("job {}", wait.job.value));
  }
}

}  // namespace pentad
