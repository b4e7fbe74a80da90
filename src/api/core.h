// The core as handlers reach it: its own thread takes commands in batches and answers questions in
// between. Implemented by the daemon.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "centre/centre.h"
#include "engine/signal_scope.h"
#include "store/keeper.h"

namespace pentad::api {

// What a question sees, on the core's thread.
class CoreView {
 public:
  virtual ~CoreView() = default;
  virtual const Centre& centre() const = 0;
  virtual Time now() const = 0;
  virtual int64_t last_event() const = 0;
  // When a queued job would start if every running job ended at its limit. Computed for the head of
  // the queue, at most once a second; nothing for a job further back or one that never fits.
  virtual std::optional<Time> expected_start(JobId job) = 0;
};

class Core {
 public:
  virtual ~Core() = default;

  using Done = std::function<void(const Result<std::vector<store::Applied>>&, CoreView&)>;
  using Question = std::function<void(CoreView&)>;

  // Carries out all commands in one batch, durably, then calls `done` with one Applied for each, or
  // with an error when nothing of it has happened (unavailable, disk_full: try again later). `now`
  // of their events is set here. From any thread; `done` runs on the core's and must be quick.
  virtual void post(std::vector<store::Command> commands, Done done) = 0;

  // Calls `question` on the core's thread after what was posted before. Not called when the core
  // stops first: what it captured is then destroyed.
  virtual void ask(Question question) = 0;

  // Who is here, as of the last batch; never null. From any thread, without waiting.
  virtual std::shared_ptr<const Directory> directory() const = 0;

  // Keeps what src/identity remembers, durably, then calls `done` on the core's thread; like
  // post(), but nothing of it is an event. From any thread.
  virtual void keep(std::vector<store::SecretChange> changes,
                    std::function<void(const Status&)> done) = 0;

  // Sends a signal to processes of attempts that run; from any thread. Changes nothing that is
  // remembered.
  virtual void signal(const std::vector<AttemptId>& attempts, int number,
                      engine::SignalScope to) = 0;

  // Why nothing new is taken at the moment; nothing when all is well. From any thread.
  virtual std::optional<Error> trouble() const = 0;
};

}  // namespace pentad::api
