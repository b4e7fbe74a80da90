// A neutral job as #SBATCH lines, for whoever moves a script and for tests.
#pragma once

#include <string>

#include "dialect/job.h"

namespace pentad::dialect {

// One line for each value that was given and that sbatch can say; of a job of another dialect also
// its defaults, which are not Slurm's. What sbatch cannot say becomes a line that starts with
// "# not said to sbatch:". Standard output patterns, sizes and times are as sbatch reads them.
std::string write_slurm(const Job& job, Dialect from = Dialect::slurm);

}  // namespace pentad::dialect
