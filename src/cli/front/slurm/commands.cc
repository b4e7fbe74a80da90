// The table of Slurm's commands, and what they share.
#include "cli/front/slurm/commands.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdlib>

#include "api/centre_types.h"
#include "cli/front/front.h"

namespace pentad::cli::front {

namespace {

constexpr std::array kCommands = {
    Command{"sbatch", slurm::sbatch, "submit a script"},
    Command{"salloc", slurm::salloc, "hold cores for a shell or a command"},
    Command{"srun", slurm::srun, "run tasks in a job, or in one of their own"},
    Command{"squeue", slurm::squeue, "list jobs"},
    Command{"scancel", slurm::scancel, "end or signal jobs"},
    Command{"sinfo", slurm::sinfo, "list partitions and nodes"},
    Command{"sacct", slurm::sacct, "list what jobs used"},
    Command{"sstat", slurm::sstat, "list what running jobs use"},
    Command{"scontrol", slurm::scontrol, "show and change jobs, nodes and partitions"},
};

}  // namespace

std::span<const Command> slurm_commands() { return kCommands; }

}  // namespace pentad::cli::front

namespace pentad::cli::front::slurm {

std::string job_here() {
  std::string job = variable("SLURM_JOB_ID");
  return job.empty() ? variable("PENTAD_JOB_ID") : job;
}

int64_t now_ms() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::string default_partition(Session& session, const Globals& globals) {
  dialect::SiteProfile site = site_profile(globals);
  if (!site.default_queue.empty()) return site.default_queue;
  auto pools = session.get<api::PoolList>("/pools");
  return pools.pools.empty() ? "main" : pools.pools.front().name;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int code_of(const api::JobSummary& job) {
  if (job.signal != 0) return 128 + job.signal;
  if (job.exit_code != 0) return job.exit_code;
  return job.state == JobState::completed ? 0 : 1;
}

}  // namespace pentad::cli::front::slurm
