#include "store/job_table.h"

#include "base/assert.h"
#include "store/rows.h"
#include "store/write_statement.h"

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
  using Parameters = std::vector<WriteStatement::Parameter>;

  JobRow job;  // what the statements are bound to
  AttemptRow attempt;
  WriteStatement add;
  WriteStatement update;
  WriteStatement modify;
  WriteStatement put_attempt;

  explicit Statements(Database& database)
      : add(database, kAddJob, joined(of_request(true), of_status())),
        update(database, kUpdateJob, joined({{"id", &job.id}}, of_status())),
        modify(database, kModifyJob, of_request(false)),
        put_attempt(database, kPutAttempt, of_attempt()) {}

  static Parameters joined(Parameters first, const Parameters& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
  }

  Parameters of_request(bool is_new) const {
    Parameters p{{"id", &job.id},          {"name", &job.name},
                 {"user_name", &job.user}, {"project", &job.project},
                 {"qos", &job.qos},        {"workload_class", &job.workload_class},
                 {"request", &job.request}};
    if (!is_new) return p;
    return joined(std::move(p),
                  {{"application", &job.application}, {"payload_id", &job.payload_id}});
  }

  Parameters of_status() const {
    return joined({{"state", &job.state},
                   {"reason", &job.reason},
                   {"message", &job.message},
                   {"submitted", &job.submitted},
                   {"started", &job.started},
                   {"ended", &job.ended},
                   {"pending", &job.pending},
                   {"running", &job.running},
                   {"succeeded", &job.succeeded},
                   {"unsuccessful", &job.unsuccessful},
                   {"attempts", &job.attempts},
                   {"exit_code", &job.exit_code},
                   {"signal", &job.signal},
                   {"ran", &job.ran},
                   {"outcome", &job.outcome}},
                  of_usage(job.usage));
  }

  Parameters of_attempt() const {
    return joined({{"job", &attempt.job},
                   {"element", &attempt.element},
                   {"number", &attempt.number},
                   {"state", &attempt.state},
                   {"ordered", &attempt.ordered},
                   {"started", &attempt.started},
                   {"ended", &attempt.ended},
                   {"end_kind", &attempt.end_kind},
                   {"exit_code", &attempt.exit_code},
                   {"signal", &attempt.signal},
                   {"message", &attempt.message},
                   {"placement", &attempt.placement}},
                  of_usage(attempt.usage));
  }

  static Parameters of_usage(const UsageRow& usage) {
    return {{"cpu_user", &usage.cpu_user},
            {"cpu_system", &usage.cpu_system},
            {"peak_memory", &usage.peak_memory},
            {"read_bytes", &usage.read},
            {"written_bytes", &usage.written}};
  }
};

JobTable::JobTable(Database& database) : statements_(std::make_unique<Statements>(database)) {}
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
    s.add.execute();
    return;
  }
  if (change.request) s.modify.execute();
  if (change.status) s.update.execute();
}

void JobTable::write(const AttemptStatus& attempt) {
  statements_->attempt.assign(attempt);
  statements_->put_attempt.execute();
}

void JobTable::clear() {
  changes_.clear();
  places_.clear();
  attempts_.clear();
}

}  // namespace pentad::store
