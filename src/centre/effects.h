// What a step asks the outside to do. Values only; nothing has happened yet when they are returned,
// and nothing may happen before the event is on disk.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "model/attempt.h"
#include "model/job.h"
#include "model/job_status.h"
#include "model/money.h"
#include "model/refusal.h"

namespace pentad {

// Carried out by an engine, idempotent by `attempt`. The payload is in the store under attempt.job.
struct StartAttempt {
  AttemptId attempt;
  Placement placement;
  std::string name;
  std::string user;
  std::string project;
  Duration limit;
  std::optional<WarningRequest> warning;
};
BOOST_DESCRIBE_STRUCT(StartAttempt, (), (attempt, placement, name, user, project, limit, warning))

struct StopAttempt {
  AttemptId attempt;
  StopHow how = StopHow::cancel;
};
BOOST_DESCRIBE_STRUCT(StopAttempt, (), (attempt, how))

// The answer to whoever sent the event; reports and ticks have none to hear it.
struct Reply {
  Refusal refusal;  // code none: accepted
  std::vector<JobId> jobs;
  ReservationId reservation;
  int64_t record = 0;  // the entry, price or voucher that was made
  bool accepted() const { return refusal.code == RefusalCode::none; }
};
BOOST_DESCRIBE_STRUCT(Reply, (), (refusal, jobs, reservation, record))

struct Effects {
  Reply reply;
  std::vector<StartAttempt> starts;
  std::vector<StopAttempt> stops;
  // What changed, for the query tables and for those who watch; each job and attempt at most once,
  // as it is after the step. A job with a final state has left the core.
  std::vector<JobStatus> jobs;
  std::vector<AttemptStatus> attempts;
  // Outcomes of the jobs in `jobs` that are final, in the same order.
  std::vector<Outcome> outcomes;
  std::vector<std::string> nodes;
  std::vector<LedgerEntry> entries;
  std::vector<Charge> charges;
  std::vector<Notice> notices;
};
BOOST_DESCRIBE_STRUCT(Effects, (),
                      (reply, starts, stops, jobs, attempts, outcomes, nodes, entries, charges,
                       notices))

// Digest of what a step decided: starts, stops, refusals, states.
uint64_t digest(const Effects& effects);

}  // namespace pentad
