// PBS Professional's and Torque's variables and node file.
#include <algorithm>

#include "base/hash.h"
#include "dialect/run_ids.h"
#include "dialect/run_parts.h"

namespace pentad::dialect {

namespace {

// PBS_O_*: where it was submitted.
void origin(Run& run, const std::string& queue) {
  constexpr const char* kCopied[] = {"HOME", "LANG", "LOGNAME", "MAIL", "PATH", "SHELL", "TZ"};
  for (const char* name : kCopied) run.copy_submitted(name, fmt::format("PBS_O_{}", name));
  run.set("PBS_O_WORKDIR", run.launch.submit_directory);
  run.set("PBS_O_HOST", run.launch.submit_host);
  run.set("PBS_O_QUEUE", queue);
  run.set("PBS_O_SYSTEM", "Linux");
}

void node_file(Run& run) {
  const RunFacts& facts = run.facts;
  std::vector<int64_t> each = tasks_on_hosts(run.launch, facts.hosts.size());
  std::string text;
  for (size_t i = 0; i < facts.hosts.size(); ++i) {
    for (int64_t rank = 0; rank < each[i]; ++rank) text += facts.hosts[i] + '\n';
  }
  run.set_file("PBS_NODEFILE", "nodefile", std::move(text));
}

void pro(Run& run) {
  const RunFacts& facts = run.facts;
  if (run.launch.array) {
    run.set("PBS_ARRAY_INDEX", facts.attempt.index);
    std::string id = job_identifier(run.launch, facts.attempt.job, 0);
    run.set("PBS_ARRAY_ID", id.replace(id.find("[0]"), 3, "[]"));
  }
  run.set("PBS_JOBDIR", facts.workdir);
  run.set("NCPUS", facts.cores);
  run.set("OMP_NUM_THREADS", run.launch.cpus_per_task.value_or(facts.cores));
}

void torque(Run& run) {
  const RunFacts& facts = run.facts;
  int64_t per_node = tasks_on_hosts(run.launch, facts.hosts.size()).front();
  run.set("PBS_NUM_NODES", facts.hosts.size());
  run.set("PBS_NUM_PPN", per_node);
  run.set("PBS_NP", run.tasks());
  run.set("PBS_VNODENUM", 0);
  run.set("PBS_WALLTIME", facts.limit.value / 1000);
  run.set("PBS_VERSION", "TORQUE-6.1.3");
  run.set("PBS_SERVER", run.launch.server.empty() ? run.launch.submit_host : run.launch.server);
  run.set("PBS_O_INITDIR", facts.workdir);
  run.set("MOAB_JOBID", run.number());
  if (run.launch.array) {
    const LaunchArray& a = *run.launch.array;
    run.set("PBS_ARRAYID", facts.attempt.index);
    run.set("MOAB_JOBARRAYINDEX", facts.attempt.index);
    run.set("MOAB_JOBARRAYRANGE", fmt::format("{}-{}", a.first, a.last));
  }
  if (facts.devices.empty()) return;
  std::string gpus;
  for (const std::string& host : facts.hosts) {
    for (const std::string& device : facts.devices) gpus += fmt::format("{}-gpu{}\n", host, device);
  }
  run.set_file("PBS_GPUFILE", "gpufile", std::move(gpus));
}

}  // namespace

void run_pbs(Run& run) {
  const RunFacts& facts = run.facts;
  std::string queue = run_queue(run.launch, facts.pool);
  run.set("PBS_JOBID", job_identifier(run.launch, facts.attempt.job, run.index()));
  run.set("PBS_JOBNAME", facts.job_name);
  run.set("PBS_QUEUE", queue);
  run.set_default("PBS_ENVIRONMENT", "PBS_BATCH");
  origin(run, queue);
  node_file(run);
  uint64_t cookie = Hasher()
                        .add(facts.job_directory)
                        .add(static_cast<uint64_t>(facts.attempt.index))
                        .add(static_cast<uint64_t>(facts.attempt.number))
                        .add(static_cast<uint64_t>(facts.start.value))
                        .digest();
  run.set("PBS_JOBCOOKIE", fmt::format("{:016X}{:016X}", cookie, mix64(cookie)));
  run.set("PBS_NODENUM", 0);
  run.set("PBS_TASKNUM", 1);
  run.set("PBS_MOMPORT", 15003);
  if (run.launch.dialect == Dialect::torque) {
    torque(run);
  } else {
    pro(run);
  }
  run.add_mpi_hosts();
}

}  // namespace pentad::dialect
