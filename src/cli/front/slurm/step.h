// Runs the tasks of one srun on this machine, inside of the job that this process belongs to.
#pragma once

#include "cli/front/slurm/step_plan.h"

namespace pentad::cli::front::slurm {

// Waits for cores that other steps hold, starts all tasks, hands input and output on, and returns
// the largest exit code (128 + signal). Ctrl-C is handed on at the second time within a second.
int run_step(const Call& call, const StepPlan& plan);

}  // namespace pentad::cli::front::slurm
