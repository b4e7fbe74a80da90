// The table of Slurm's commands, and what they share.
#include "cli/front/slurm/commands.h"

#include <fmt/format.h>
#include <time.h>

#include <array>
#include <chrono>
#include <cstdlib>

#include "api/centre_types.h"
#include "cli/front/front.h"
#include "cli/interrupt.h"

namespace pentad::cli::front {

namespace {

constexpr std::array kCommands = {
    Command{"sbatch", slurm::sbatch, "submit a script"},
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

std::optional<api::JobSummary> wait_for_job(Session& session, int64_t job) {
  constexpr int64_t kLongestPauseMs = 500;
  constexpr int kMostFailures = 240;  // two minutes of a centre that restarts
  std::string target = fmt::format("/jobs?ids={}&limit=1&brief=true", job);
  int failures = 0;
  for (int64_t pause_ms = 10; !interrupted();
       pause_ms = std::min(pause_ms * 3 / 2, kLongestPauseMs)) {
    try {
      auto page = session.get<api::JobPage>(target);
      failures = 0;
      if (page.jobs.empty()) throw CommandError(kFailed, fmt::format("job {} is gone", job));
      if (is_final(page.jobs.front().state)) return std::move(page.jobs.front());
    } catch (const CommandError& error) {
      if (error.code != kUnreachable && !interrupted() && ++failures > 3) throw;
      if (++failures > kMostFailures) throw;
    }
    timespec pause{pause_ms / 1000, pause_ms % 1000 * 1'000'000};
    nanosleep(&pause, nullptr);
  }
  return {};
}

int code_of(const api::JobSummary& job) {
  if (job.signal != 0) return 128 + job.signal;
  if (job.exit_code != 0) return job.exit_code;
  return job.state == JobState::completed ? 0 : 1;
}

}  // namespace pentad::cli::front::slurm
