// Faults planted on purpose, to see that the simulator finds them. Each stands between the core and
// what surrounds it - commands on their way in, outstanding work on its way out, the disk - and one
// between two of the core's own folders, where the linker puts it: production sources know nothing
// of them.
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
};
BOOST_DESCRIBE_ENUM(Mutant, none, acknowledged_before_durable, effects_before_commit,
                    resources_not_freed, stale_attempt_accepted, dependency_dropped_on_restart,
                    double_start_after_crash, cancelled_job_started)

// Without `none`.
std::vector<std::string> mutant_names();
std::optional<Mutant> mutant_of(std::string_view name);

// Of a batch that is about to be applied.
void spoil(Mutant mutant, const Centre& centre, std::vector<store::Command>& batch);
// Of what the engine is given after a restart.
void spoil(Mutant mutant, std::vector<Centre::Outstanding>& outstanding);
// What a restarted daemon does behind everybody's back.
std::vector<store::Command> after_restart(Mutant mutant, store::Keeper& keeper);

// While it lives, this thread's schedulers have the fault, if it is theirs.
class SchedulerFault {
 public:
  explicit SchedulerFault(Mutant mutant);
  ~SchedulerFault();
  SchedulerFault(const SchedulerFault&) = delete;
  SchedulerFault& operator=(const SchedulerFault&) = delete;
};

}  // namespace pentad::sim
