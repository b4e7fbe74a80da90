// The daemon as the simulator runs it: the real Keeper on a simulated disk, commands and reports in
// batches, the same order of things as the real one - step, commit, effects, answers - and every
// place between them where it can die.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "disk.h"
#include "engine/simulated.h"
#include "mutants.h"
#include "store/keeper.h"

namespace pentad::sim {

// Where it dies in a batch: `after` counts disk changes, effects or answers.
enum class Place { nowhere, before_commit, in_commit, before_effects, amid_effects, amid_answers };
struct Death {
  Place place = Place::nowhere;
  int64_t after = 0;
};

// Who wants to know.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // The batch is on disk; nothing of it has been carried out yet.
  virtual void committed(const std::vector<store::Command>& batch) = 0;
  // Errors of the disk: nothing of the batch has happened. Should the disk fail a sync and then the
  // very next write as well, nobody can know (`in_doubt`): a restart may find the batch in the log.
  virtual void refused(const Error& error, bool in_doubt) = 0;
  // What this command changed, told to everybody; its effects come next.
  virtual void told(const store::Command& command, const store::Applied& applied) = 0;
  // The answer to a call; or the error that stands for it, and whether that is final.
  virtual void answered(const std::string& call, const store::Applied& answer) = 0;
  virtual void failed(const std::string& call, bool in_doubt) = 0;
  // The centre is back, before anything is carried out.
  virtual void recovered() = 0;
};

class Daemon {
 public:
  Daemon(Disk& disk, engine::SimulatedEngine& engine, Watcher& watcher,
         store::KeeperOptions options);

  // Opens the store and gives the engine what is outstanding. An error leaves the daemon dead.
  Status start();
  bool is_alive() const { return keeper_.has_value(); }
  // It is gone at once, and all it held in memory. With `power` the machine goes down with it.
  void die(bool power);
  // A last snapshot and a clean end.
  Status stop();

  // Asks the engine for everything it knows once more.
  void reconnect();

  store::Keeper& keeper() { return *keeper_; }
  const Centre& centre() const { return keeper_->centre(); }

  // `call` names a command of a client that waits for an answer; empty: nobody does.
  void send(std::string call, store::Command command);
  size_t waiting() const { return inbox_.size(); }
  // Carries out up to `most` of what waits, in one batch. False: it must die() now, at `death` or
  // since the disk went off.
  bool work(size_t most, Time now, const Death& death);

  void plant(Mutant mutant) { mutant_ = mutant; }

  struct Counts {
    int64_t started_again = 0;
    int64_t stopped_again = 0;
    int64_t adopted = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Item {
    std::string call;
    store::Command command;
  };

  bool carry_out(const Effects& effects, const Death& death, int64_t& done);
  bool start_attempt(const StartAttempt& start);
  bool take_up_outstanding();
  void run_ahead(std::vector<store::Command> commands);
  void refuse_batch(std::vector<Item> batch, bool in_doubt);

  Disk& disk_;
  engine::SimulatedEngine& engine_;
  Watcher& watcher_;
  store::KeeperOptions options_;
  std::optional<store::Keeper> keeper_;
  std::deque<Item> inbox_;
  Counts counts_;
  Mutant mutant_ = Mutant::none;
};

}  // namespace pentad::sim
