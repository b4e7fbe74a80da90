// LSF's variables and host files.
#include "dialect/run_ids.h"
#include "dialect/run_parts.h"

namespace pentad::dialect {

namespace {

void hosts(Run& run) {
  const RunFacts& facts = run.facts;
  std::vector<int64_t> each = tasks_on_hosts(run.launch, facts.hosts.size());
  std::string words, counted, lines;
  for (size_t i = 0; i < facts.hosts.size(); ++i) {
    counted += fmt::format("{} {} ", facts.hosts[i], each[i]);
    for (int64_t slot = 0; slot < each[i]; ++slot) {
      words += (words.empty() ? "" : " ") + facts.hosts[i];
      lines += facts.hosts[i] + '\n';
    }
  }
  // One variable may not be as long as the words of so many.
  if (words.size() < 100'000) run.set("LSB_HOSTS", words);
  run.set("LSB_MCPU_HOSTS", counted);
  run.set_file("LSB_DJOB_HOSTFILE", "hostfile", lines);
  run.set_file("LSB_DJOB_RANKFILE", "rankfile", lines);
  run.set("LSB_DJOB_NUMPROC", run.tasks());
  run.set("LSB_MAX_NUM_PROCESSORS", run.tasks());
}

void identity(Run& run) {
  const RunFacts& facts = run.facts;
  run.set("LSB_JOBID", run.number());
  run.set("LSB_BATCH_JID", job_identifier(run.launch, facts.attempt.job, run.index()));
  if (run.launch.array) {
    run.set("LSB_JOBINDEX", facts.attempt.index);
    run.set("LSB_JOBINDEX_STEP", run.launch.array->step);
    run.set("LSB_JOBINDEX_END", run.launch.array->last);
    run.set("LSB_JOBNAME", fmt::format("{}[{}]", facts.job_name, facts.attempt.index));
  } else {
    run.set("LSB_JOBINDEX", 0);
    run.set("LSB_JOBNAME", facts.job_name);
  }
  run.set("LSB_QUEUE", run_queue(run.launch, facts.pool));
  bool is_charged = !facts.project.empty();
  run.set("LSB_PROJECT_NAME", is_charged ? facts.project : std::string("default"));
  run.set("LSB_RESTART", facts.attempt.number > 1 ? "Y" : "N");
}

}  // namespace

void run_lsf(Run& run) {
  const RunFacts& facts = run.facts;
  identity(run);
  hosts(run);
  run.set("LSB_SUB_HOST", run.launch.submit_host);
  run.set("LSB_SUB_USER", facts.user);
  run.set("LSB_OUTPUTFILE", facts.stdout_path);
  if (!facts.stderr_path.empty()) run.set("LSB_ERRORFILE", facts.stderr_path);
  run.set("LSB_JOBFILENAME", facts.script);
  run.set_default("LSB_INTERACTIVE", "N");
  run.set("LSB_EXIT_PRE_ABORT", 99);
  run.set("LSB_TRAPSIGS", "trap # 15 10 12 2 1");
  if (!facts.group.empty()) run.set("LSB_UNIXGROUP", facts.group);
  run.set("LSB_JOB_EXECUSER", facts.user);
  run.set("LS_SUBCWD", run.launch.submit_directory);
  run.set("LS_EXECCWD", facts.workdir);
  run.set("LSFUSER", facts.user);
  if (!facts.cpus.empty()) run.set("LSB_BIND_CPU_LIST", facts.cpus);
  run.add_mpi_hosts();
}

}  // namespace pentad::dialect
