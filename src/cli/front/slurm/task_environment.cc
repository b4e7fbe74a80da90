#include "cli/front/slurm/task_environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/front/slurm/commands.h"

namespace pentad::cli::front::slurm {

namespace {

using Variables = std::map<std::string, std::string>;

// --export: ALL, NONE, or names and assignments.
Variables kept_environment(const StepPlan& plan) {
  Variables mine = this_submitter().environment;
  Variables out;
  std::vector<std::string> words = split_commas(plan.export_words);
  bool all = std::ranges::find(words, "ALL") != words.end();
  for (const auto& [name, value] : mine) {
    bool of_job = name.starts_with("SLURM") || name.starts_with("PENTAD_");
    if (all || of_job) out[name] = value;
  }
  for (const std::string& word : words) {
    size_t equals = word.find('=');
    if (word == "ALL" || word == "NONE" || word == "NIL") continue;
    if (equals != word.npos) {
      out[word.substr(0, equals)] = word.substr(equals + 1);
    } else if (mine.contains(word)) {
      out[word] = mine[word];
    }
  }
  return out;
}

void set_gpus(const StepPlan& plan, int64_t rank, Variables& all) {
  std::vector<std::string> devices = split_commas(variable("CUDA_VISIBLE_DEVICES"));
  if (devices.empty() || (plan.gpus_per_task == 0 && plan.gpus == 0)) return;
  int64_t first = rank * plan.gpus_per_task;
  int64_t count = plan.gpus_per_task > 0 ? plan.gpus_per_task : plan.gpus;
  std::string own;
  for (int64_t i = first; i < first + count; ++i) {
    own += (own.empty() ? "" : ",") + devices[static_cast<size_t>(i) % devices.size()];
  }
  all["CUDA_VISIBLE_DEVICES"] = all["SLURM_STEP_GPUS"] = own;
}

}  // namespace

std::vector<std::string> task_environment(const StepPlan& plan, const PatternFacts& facts,
                                          const StepPart& part) {
  Variables all = kept_environment(plan);
  auto set = [&](const char* name, auto value) { all[name] = fmt::to_string(value); };
  set("SLURM_PROCID", facts.task);
  set("SLURM_LOCALID", facts.task);
  set("SLURM_NODEID", 0);
  set("SLURM_STEP_ID", facts.step);
  set("SLURM_STEPID", facts.step);
  set("SLURM_NTASKS", plan.tasks());
  set("SLURM_NPROCS", plan.tasks());
  set("SLURM_NNODES", 1);
  set("SLURM_STEP_NODELIST", facts.host);
  set("SLURM_STEP_NUM_NODES", 1);
  set("SLURM_STEP_NUM_TASKS", plan.tasks());
  set("SLURM_STEP_TASKS_PER_NODE", plan.tasks());
  set("SLURM_TASKS_PER_NODE", plan.tasks());
  set("SLURM_DISTRIBUTION", "block");
  set("SLURM_LAUNCH_NODE_IPADDR", "127.0.0.1");
  set("SLURM_SRUN_COMM_HOST", "127.0.0.1");
  if (plan.asks_cores) set("SLURM_CPUS_PER_TASK", part.cpus_per_task);
  if (plan.label) set("SLURM_LABELIO", 1);
  std::string ranks;
  for (int64_t i = 0; i < plan.tasks(); ++i) ranks += fmt::format("{}{}", i ? "," : "", i);
  set("SLURM_GTIDS", ranks);
  set_gpus(plan, facts.task, all);
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name + "=" + value);
  return out;
}

}  // namespace pentad::cli::front::slurm
