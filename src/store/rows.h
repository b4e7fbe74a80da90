// Rows of the job and attempt tables as SOCI binds them, and their way to and from the model.
// Private to src/store.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/job.h"
#include "model/job_status.h"
#include "store/job_queries.h"

namespace pentad::store {

struct UsageRow {
  int64_t cpu_user = 0;
  int64_t cpu_system = 0;
  int64_t peak_memory = 0;
  int64_t read = 0;
  int64_t written = 0;

  void assign(const Usage& usage);
  Usage usage() const;
};

struct JobRow {
  int64_t id = 0;
  std::string name, user, project, qos, application, request;
  int64_t workload_class = 0, payload_id = 0;
  int64_t state = 0, reason = 0;
  std::string message, outcome;
  int64_t submitted = 0, started = 0, ended = 0;
  int64_t pending = 0, running = 0, succeeded = 0, unsuccessful = 0;
  int64_t attempts = 0, exit_code = 0, signal = 0, ran = 0;
  UsageRow usage;

  void assign(const JobRequest& request);
  void assign(const JobStatus& status, const std::optional<Outcome>& outcome);

  // Error: corrupt, for a row that we did not write.
  Result<JobRecord> record() const;
};

// The outcome that a row's other columns tell by themselves; what differs is stored in full.
Outcome outcome_by_status(const JobStatus& status);

struct AttemptRow {
  int64_t job = 0, element = 0, number = 0, state = 0;
  int64_t ordered = 0, started = 0, ended = 0;
  int64_t end_kind = 0, exit_code = 0, signal = 0;
  std::string message, placement;
  UsageRow usage;

  void assign(const AttemptStatus& attempt);
  Result<AttemptStatus> status() const;
};

// Columns in the order in which define() takes them up.
inline constexpr const char* kJobColumns =
    "id, application, request, state, reason, message, submitted_ms, started_ms, ended_ms, "
    "pending, "
    "running, succeeded, unsuccessful, attempts, exit_code, signal, ran_ms, cpu_user_ms, "
    "cpu_system_ms, peak_memory_bytes, read_bytes, written_bytes";
void define(soci::statement& statement, JobRow& row);

inline constexpr const char* kAttemptColumns =
    "job_id, element, number, state, ordered_ms, started_ms, ended_ms, end_kind, exit_code, "
    "signal, "
    "message, placement, cpu_user_ms, cpu_system_ms, peak_memory_bytes, read_bytes, written_bytes";
void define(soci::statement& statement, AttemptRow& row);

}  // namespace pentad::store
