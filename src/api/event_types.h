// What GET /events streams: the data of each server-sent event, whose name is `job`, `attempt`,
// `node` or `gap` and whose id grows by one.
#pragma once

#include "api/centre_types.h"
#include "api/job_views.h"

namespace pentad::api {

struct JobEvent {
  int64_t job = 0;
  JobState state = JobState::queued;
  PendingReason reason = PendingReason::none;
  std::string message;
  int64_t pending = 0;
  int64_t running = 0;
  int64_t succeeded = 0;
  int64_t unsuccessful = 0;
  int32_t exit_code = 0;
  int32_t signal = 0;
  int64_t at_ms = 0;
};
BOOST_DESCRIBE_STRUCT(JobEvent, (),
                      (job, state, reason, message, pending, running, succeeded, unsuccessful,
                       exit_code, signal, at_ms))

struct AttemptEvent {
  int64_t job = 0;
  int64_t index = 0;
  int32_t number = 0;
  JobState state = JobState::starting;
  std::vector<std::string> nodes;
  std::optional<EndKind> end;
  int32_t exit_code = 0;
  int32_t signal = 0;
  std::string message;
  int64_t at_ms = 0;
};
BOOST_DESCRIBE_STRUCT(AttemptEvent, (),
                      (job, index, number, state, nodes, end, exit_code, signal, message, at_ms))

struct NodeEvent {
  std::string node;
  NodeState state = NodeState::up;
  std::string reason;
  int64_t at_ms = 0;
};
BOOST_DESCRIBE_STRUCT(NodeEvent, (), (node, state, reason, at_ms))

// Events were missed: what `first` and `last` count is gone, so look at what you follow afresh.
struct GapEvent {
  int64_t first = 0;
  int64_t last = 0;
};
BOOST_DESCRIBE_STRUCT(GapEvent, (), (first, last))

}  // namespace pentad::api
