// A neutral job as #SBATCH lines, for whoever moves a script and for tests.
#pragma once

#include <string>

#include "dialect/job.h"

namespace pentad::dialect {

// One line for each value that was given (not defaulted) and that sbatch can say; values that
// sbatch cannot say become lines that start with "# not said to sbatch:".
std::string write_slurm(const Job& job);

}  // namespace pentad::dialect
