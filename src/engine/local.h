// The engine of one machine: every attempt is a process under a pentad-supervisor, which outlives
// the daemon. README.md tells how.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/local_config.h"

namespace pentad::engine {

class LocalEngine final : public Engine {
 public:
  // Opens HOME/attempts and takes up what an earlier daemon left there. `sink` is called from a
  // thread of the engine until it is destroyed, and may be called before open() returns.
  // unavailable: another engine has the directory.
  static Result<std::unique_ptr<LocalEngine>> open(LocalConfig config, ReportSink sink);

  // Attempts run on; the next engine on this directory takes them up.
  ~LocalEngine() override;

  Places places() const override { return Places::core; }
  Result<std::vector<Node>> inventory() override;
  void start(Order order) override;
  void adopt(const StartAttempt& start) override;
  void stop(const AttemptId& attempt, StopHow how) override;
  void signal(const AttemptId& attempt, int number, SignalScope to) override;
  void forget(const AttemptId& attempt) override;

  // What this machine cannot enforce, in sentences for the operator; shown with the node.
  const std::vector<std::string>& notes() const { return notes_; }

  struct Thread;  // private matter; the constructor is for open()
  LocalEngine(std::unique_ptr<Thread> thread, std::vector<std::string> notes);

 private:
  std::unique_ptr<Thread> thread_;
  std::vector<std::string> notes_;
};

}  // namespace pentad::engine
