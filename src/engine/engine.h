// The face of everything that can run attempts: this machine, a Slurm cluster, a simulation. Orders
// go in, reports come out as events of the core; both may be repeated without harm.
#pragma once

#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "base/result.h"
#include "centre/effects.h"
#include "centre/event.h"
#include "engine/signal_scope.h"
#include "model/attempt.h"
#include "model/node.h"
#include "model/payload.h"

namespace pentad::engine {

// One start. The payload may be shared by the elements of an array.
struct Order {
  StartAttempt start;
  std::shared_ptr<const Payload> payload;
  // The Unix user of who submitted it, over what the payload wishes; empty: the payload's.
  std::string unix_user = {};
  bool unix_user_is_assumed = false;  // nobody has said so: there may be no such user here
};

// AttemptStarted may be left out when AttemptEnded follows at once (it carries the start time too).
using Report = std::variant<event::AttemptStarted, event::AttemptEnded>;

// Receives reports in the order in which things happened to each attempt. Called from a thread of
// the engine, one call at a time; must not call back into the engine other than through its
// methods.
using ReportSink = std::function<void(std::vector<Report>)>;

// Whether the core or the engine decides which node and device an attempt gets.
enum class Places { core, engine };

// All methods return at once; what comes of them arrives as reports.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual Places places() const = 0;
  // The nodes this engine can run attempts on.
  virtual Result<std::vector<Node>> inventory() = 0;

  // Starts an attempt. Idempotent: an attempt that is known, running or ended, is not started
  // again; its end is reported (again) once it is there. What prevents a start is reported as
  // not_started.
  virtual void start(Order order) = 0;
  // The core believes that this attempt runs (asked after a restart). Reports it lost when the
  // engine knows nothing of it, and nothing otherwise.
  virtual void adopt(const StartAttempt& start) = 0;
  // Ends an attempt: asks first where `how` leaves time for it, then kills. Idempotent; an attempt
  // already ended or unknown needs no stop and gives no further report.
  virtual void stop(const AttemptId& attempt, StopHow how) = 0;
  // Sends a signal (1 to 63) to processes of an attempt that runs; nothing for any other. Not
  // repeated when it is lost with a supervisor.
  virtual void signal(const AttemptId&, int /*number*/, SignalScope) {}
  // The end of this attempt is on disk in the journal: the engine drops what it holds of it. Until
  // then a restarted engine reports the end again.
  virtual void forget(const AttemptId& attempt) = 0;
};

}  // namespace pentad::engine
