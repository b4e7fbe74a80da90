// What the core remembers of each job, attempt and node. Private to src/centre.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/slots.h"
#include "centre/request_pool.h"
#include "model/attempt.h"
#include "model/device.h"
#include "model/index_set.h"
#include "model/job_status.h"
#include "model/node.h"
#include "schedule/scheduler.h"

namespace pentad {

// How often an element has been put back into the queue.
struct ElementRestarts {
  int64_t element = 0;
  int32_t restarts = 0;
};
BOOST_DESCRIBE_STRUCT(ElementRestarts, (), (element, restarts))

// What changes in a job while it waits and runs, and what a snapshot says of it. Element 0 stands
// for a job without array. Every element is in exactly one of `waiting`, an attempt in
// State::attempts, `succeeded`, `unsuccessful`.
struct JobProgress {
  JobId id;
  Time submitted;
  bool held_by_user = false;
  bool held_by_operator = false;
  IndexSet waiting;
  IndexSet delayed;  // part of `waiting`: requeued, not before `delayed_until`
  Time delayed_until;
  IndexSet succeeded;
  IndexSet unsuccessful;
  int32_t active = 0;                     // attempts that have not ended
  std::vector<ElementRestarts> restarts;  // ascending by element; only those above 0
  JobState worst = JobState::completed;   // of the elements that ended otherwise
  Time started;
  int32_t attempts = 0;
  int32_t exit_code = 0;
  int32_t signal = 0;
  std::string message;
  Duration ran;
  Usage usage;
  std::vector<Outcome> known;  // of jobs it depends on that have left memory
};
BOOST_DESCRIBE_STRUCT(JobProgress, (),
                      (id, submitted, held_by_user, held_by_operator, waiting, delayed,
                       delayed_until, succeeded, unsuccessful, active, restarts, worst, started,
                       attempts, exit_code, signal, message, ran, usage, known))

// `request` is shared with equal ones and comes without name, user and project.
struct JobRecord : JobProgress {
  const SharedRequest* request = nullptr;
  std::string name;
  uint32_t account = kNoSlot;  // its user and project, in State::accounts

  // Derived; not in a snapshot.
  uint32_t slot = kNoSlot;            // where it stands in the JobTable
  uint64_t name_digest = 0;           // of user and name
  JobRecord* next_of_name = nullptr;  // in a circle, ascending by id; null: not listed
  JobRecord* previous_of_name = nullptr;
  struct AttemptRecord* attempts_list = nullptr;  // of those that have not ended, in no order
  int32_t starting = 0;                           // of them, in this state
  int32_t running = 0;
  PendingReason reason = PendingReason::none;  // none also while it is in the scheduler's queue
  Time begins;  // not before; the request's begin, or the cheap hours of a job with a deadline
  Time dependency_wake = Time::never();  // when a delay after a start runs out
  int64_t queued = 0;                    // its count there
  bool done = false;                     // final; leaves memory at the end of the step
  bool dirty = false;                    // listed in State::dirty_jobs
  bool broke = false;                    // stands in State::waits
  int64_t counted = 0;                   // its waiting elements, as the ledger knows them
};
struct AttemptRecord {
  AttemptId id;
  JobState state = JobState::starting;  // starting, running or ending
  bool confirmed = false;               // the engine reported its start
  std::optional<StopHow> stopping;
  bool by_operator = false;  // who puts it back does so for the centre
  Placement placement;
  Allocation allocation = 0;
  Time ordered;
  Time started_at;
  // As they were at the start: the job's may change for later attempts.
  Duration limit;
  std::vector<LicenceRequest> licences;

  // Derived; not in a snapshot.
  uint32_t slot = kNoSlot;  // where it stands in the AttemptTable
  uint32_t hold = kNoSlot;  // what it holds of money, in State::holds
  bool counted = false;     // its state is, in the job
  JobRecord* job = nullptr;
  AttemptRecord* next_of_job = nullptr;
  AttemptRecord* previous_of_job = nullptr;
};
BOOST_DESCRIBE_STRUCT(AttemptRecord, (),
                      (id, state, confirmed, stopping, by_operator, placement, allocation, ordered,
                       started_at, limit, licences))

struct NodeRecord {
  Node node;
  NodeState state = NodeState::up;
  std::string reason;

  const DeviceModel* cpu = nullptr;  // derived; null when it is not known
};
BOOST_DESCRIBE_STRUCT(NodeRecord, (), (node, state, reason))

// Wakes the core for a job (begin time, requeue delay, dependency delay, deadline). A timer that no
// longer means anything is harmless.
struct Timer {
  Time at;
  JobId job;
  auto operator<=>(const Timer&) const = default;
};

}  // namespace pentad
