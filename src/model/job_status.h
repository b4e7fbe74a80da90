// What became of a job so far: the part that changes while it lives. Goes to the query tables and
// to the API as it is.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>

#include "base/ids.h"
#include "base/units.h"
#include "model/attempt.h"
#include "model/index_set.h"
#include "model/job.h"

namespace pentad {

// A job without array counts as one element. `exit_code`, `signal` and `message` are those of the
// last attempt that ended; `usage` and `ran` sum over all attempts.
struct JobStatus {
  JobId job;
  JobState state = JobState::queued;
  PendingReason reason = PendingReason::none;
  std::string message;
  Time submitted;
  Time started;  // first start of any element; 0 before
  Time ended;    // 0 while not final
  int64_t pending = 0;
  int64_t running = 0;
  int64_t succeeded = 0;
  int64_t unsuccessful = 0;
  int32_t attempts = 0;
  int32_t exit_code = 0;
  int32_t signal = 0;
  Duration ran;
  Usage usage;
  bool operator==(const JobStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(JobStatus, (),
                      (job, state, reason, message, submitted, started, ended, pending, running,
                       succeeded, unsuccessful, attempts, exit_code, signal, ran, usage))

// One attempt as people and query tables see it. `state` is starting, running, ending or final.
struct AttemptStatus {
  AttemptId attempt;
  JobState state = JobState::starting;
  Placement placement;
  Time ordered;    // when the core decided the start
  AttemptEnd end;  // end.started_at as soon as known; the rest when final
  bool operator==(const AttemptStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(AttemptStatus, (), (attempt, state, placement, ordered, end))

// How a job that has left memory ended: what dependencies on it need to know.
struct Outcome {
  JobId job;
  JobState state = JobState::completed;
  Time started;  // 0: never
  bool is_array = false;
  IndexSet succeeded;
  IndexSet unsuccessful;
  bool operator==(const Outcome&) const = default;
};
BOOST_DESCRIBE_STRUCT(Outcome, (), (job, state, started, is_array, succeeded, unsuccessful))

}  // namespace pentad
