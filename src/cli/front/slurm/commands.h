// Slurm's commands, one function each, and what they share.
#pragma once

#include <string>

#include "cli/front/front.h"
#include "cli/front/slurm/job_fields.h"

namespace pentad::cli::front::slurm {

int sbatch(const Call& call);
int squeue(const Call& call);
int scancel(const Call& call);
int sinfo(const Call& call);
int sacct(const Call& call);
int sstat(const Call& call);
int scontrol(const Call& call);
int srun(const Call& call);
int salloc(const Call& call);

int64_t now_ms();
// The number of the job that this process is part of; empty outside of jobs.
std::string job_here();
// The queue of a job that names none: the site's, else the first pool.
std::string default_partition(Session& session, const Globals& globals);
// NAME of the environment; empty without one.
std::string variable(const char* name);
// What --wait, salloc and srun end with.
int code_of(const api::JobSummary& job);

}  // namespace pentad::cli::front::slurm
