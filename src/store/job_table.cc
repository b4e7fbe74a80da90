#include "store/job_table.h"

#include <soci/soci.h>

#include "base/assert.h"
#include "store/rows.h"
#include "store/session.h"

namespace pentad::store {

namespace {

constexpr const char* kAddJob =
    "INSERT INTO jobs (id, name, user_name, project, qos, workload_class, application, payload_id, "
    "request, state, reason, message, submitted_ms, started_ms, ended_ms, pending, running, "
    "succeeded, unsuccessful, attempts, exit_code, signal, ran_ms, cpu_user_ms, cpu_system_ms, "
    "peak_memory_bytes, read_bytes, written_bytes, outcome) VALUES (:id, :name, :user_name, "
    ":project, :qos, :workload_class, :application, :payload_id, :request, :state, :reason, "
    ":message, :submitted, :started, :ended, :pending, :running, :succeeded, :unsuccessful, "
    ":attempts, :exit_code, :signal, :ran, :cpu_user, :cpu_system, :peak_memory, :read_bytes, "
    ":written_bytes, :outcome)";

constexpr const char* kUpdateJob =
    "UPDATE jobs SET state = :state, reason = :reason, message = :message, "
    "submitted_ms = :submitted, started_ms = :started, ended_ms = :ended, pending = :pending, "
    "running = :running, succeeded = :succeeded, unsuccessful = :unsuccessful, "
    "attempts = :attempts, exit_code = :exit_code, signal = :signal, ran_ms = :ran, "
    "cpu_user_ms = :cpu_user, cpu_system_ms = :cpu_system, peak_memory_bytes = :peak_memory, "
    "read_bytes = :read_bytes, written_bytes = :written_bytes, outcome = :outcome WHERE id = :id";

constexpr const char* kModifyJob =
    "UPDATE jobs SET name = :name, user_name = :user_name, project = :project, qos = :qos, "
    "workload_class = :workload_class, request = :request WHERE id = :id";

constexpr const char* kPutAttempt =
    "INSERT INTO attempts (job_id, element, number, state, ordered_ms, started_ms, ended_ms, "
    "end_kind, exit_code, signal, message, cpu_user_ms, cpu_system_ms, peak_memory_bytes, "
    "read_bytes, written_bytes, placement) VALUES (:job, :element, :number, :state, :ordered, "
    ":started, :ended, :end_kind, :exit_code, :signal, :message, :cpu_user, :cpu_system, "
    ":peak_memory, :read_bytes, :written_bytes, :placement) "
    "ON CONFLICT (job_id, element, number) DO UPDATE SET state = excluded.state, "
    "ordered_ms = excluded.ordered_ms, started_ms = excluded.started_ms, "
    "ended_ms = excluded.ended_ms, end_kind = excluded.end_kind, exit_code = excluded.exit_code, "
    "signal = excluded.signal, message = excluded.message, cpu_user_ms = excluded.cpu_user_ms, "
    "cpu_system_ms = excluded.cpu_system_ms, peak_memory_bytes = excluded.peak_memory_bytes, "
    "read_bytes = excluded.read_bytes, written_bytes = excluded.written_bytes, "
    "placement = excluded.placement";

}  // namespace

struct JobTable::Statements {
  JobRow job;  // what the statements are bound to
  AttemptRow attempt;
  soci::statement add;
  soci::statement update;
  soci::statement modify;
  soci::statement put_attempt;

  explicit Statements(soci::session& session)
      : add(session), update(session), modify(session), put_attempt(session) {
    bind_request(add, true);
    bind_status(add);
    finish(add, kAddJob);
    bind_status(update);
    update.exchange(soci::use(job.id, "id"));
    finish(update, kUpdateJob);
    bind_request(modify, false);
    finish(modify, kModifyJob);
    bind_attempt();
    finish(put_attempt, kPutAttempt);
  }

  void bind_request(soci::statement& s, bool is_new) {
    s.exchange(soci::use(job.id, "id"));
    s.exchange(soci::use(job.name, "name"));
    s.exchange(soci::use(job.user, "user_name"));
    s.exchange(soci::use(job.project, "project"));
    s.exchange(soci::use(job.qos, "qos"));
    s.exchange(soci::use(job.workload_class, "workload_class"));
    s.exchange(soci::use(job.request, "request"));
    if (!is_new) return;
    s.exchange(soci::use(job.application, "application"));
    s.exchange(soci::use(job.payload_id, "payload_id"));
  }

  void bind_status(soci::statement& s) {
    s.exchange(soci::use(job.state, "state"));
    s.exchange(soci::use(job.reason, "reason"));
    s.exchange(soci::use(job.message, "message"));
    s.exchange(soci::use(job.submitted, "submitted"));
    s.exchange(soci::use(job.started, "started"));
    s.exchange(soci::use(job.ended, "ended"));
    s.exchange(soci::use(job.pending, "pending"));
    s.exchange(soci::use(job.running, "running"));
    s.exchange(soci::use(job.succeeded, "succeeded"));
    s.exchange(soci::use(job.unsuccessful, "unsuccessful"));
    s.exchange(soci::use(job.attempts, "attempts"));
    s.exchange(soci::use(job.exit_code, "exit_code"));
    s.exchange(soci::use(job.signal, "signal"));
    s.exchange(soci::use(job.ran, "ran"));
    s.exchange(soci::use(job.outcome, "outcome"));
    bind_usage(s, job.usage);
  }

  void bind_attempt() {
    soci::statement& s = put_attempt;
    s.exchange(soci::use(attempt.job, "job"));
    s.exchange(soci::use(attempt.element, "element"));
    s.exchange(soci::use(attempt.number, "number"));
    s.exchange(soci::use(attempt.state, "state"));
    s.exchange(soci::use(attempt.ordered, "ordered"));
    s.exchange(soci::use(attempt.started, "started"));
    s.exchange(soci::use(attempt.ended, "ended"));
    s.exchange(soci::use(attempt.end_kind, "end_kind"));
    s.exchange(soci::use(attempt.exit_code, "exit_code"));
    s.exchange(soci::use(attempt.signal, "signal"));
    s.exchange(soci::use(attempt.message, "message"));
    s.exchange(soci::use(attempt.placement, "placement"));
    bind_usage(s, attempt.usage);
  }

  static void bind_usage(soci::statement& s, UsageRow& usage) {
    s.exchange(soci::use(usage.cpu_user, "cpu_user"));
    s.exchange(soci::use(usage.cpu_system, "cpu_system"));
    s.exchange(soci::use(usage.peak_memory, "peak_memory"));
    s.exchange(soci::use(usage.read, "read_bytes"));
    s.exchange(soci::use(usage.written, "written_bytes"));
  }

  static void finish(soci::statement& s, const char* sql) {
    s.alloc();
    s.prepare(sql);
    s.define_and_bind();
  }
};

JobTable::JobTable(Database& database)
    : statements_(std::make_unique<Statements>(session_of(database))) {}
JobTable::~JobTable() = default;

JobTable::Change& JobTable::change_of(JobId job) {
  auto [place, is_first] = places_.try_emplace(job, changes_.size());
  if (is_first) changes_.emplace_back().job = job;
  return changes_[place->second];
}

void JobTable::add(JobId job, JobRequest request, std::string application, std::string payload) {
  Change& change = change_of(job);
  change.is_new = true;
  change.request = std::move(request);
  change.application = std::move(application);
  change.payload = std::move(payload);
}

void JobTable::modify(JobId job, JobRequest request) {
  change_of(job).request = std::move(request);
}

void JobTable::record(const Effects& effects) {
  for (const JobStatus& status : effects.jobs) change_of(status.job).status = status;
  for (const Outcome& outcome : effects.outcomes) change_of(outcome.job).outcome = outcome;
  for (const AttemptStatus& attempt : effects.attempts) attempts_[attempt.attempt] = attempt;
}

std::optional<Outcome> JobTable::outcome(JobId job) const {
  auto found = places_.find(job);
  return found == places_.end() ? std::nullopt : changes_[found->second].outcome;
}

void JobTable::write(const PayloadStore& payloads) {
  for (const Change& change : changes_) write(change, payloads);
  for (const auto& [id, attempt] : attempts_) write(attempt);
}

void JobTable::write(const Change& change, const PayloadStore& payloads) {
  Statements& s = *statements_;
  s.job.id = change.job.value;
  if (change.request) s.job.assign(*change.request);
  if (change.status) s.job.assign(*change.status, change.outcome);
  if (change.is_new) {
    PENTAD_ASSERT(change.status, "a step tells the status of every job it accepts");
    s.job.application = change.application;
    s.job.payload_id = payloads.id_of(change.payload);
    s.add.execute(true);
    return;
  }
  if (change.request) s.modify.execute(true);
  if (change.status) s.update.execute(true);
}

void JobTable::write(const AttemptStatus& attempt) {
  statements_->attempt.assign(attempt);
  statements_->put_attempt.execute(true);
}

void JobTable::clear() {
  changes_.clear();
  places_.clear();
  attempts_.clear();
}

}  // namespace pentad::store
