// Writes what the core was told into a journal like a live centre's, so that `pentad journal
// verify` replays a run of the twin and `pentad journal show` prints it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "centre/event.h"
#include "store/keeper.h"

namespace pentad::twin {

class RunJournal {
 public:
  // `home` is made; it must not hold a centre yet. Errors: invalid when it does, those of
  // Keeper::open.
  static Result<RunJournal> open(const std::string& home);

  // Kept in memory until a batch is full; then all or nothing of it is written.
  Status add(const Event& event);
  // Writes the rest and compares with the state that the run ended in. Errors: failed when they
  // differ.
  Status close(const Centre& centre);

 private:
  explicit RunJournal(store::Keeper keeper) : keeper_(std::move(keeper)) {}
  Status flush();

  store::Keeper keeper_;
  std::vector<store::Command> batch_;
};

}  // namespace pentad::twin
