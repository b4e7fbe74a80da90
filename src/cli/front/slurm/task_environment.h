// The variables of a task of a step.
#pragma once

#include <string>
#include <vector>

#include "cli/front/slurm/step_plan.h"
#include "cli/front/slurm/task_output.h"

namespace pentad::cli::front::slurm {

// Of the task `facts.task`, as NAME=VALUE: this process' own by --export, and what srun sets.
std::vector<std::string> task_environment(const StepPlan& plan, const PatternFacts& facts,
                                          const StepPart& part);

}  // namespace pentad::cli::front::slurm
