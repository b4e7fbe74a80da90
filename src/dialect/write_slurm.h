// A neutral job as #SBATCH lines, for whoever moves a script and for tests.
#pragma once

#include <string>

#include "dialect/job.h"

namespace pentad::dialect {

// One line for each value that was given (not defaulted) and that sbatch can say. Dependency, begin
// and deadline, and what only other dialects have, become lines that start with "# not said to
// sbatch:". Left out without such a line: output paths, working directory, environment, generic
// resources, licences.
std::string write_slurm(const Job& job);

}  // namespace pentad::dialect
