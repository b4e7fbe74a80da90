#include "store/rows.h"

#include <fmt/format.h>

#include "base/reflect.h"
#include "store/row_codes.h"

namespace pentad::store {

namespace {

tl::unexpected<Error> damaged_job(int64_t id) {
  return fail(ErrorCode::corrupt, fmt::format("the row of job {} is damaged", id));
}

}  // namespace

void UsageRow::assign(const Usage& usage) {
  cpu_user = usage.cpu_user.value;
  cpu_system = usage.cpu_system.value;
  peak_memory = usage.peak_memory.value;
  read = usage.read.value;
  written = usage.written.value;
}

Usage UsageRow::usage() const {
  return {Duration{cpu_user}, Duration{cpu_system}, Bytes{peak_memory}, Bytes{read},
          Bytes{written}};
}

void JobRow::assign(const JobRequest& r) {
  name = r.name;
  user = r.user;
  project = r.project;
  qos = r.qos;
  workload_class = code_of(r.workload_class);
  request.clear();
  append_json(request, r, WriteMode::compact);
}

void JobRow::assign(const JobStatus& s, const std::optional<Outcome>& o) {
  state = code_of(s.state);
  reason = code_of(s.reason);
  message = s.message;
  submitted = s.submitted.value;
  started = s.started.value;
  ended = s.ended.value;
  pending = s.pending;
  running = s.running;
  succeeded = s.succeeded;
  unsuccessful = s.unsuccessful;
  attempts = s.attempts;
  exit_code = s.exit_code;
  signal = s.signal;
  ran = s.ran.value;
  usage.assign(s.usage);
  outcome.clear();
  if (o && *o != outcome_by_status(s)) append_json(outcome, *o, WriteMode::compact);
}

Result<JobRecord> JobRow::record() const {
  JobRecord record;
  JobStatus& s = record.status;
  s.job = JobId{id};
  if (!from_code(state, kLastJobState, s.state) ||
      !from_code(reason, kLastPendingReason, s.reason)) {
    return damaged_job(id);
  }
  s.message = message;
  s.submitted = Time{submitted};
  s.started = Time{started};
  s.ended = Time{ended};
  s.pending = pending;
  s.running = running;
  s.succeeded = succeeded;
  s.unsuccessful = unsuccessful;
  s.attempts = static_cast<int32_t>(attempts);
  s.exit_code = static_cast<int32_t>(exit_code);
  s.signal = static_cast<int32_t>(signal);
  s.ran = Duration{ran};
  s.usage = usage.usage();
  Result<JobRequest> asked = from_json<JobRequest>(request, ReadMode::lenient);
  if (!asked) return damaged_job(id);
  record.request = std::move(*asked);
  record.application = application;
  return record;
}

Outcome outcome_by_status(const JobStatus& status) {
  Outcome outcome;
  outcome.job = status.job;
  outcome.state = status.state;
  outcome.started = status.started;
  if (status.succeeded == 1) outcome.succeeded = IndexSet::single(0);
  if (status.unsuccessful == 1) outcome.unsuccessful = IndexSet::single(0);
  return outcome;
}

void AttemptRow::assign(const AttemptStatus& a) {
  job = a.attempt.job.value;
  element = a.attempt.index;
  number = a.attempt.number;
  state = code_of(a.state);
  ordered = a.ordered.value;
  started = a.end.started_at.value;
  ended = a.end.ended_at.value;
  end_kind = code_of(a.end.kind);
  exit_code = a.end.exit_code;
  signal = a.end.signal;
  message = a.end.message;
  placement.clear();
  append_json(placement, a.placement, WriteMode::compact);
  usage.assign(a.end.usage);
}

Result<AttemptStatus> AttemptRow::status() const {
  AttemptStatus a;
  a.attempt = {JobId{job}, element, static_cast<int32_t>(number)};
  Result<Placement> placed = from_json<Placement>(placement, ReadMode::lenient);
  if (!placed || !from_code(state, kLastJobState, a.state) ||
      !from_code(end_kind, kLastEndKind, a.end.kind)) {
    return fail(ErrorCode::corrupt,
                fmt::format("the row of attempt {}_{}.{} is damaged", job, element, number));
  }
  a.placement = std::move(*placed);
  a.ordered = Time{ordered};
  a.end.started_at = Time{started};
  a.end.ended_at = Time{ended};
  a.end.exit_code = static_cast<int32_t>(exit_code);
  a.end.signal = static_cast<int32_t>(signal);
  a.end.message = message;
  a.end.usage = usage.usage();
  return a;
}

namespace {

void define_usage(soci::statement& statement, UsageRow& usage) {
  for (int64_t* column :
       {&usage.cpu_user, &usage.cpu_system, &usage.peak_memory, &usage.read, &usage.written}) {
    statement.exchange(soci::into(*column));
  }
}

}  // namespace

void define(soci::statement& statement, JobRow& row) {
  statement.exchange(soci::into(row.id));
  statement.exchange(soci::into(row.application));
  statement.exchange(soci::into(row.request));
  statement.exchange(soci::into(row.state));
  statement.exchange(soci::into(row.reason));
  statement.exchange(soci::into(row.message));
  for (int64_t* column :
       {&row.submitted, &row.started, &row.ended, &row.pending, &row.running, &row.succeeded,
        &row.unsuccessful, &row.attempts, &row.exit_code, &row.signal, &row.ran}) {
    statement.exchange(soci::into(*column));
  }
  define_usage(statement, row.usage);
}

void define(soci::statement& statement, AttemptRow& row) {
  for (int64_t* column : {&row.job, &row.element, &row.number, &row.state, &row.ordered,
                          &row.started, &row.ended, &row.end_kind, &row.exit_code, &row.signal}) {
    statement.exchange(soci::into(*column));
  }
  statement.exchange(soci::into(row.message));
  statement.exchange(soci::into(row.placement));
  define_usage(statement, row.usage);
}

}  // namespace pentad::store
