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

// All of the core's state, jobs and attempts ascending by id.
struct Snapshot {
  Time now;
  JobId next_job{1};
  ReservationId next_reservation{1};
  Allocation next_allocation = 1;
  Policy policy;
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
                      (now, next_job, next_reservation, next_allocation, policy, device_models,
                       nodes, reservations, fair_share, fair_share_due, factors, jobs, attempts,
                       pass_needed))

}  // namespace

std::string Centre::snapshot() const {
  const State& s = *state_;
  Snapshot head;
  head.now = s.now;
  head.next_job = s.next_job;
  head.next_reservation = s.next_reservation;
  head.next_allocation = s.scheduler.next_allocation();
  head.policy = s.policy;
  head.device_models = device_models();
  for (const auto& [name, node] : s.nodes) head.nodes.push_back(node);
  head.reservations = reservations();
  head.fair_share = s.fair_share.state();
  head.fair_share_due = s.fair_share_due;
  head.pass_needed = s.pass_needed;
  for (const auto& [key, factor] : s.factors) {
    head.factors.push_back({key.first, key.second, factor});
  }
  for (const auto& [id, attempt] : s.attempts) head.attempts.push_back(attempt);

  // Jobs are many: written one by one instead of copied into `head` first.
  std::vector<const JobRecord*> jobs;
  jobs.reserve(s.jobs.size());
  for (const auto& [id, job] : s.jobs) jobs.push_back(&job);
  std::sort(jobs.begin(), jobs.end(),
            [](const JobRecord* a, const JobRecord* b) { return a->id < b->id; });
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
  s.fair_share.restore(std::move(from.fair_share));
  s.fair_share_due = from.fair_share_due;
  for (UsageRow& row : from.factors) {
    s.factors[{std::move(row.project), std::move(row.user)}] = row.used;
  }
  for (DeviceModel& model : from.device_models) {
    s.scheduler.upsert_device_model(model);
    std::string name = model.name;
    s.device_models.emplace(std::move(name), std::move(model));
  }
  for (NodeRecord& node : from.nodes) {
    s.scheduler.upsert_node(node.node, node.state);
    std::string name = node.node.name;
    s.nodes.emplace(std::move(name), std::move(node));
  }
  for (AdvanceReservation& reservation : from.reservations) {
    s.scheduler.add_reservation(reservation);
    s.reservations.emplace(reservation.id, std::move(reservation));
  }
  std::vector<JobRecord> jobs(from.jobs.size());
  for (size_t i = 0; i < jobs.size(); ++i) {
    static_cast<JobProgress&>(jobs[i]) = std::move(from.jobs[i].progress);
    s.set_request(jobs[i], std::move(from.jobs[i].request));
  }
  if (Status ok = s.adopt(std::move(jobs), std::move(from.attempts)); !ok) {
    return tl::unexpected(ok.error());
  }
  s.pass_needed = from.pass_needed;
  return centre;
}

Status Centre::State::adopt(std::vector<JobRecord> from_jobs,
                            std::vector<AttemptRecord> from_attempts) {
  jobs.reserve(from_jobs.size());
  for (JobRecord& job : from_jobs) {
    JobId id = job.id;
    if (!jobs.emplace(id, std::move(job)).second) {
      return fail(ErrorCode::corrupt, "the snapshot holds a job twice", "/jobs");
    }
  }
  for (AttemptRecord& attempt : from_attempts) {
    if (!find(attempt.id.job)) {
      return fail(ErrorCode::corrupt, "an attempt without its job", "/attempts");
    }
    scheduler.restore_allocation(attempt.allocation, attempt.placement, attempt.licences,
                                 attempt.ordered + attempt.limit);
    if (!attempt.stopping) timers.insert(overrun_timer(attempt));
    AttemptId id = attempt.id;
    attempts.emplace(id, std::move(attempt));
  }
  for (auto& [id, job] : jobs) index_job(job);
  for (auto& [id, job] : jobs) refresh(job);
  schedule_due = scheduler.next_time(now);
  // A state between two steps is settled: deriving it again moves nothing.
  for (JobId id : dirty_jobs) find(id)->dirty = false;
  dirty_jobs.clear();
  to_refresh.clear();
  pass_needed = false;
  if (std::any_of(jobs.begin(), jobs.end(), [](const auto& j) { return j.second.done; })) {
    return fail(ErrorCode::corrupt, "the snapshot holds a job that has ended", "/jobs");
  }
  return {};
}

uint64_t digest(const Effects& effects) {
  return Hasher().add(to_json(effects, WriteMode::compact)).digest();
}

}  // namespace pentad
