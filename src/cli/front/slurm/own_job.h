// The job that salloc, or srun outside of a job, holds: translated and told in Slurm's words.
#pragma once

#include <string>
#include <vector>

#include "cli/front/hold/allocation.h"

namespace pentad::cli::front::slurm {

// Submits it; says on standard error what it waits for. Throws.
hold::Allocation own_job(const Call& call, Session& session,
                         const std::vector<std::string>& options, const std::string& name);

// This srun in the allocation that takes orders at `steps_path`; returns its code. Throws.
int order_step(const Call& call, const std::string& steps_path);

}  // namespace pentad::cli::front::slurm
