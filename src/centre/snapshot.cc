// The state as JSON and back. Only what cannot be derived is written; restoring derives the rest.
#include <algorithm>

#include "base/hash.h"
#include "base/reflect.h"
#include "centre/state.h"

namespace pentad {

namespace {

struct StoredJob {
  JobRequest request;
  JobProgress progress;
};
BOOST_DESCRIBE_STRUCT(StoredJob, (), (request, progress))

struct StoredHold {
  AttemptId attempt;
  ledger::Hold hold;
};
BOOST_DESCRIBE_STRUCT(StoredHold, (), (attempt, hold))

// Who may start more than when their jobs were refused, and has not been asked yet.
struct StoredSubject {
  ledger::SubjectKind kind = ledger::SubjectKind::tenant;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(StoredSubject, (), (kind, name))

// All of the core's state, jobs and attempts ascending by id.
struct Snapshot {
  Time now;
  JobId next_job{1};
  ReservationId next_reservation{1};
  Allocation next_allocation = 1;
  Policy policy;
  People people;
  ledger::LedgerState ledger;
  ledger::GrantRows grants;
  std::vector<StoredHold> holds;
  std::vector<MoneyWait> money_waits;
  std::vector<MoneyWait> money_awake;
  std::vector<StoredSubject> improved;
  std::vector<DeviceModel> device_models;
  std::vector<NodeRecord> nodes;
  std::vector<AdvanceReservation> reservations;
  FairShareState fair_share;
  Time fair_share_due;
  std::vector<UsageRow> factors;  // `used` holds the factor, in millionths
  std::vector<StoredJob> jobs;
  std::vector<AttemptRecord> attempts;
  bool pass_needed = false;
};
BOOST_DESCRIBE_STRUCT(Snapshot, (),
                      (now, next_job, next_reservation, next_allocation, policy, people, ledger,
                       grants, holds, money_waits, money_awake, improved, device_models, nodes,
                       reservations, fair_share, fair_share_due, factors, jobs, attempts,
                       pass_needed))

template <class State>
Status restore_waits(State& s, Snapshot& from) {
  for (MoneyWait& wait : from.money_waits) {
    JobRecord* job = s.find(wait.job);
    if (job == nullptr) {
      return fail(ErrorCode::corrupt, "a job that is not there waits for money", "/money_waits");
    }
    job->broke = true;
    s.waits.add(std::move(wait));
  }
  for (MoneyWait& wait : from.money_awake) {
    const JobRecord* job = s.find(wait.job);
    if (job == nullptr || job->broke) {
      return fail(ErrorCode::corrupt, "a job that is not there can be paid again", "/money_awake");
    }
    s.waits.add_awake(std::move(wait));
  }
  return {};
}

}  // namespace

std::string Centre::snapshot() const {
  const State& s = *state_;
  Snapshot head;
  head.now = s.now;
  head.next_job = s.next_job;
  head.next_reservation = s.next_reservation;
  head.next_allocation = s.scheduler.next_allocation();
  head.policy = s.policy;
  head.people = s.people.people();
  head.ledger = s.ledger.state();
  head.grants = s.grants.rows();
  head.money_waits = s.waits.all();
  head.money_awake = s.waits.all_awake();
  for (const auto& [kind, name] : s.improved) head.improved.push_back({kind, name});
  head.device_models = device_models();
  for (const auto& [name, node] : s.nodes) head.nodes.push_back(node);
  head.reservations = reservations();
  head.fair_share = s.fair_share.state();
  head.fair_share_due = s.fair_share_due;
  head.pass_needed = s.pass_needed;
  for (const Account* account : s.accounts.with_factor()) {
    head.factors.push_back({account->project, account->user, *account->factor});
  }
  for (const AttemptRecord* attempt : s.attempts.sorted()) {
    head.attempts.push_back(*attempt);
    if (attempt->hold != kNoSlot) head.holds.push_back({attempt->id, s.holds[attempt->hold]});
  }

  // Jobs are many: written one by one instead of copied into `head` first.
  const std::vector<const JobRecord*> jobs = s.jobs.sorted();
  std::string text = to_json(head, WriteMode::compact);
  if (jobs.empty()) return text;
  text.pop_back();
  text += text.size() > 1 ? ",\"jobs\":[" : "\"jobs\":[";
  for (const JobRecord* job : jobs) {
    append_json(text, StoredJob{s.request_of(*job), *job}, WriteMode::compact);
    text += ',';
  }
  text.back() = ']';
  text += '}';
  return text;
}

uint64_t Centre::state_digest() const { return Hasher().add(snapshot()).digest(); }

Result<Centre> Centre::restore(std::string_view text) {
  Result<Snapshot> read = from_json<Snapshot>(text, ReadMode::lenient);
  if (!read) return tl::unexpected(read.error());
  Snapshot& from = *read;
  Centre centre;
  State& s = *centre.state_;
  s.now = from.now;
  s.next_job = from.next_job;
  s.next_reservation = from.next_reservation;
  s.policy = std::move(from.policy);
  s.scheduler.set_policy(s.policy);
  s.scheduler.set_next_allocation(from.next_allocation);
  s.fair_share.set_policy(s.policy);
  Result<Directory> people = Directory::restore(std::move(from.people));
  if (!people) return tl::unexpected(people.error());
  s.people = std::move(*people);
  s.ledger.set_policy(s.policy.money);
  if (!s.ledger.restore(std::move(from.ledger))) {
    return fail(ErrorCode::corrupt, "the accounts do not add up", "/ledger");
  }
  if (!s.grants.restore(std::move(from.grants))) {
    return fail(ErrorCode::corrupt, "calls, applications and awards differ", "/grants");
  }
  s.fair_share.restore(std::move(from.fair_share));
  s.fair_share_due = from.fair_share_due;
  for (UsageRow& row : from.factors) {
    s.accounts.set_factor(row.project, row.user, row.used);
  }
  for (DeviceModel& model : from.device_models) {
    s.scheduler.upsert_device_model(model);
    std::string name = model.name;
    s.device_models.emplace(std::move(name), std::move(model));
  }
  for (NodeRecord& node : from.nodes) {
    s.scheduler.upsert_node(node.node, node.state);
    s.nodes.find_or_add(node.node.name) = std::move(node);
  }
  s.find_cpu_models();
  for (AdvanceReservation& reservation : from.reservations) {
    s.scheduler.add_reservation(reservation);
    s.reservations.emplace(reservation.id, std::move(reservation));
  }
  for (StoredJob& stored : from.jobs) {
    if (s.find(stored.progress.id)) {
      return fail(ErrorCode::corrupt, "the snapshot holds a job twice", "/jobs");
    }
    JobRecord& job = s.jobs.add(stored.progress.id);
    static_cast<JobProgress&>(job) = std::move(stored.progress);
    s.set_request(job, std::move(stored.request));
  }
  if (Status ok = restore_waits(s, from); !ok) return tl::unexpected(ok.error());
  if (Status ok = s.adopt(std::move(from.attempts)); !ok) return tl::unexpected(ok.error());
  for (StoredHold& stored : from.holds) {
    AttemptRecord* attempt = s.attempts.find(stored.attempt);
    if (attempt == nullptr || attempt->hold != kNoSlot || !s.adopt_hold(stored.hold)) {
      return fail(ErrorCode::corrupt, "a hold without its attempt or price", "/holds");
    }
    attempt->hold = s.holds.take();
    s.holds[attempt->hold] = std::move(stored.hold);
  }
  s.set_money_due();
  s.month_end = ledger::begin_of(ledger::month_of(s.now) + 1);
  s.pass_needed = from.pass_needed;
  for (StoredSubject& who : from.improved) s.improved.emplace(who.kind, std::move(who.name));
  return centre;
}

Status Centre::State::adopt(std::vector<AttemptRecord> from_attempts) {
  for (AttemptRecord& attempt : from_attempts) {
    JobRecord* job = find(attempt.id.job);
    if (!job || attempts.find(attempt.id)) {
      return fail(ErrorCode::corrupt, "an attempt without its job", "/attempts");
    }
    scheduler.restore_allocation(attempt.allocation, attempt.placement, attempt.licences,
                                 attempt.ordered + attempt.limit);
    AttemptRecord& record = attempts.add(std::move(attempt), *job);
    set_state(record, record.state);
    if (!record.stopping) overruns.set(record.slot, overrun_time(record));
  }
  jobs.for_each([&](JobRecord& job) { index_job(job); });
  jobs.for_each([&](JobRecord& job) { refresh(job); });
  schedule_due = scheduler.next_time(now);
  // A state between two steps is settled: deriving it again moves nothing.
  for (JobRecord* job : dirty_jobs) job->dirty = false;
  dirty_jobs.clear();
  to_refresh.clear();
  pass_needed = false;
  bool ended = false;
  jobs.for_each([&](const JobRecord& job) { ended |= job.done; });
  if (ended) {
    return fail(ErrorCode::corrupt, "the snapshot holds a job that has ended", "/jobs");
  }
  return {};
}

uint64_t digest(const Effects& effects) {
  return Hasher().add(to_json(effects, WriteMode::compact)).digest();
}

}  // namespace pentad
