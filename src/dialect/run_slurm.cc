// Slurm's variables, as 22.05 sets them for a batch script.
#include <algorithm>

#include "dialect/run_ids.h"
#include "dialect/run_parts.h"
#include "model/host_list.h"

namespace pentad::dialect {

namespace {

// 2,2,1 as 2(x2),1.
std::string counts_text(const std::vector<int64_t>& counts) {
  std::string out;
  for (size_t i = 0; i < counts.size();) {
    size_t end = i;
    while (end < counts.size() && counts[end] == counts[i]) ++end;
    if (!out.empty()) out += ',';
    out += fmt::format("{}", counts[i]);
    if (end - i > 1) out += fmt::format("(x{})", end - i);
    i = end;
  }
  return out;
}

void array(Run& run) {
  if (!run.launch.array) return;
  const LaunchArray& a = *run.launch.array;
  run.set("SLURM_ARRAY_JOB_ID", run.number());
  run.set("SLURM_ARRAY_TASK_ID", run.facts.attempt.index);
  run.set("SLURM_ARRAY_TASK_COUNT", a.count);
  run.set("SLURM_ARRAY_TASK_MIN", a.first);
  run.set("SLURM_ARRAY_TASK_MAX", a.last);
  run.set("SLURM_ARRAY_TASK_STEP", a.step);
}

void size(Run& run) {
  const RunFacts& facts = run.facts;
  std::string nodes = compress_hosts(facts.hosts);
  for (const char* name : {"SLURM_JOB_NODELIST", "SLURM_NODELIST"}) run.set(name, nodes);
  for (const char* name : {"SLURM_JOB_NUM_NODES", "SLURM_NNODES"}) {
    run.set(name, facts.hosts.size());
  }
  run.set("SLURM_TASKS_PER_NODE", counts_text(tasks_on_hosts(run.launch, facts.hosts.size())));
  std::vector<int64_t> cores(facts.hosts.size(), facts.cores);
  run.set("SLURM_JOB_CPUS_PER_NODE", counts_text(cores));
  run.set("SLURM_CPUS_ON_NODE", facts.cores);
  if (run.launch.tasks || run.launch.tasks_per_node) {
    for (const char* name : {"SLURM_NTASKS", "SLURM_NPROCS"}) run.set(name, run.tasks());
  }
  if (run.launch.tasks_per_node) run.set("SLURM_NTASKS_PER_NODE", *run.launch.tasks_per_node);
  if (run.launch.cpus_per_task) run.set("SLURM_CPUS_PER_TASK", *run.launch.cpus_per_task);
  if (!facts.devices.empty()) {
    std::string list = fmt::format("{}", fmt::join(facts.devices, ","));
    run.set("SLURM_JOB_GPUS", list);
    run.set("GPU_DEVICE_ORDINAL", list);
    run.set("SLURM_GPUS_ON_NODE", facts.devices.size());
  }
}

void whose(Run& run) {
  const RunFacts& facts = run.facts;
  run.set("SLURM_JOB_USER", facts.user);
  run.set("SLURM_JOB_UID", facts.uid);
  run.set("SLURM_JOB_GID", facts.gid);
  run.set("SLURM_JOB_PARTITION", run_queue(run.launch, facts.pool));
  std::string account = run.launch.account.empty() ? facts.project : run.launch.account;
  if (!account.empty()) run.set("SLURM_JOB_ACCOUNT", account);
  if (!run.launch.qos.empty()) run.set("SLURM_JOB_QOS", run.launch.qos);
  run.set("SLURM_CLUSTER_NAME", "pentad");
  run.set("SLURM_SUBMIT_DIR", run.launch.submit_directory);
  run.set("SLURM_SUBMIT_HOST", run.launch.submit_host);
}

}  // namespace

void run_slurm(Run& run, const std::map<std::string, std::string>& given) {
  const RunFacts& facts = run.facts;
  int64_t own = run.launch.array ? slurm_element_number(facts.attempt.job, facts.attempt.index)
                                 : run.number();
  for (const char* name : {"SLURM_JOB_ID", "SLURM_JOBID"}) run.set(name, own);
  run.set("SLURM_JOB_NAME", facts.job_name);
  array(run);
  size(run);
  whose(run);
  for (const char* name : {"SLURM_NODEID", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_GTIDS"}) {
    run.set(name, 0);
  }
  run.set("SLURM_PRIO_PROCESS", 0);
  run.set("SLURM_NODE_ALIASES", "(null)");
  run.set("SLURM_TOPOLOGY_ADDR", facts.host);
  run.set("SLURM_TOPOLOGY_ADDR_PATTERN", "node");
  run.set("SLURMD_NODENAME", facts.host);
  run.set("HOSTNAME", facts.host);
  run.set("ENVIRONMENT", "BATCH");
  if (!given.contains("TMPDIR")) run.set("TMPDIR", "/tmp");
  if (facts.attempt.number > 1) run.set("SLURM_RESTART_COUNT", facts.attempt.number - 1);
  // Since 23.02; of use to scripts that look how much time is left.
  run.set("SLURM_JOB_START_TIME", facts.start.value / 1000);
  if (facts.limit.value > 0) {
    run.set("SLURM_JOB_END_TIME", (facts.start + facts.limit).value / 1000);
  }
}

}  // namespace pentad::dialect
