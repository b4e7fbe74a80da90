// The table of tools inside of jobs.
#include <array>

#include "cli/front/front.h"
#include "cli/front/steps/steps.h"

namespace pentad::cli::front {

namespace {

constexpr std::array kCommands = {
    Command{"pbsdsh", steps::pbsdsh, "a program on each slot of a PBS job"},
    Command{"blaunch", steps::blaunch, "a program on hosts of an LSF job"},
    Command{"jsrun", steps::jsrun, "tasks in resource sets"},
    Command{"aprun", steps::aprun, "tasks as on a Cray"},
    Command{"gerun", steps::mpi_wrapper, "mpirun on all slots of a Grid Engine job"},
    Command{"ibrun", steps::mpi_wrapper, "mpirun on all slots of a job"},
    Command{"mpirun.lsf", steps::mpi_wrapper, "mpirun on all slots of an LSF job"},
};

}  // namespace

std::span<const Command> step_commands() { return kCommands; }

}  // namespace pentad::cli::front
