// Faults planted on purpose, to see that the simulator finds them. Each stands between the core and
// what surrounds it - commands on their way in, outstanding work on its way out, the disk - and
// some within the core, where the linker puts them: production sources know nothing of them.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "centre/centre.h"
#include "store/keeper.h"

namespace pentad::sim {

enum class Mutant {
  none,
  // The disk says that it has synced what it has not.
  acknowledged_before_durable,
  // The engine hears of starts and stops before the batch they come from is on disk.
  effects_before_commit,
  // What an ended attempt held stays taken.
  resources_not_freed,
  // A report counts for whichever attempt of the element runs now.
  stale_attempt_accepted,
  // After a restart waiting jobs have forgotten what they wait for.
  dependency_dropped_on_restart,
  // After a restart what runs is started once more.
  double_start_after_crash,
  // A job cancelled while it waits is said to be, and stays in the queue.
  cancelled_job_started,
  // An end is booked twice.
  charged_twice,
  // What a charge leaves of the hold stays held.
  rest_not_released,
  // A millionth more than was used, and perhaps than was held.
  settled_above_hold,
  // What a voucher did not pay goes to the centre.
  voucher_not_returned,
};
BOOST_DESCRIBE_ENUM(Mutant, none, acknowledged_before_durable, effects_before_commit,
                    resources_not_freed, stale_attempt_accepted, dependency_dropped_on_restart,
                    double_start_after_crash, cancelled_job_started, charged_twice,
                    rest_not_released, settled_above_hold, voucher_not_returned)

// Without `none`.
std::vector<std::string> mutant_names();
std::optional<Mutant> mutant_of(std::string_view name);

// Of a batch that is about to be applied.
void spoil(Mutant mutant, const Centre& centre, std::vector<store::Command>& batch);
// Of what the engine is given after a restart.
void spoil(Mutant mutant, std::vector<Centre::Outstanding>& outstanding);
// What a restarted daemon does behind everybody's back.
std::vector<store::Command> after_restart(Mutant mutant, store::Keeper& keeper);

// While it lives, this thread's schedulers and ledgers have the fault, if it is theirs.
class CoreFault {
 public:
  explicit CoreFault(Mutant mutant);
  ~CoreFault();
  CoreFault(const CoreFault&) = delete;
  CoreFault& operator=(const CoreFault&) = delete;
};

}  // namespace pentad::sim
