// Settings of the local engine.
#pragma once

#include <string>

#include "base/units.h"
#include "engine/cgroups.h"
#include "engine/machine.h"
#include "model/node.h"

namespace pentad::engine {

struct LocalConfig {
  std::string home;              // absolute; control files in HOME/attempts, output in HOME/jobs
  std::string supervisor_path;   // the pentad-supervisor to run
  Node node;                     // what the core may place on this machine
  Machine machine;               // empty: jobs are not bound and see no devices
  Duration grace = seconds(30);  // between asking a job to end and killing it
  GroupMode groups = GroupMode::automatic;
  // Jobs cannot gain rights by set-user-ID programs; jobs of other users never can.
  bool no_new_privileges = false;
  // Jobs of uid 0, and of people without a Unix user here as the daemon's own user. For machines
  // that are one person's.
  bool allow_root = true;
  int32_t idle_supervisors = 4;  // kept ready for the next start
  // For jobs that came as scripts of other schedulers.
  std::string shims;          // folder with those schedulers' commands
  std::string epilogue_path;  // the pentad-epilogue to run; empty: nothing follows a job's end
};

}  // namespace pentad::engine
