// Grid Engine's variables and host file, as 8.1.9 makes them.
#include "dialect/run_ids.h"
#include "dialect/run_parts.h"

namespace pentad::dialect {

namespace {

constexpr const char* kArchitecture = "lx-amd64";

void array(Run& run) {
  if (!run.launch.array) {
    for (const char* part : {"ID", "FIRST", "LAST", "STEPSIZE"}) {
      run.set(fmt::format("SGE_TASK_{}", part), "undefined");
    }
    return;
  }
  const LaunchArray& a = *run.launch.array;
  run.set("SGE_TASK_ID", run.facts.attempt.index);
  run.set("SGE_TASK_FIRST", a.first);
  run.set("SGE_TASK_LAST", a.last);
  run.set("SGE_TASK_STEPSIZE", a.step);
}

void hosts(Run& run, const std::string& queue) {
  const RunFacts& facts = run.facts;
  run.set("NSLOTS", run.tasks());
  run.set("NHOSTS", facts.hosts.size());
  run.set("NQUEUES", facts.hosts.size());
  if (run.launch.parallel_environment.empty()) return;
  std::vector<int64_t> each = tasks_on_hosts(run.launch, facts.hosts.size());
  std::string text;
  for (size_t i = 0; i < facts.hosts.size(); ++i) {
    text += fmt::format("{0} {1} {2}@{0} UNDEFINED\n", facts.hosts[i], each[i], queue);
  }
  run.set("PE", run.launch.parallel_environment);
  run.set_file("PE_HOSTFILE", "pe_hostfile", std::move(text));
}

// Open MPI looks for SGE_ROOT/bin/ARC/qrsh.
void place(Run& run) {
  const std::string root = run.facts.shims + "/sge";
  run.set("SGE_ROOT", root);
  run.set("SGE_CELL", "default");
  run.set("SGE_ARCH", kArchitecture);
  run.set("ARC", kArchitecture);
  run.set("SGE_BINARY_PATH", fmt::format("{}/bin/{}", root, kArchitecture));
}

}  // namespace

void run_sge(Run& run) {
  const RunFacts& facts = run.facts;
  std::string queue = run_queue(run.launch, facts.pool);
  run.set("JOB_ID", run.number());
  for (const char* name : {"JOB_NAME", "REQUEST", "REQNAME"}) run.set(name, facts.job_name);
  run.set("QUEUE", queue);
  array(run);
  hosts(run, queue);
  place(run);
  for (const char* name : {"HOME", "LOGNAME", "MAIL", "PATH", "SHELL", "TZ"}) {
    run.copy_submitted(name, fmt::format("SGE_O_{}", name));
  }
  run.set("SGE_O_HOST", run.launch.submit_host);
  run.set("SGE_O_WORKDIR", run.launch.submit_directory);
  run.set("SGE_CWD_PATH", facts.workdir);
  run.set("SGE_STDOUT_PATH", facts.stdout_path);
  run.set("SGE_STDERR_PATH", facts.stderr_path.empty() ? facts.stdout_path : facts.stderr_path);
  run.set("SGE_STDIN_PATH", facts.stdin_path.empty() ? std::string("/dev/null") : facts.stdin_path);
  run.set("SGE_JOB_SPOOL_DIR", facts.job_directory);
  run.set("SGE_ACCOUNT", run.launch.account.empty() ? std::string("sge") : run.launch.account);
  run.set("JOB_SCRIPT", facts.script);
  run.set("RESTARTED", facts.attempt.number > 1 ? 1 : 0);
  run.set("ENVIRONMENT", "BATCH");
  run.set("HOSTNAME", facts.host);
  run.set("SHELL", run.launch.shell.empty() ? std::string("/bin/sh") : run.launch.shell.front());
  if (!facts.tmp.empty()) run.set("TMP", facts.tmp);
}

}  // namespace pentad::dialect
