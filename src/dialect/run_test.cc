// What scripts find when they run, one dialect after the other, as a person would read it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "dialect/run_end.h"
#include "dialect/run_environment.h"
#include "dialect/run_ids.h"

namespace pentad::dialect {

namespace {

RunFacts facts() {
  RunFacts f;
  f.attempt = {JobId{123}, 0, 1};
  f.start = Time{1'795'344'000'000};
  f.limit = seconds(3600);
  f.job_name = "wing";
  f.user = "mei";
  f.home = "/data/mei";
  f.shell = "/bin/bash";
  f.uid = 1000;
  f.gid = 100;
  f.group = "users";
  f.pool = "cpu";
  f.host = "n1";
  f.hosts = {"n1", "n2"};
  f.cores = 4;
  f.centre_home = "/srv/centre";
  f.shims = "/srv/centre/shims";
  f.job_directory = "/srv/centre/jobs/123";
  f.workdir = "/data/mei/run";
  f.script = "/srv/centre/jobs/123/script";
  f.stdout_path = "/data/mei/run/out";
  return f;
}

Launch launch(Dialect dialect) {
  Launch l;
  l.dialect = dialect;
  l.submit_directory = "/data/mei/run";
  l.submit_host = "login";
  l.submitter = {{"HOME", "/data/mei"}, {"PATH", "/usr/bin"}, {"LANG", "C"}};
  return l;
}

// Variables, but for those all dialects share, then the files.
std::string text(const Launch& l, const RunFacts& f) {
  RunEnvironment run = run_environment(l, f, {{"PATH", "/usr/bin"}});
  CHECK(run.variables["PATH"] == "/srv/centre/shims:/usr/bin");
  CHECK(run.variables["PENTAD_HOME"] == "/srv/centre");
  for (const char* shared : {"PATH", "PENTAD_HOME", "PENTAD_DIALECT", "PBS_JOBCOOKIE"}) {
    run.variables.erase(shared);
  }
  std::string out = "\n";
  for (const auto& [name, value] : run.variables) out += name + '=' + value + '\n';
  for (const RunFile& file : run.files) out += fmt::format("-- {}\n{}", file.path, file.text);
  return out;
}

AttemptEnd end(EndKind kind, int32_t code = 0, int32_t signal = 0) {
  AttemptEnd e;
  e.kind = kind;
  e.exit_code = code;
  e.signal = signal;
  e.started_at = Time{1'795'344'000'000};
  e.ended_at = e.started_at + seconds(65);
  return e;
}

}  // namespace

TEST_CASE("Slurm: three tasks of two cores on two nodes") {
  Launch l = launch(Dialect::slurm);
  l.tasks = 3;
  l.cpus_per_task = 2;
  l.queue = "main";
  l.variables = {{"SLURM_MEM_PER_NODE", "100"}};
  CHECK(text(l, facts()) == R"(
ENVIRONMENT=BATCH
HOSTNAME=n1
SLURMD_NODENAME=n1
SLURM_CLUSTER_NAME=pentad
SLURM_CPUS_ON_NODE=4
SLURM_CPUS_PER_TASK=2
SLURM_GTIDS=0
SLURM_JOBID=123
SLURM_JOB_CPUS_PER_NODE=4(x2)
SLURM_JOB_END_TIME=1795347600
SLURM_JOB_GID=100
SLURM_JOB_ID=123
SLURM_JOB_NAME=wing
SLURM_JOB_NODELIST=n[1-2]
SLURM_JOB_NUM_NODES=2
SLURM_JOB_PARTITION=main
SLURM_JOB_START_TIME=1795344000
SLURM_JOB_UID=1000
SLURM_JOB_USER=mei
SLURM_LOCALID=0
SLURM_MEM_PER_NODE=100
SLURM_NNODES=2
SLURM_NODEID=0
SLURM_NODELIST=n[1-2]
SLURM_NODE_ALIASES=(null)
SLURM_NPROCS=3
SLURM_NTASKS=3
SLURM_PRIO_PROCESS=0
SLURM_PROCID=0
SLURM_SUBMIT_DIR=/data/mei/run
SLURM_SUBMIT_HOST=login
SLURM_TASKS_PER_NODE=2,1
SLURM_TOPOLOGY_ADDR=n1
SLURM_TOPOLOGY_ADDR_PATTERN=node
TMPDIR=/tmp
)");
}

TEST_CASE("Slurm: what was not asked for stays unset") {
  RunFacts f = facts();
  f.hosts = {"n1"};
  Launch l = launch(Dialect::slurm);
  auto variables = run_environment(l, f, {{"TMPDIR", "/scratch"}}).variables;
  for (const char* name : {"SLURM_NTASKS", "SLURM_NPROCS", "SLURM_CPUS_PER_TASK",
                           "SLURM_NTASKS_PER_NODE", "SLURM_ARRAY_TASK_ID", "SLURM_JOB_GPUS",
                           "SLURM_RESTART_COUNT", "SLURM_JOB_ACCOUNT", "TMPDIR"}) {
    CHECK_MESSAGE(!variables.contains(name), name);
  }
  f.attempt.number = 3;
  f.devices = {"0", "2"};
  variables = run_environment(l, f, {}).variables;
  CHECK(variables["SLURM_RESTART_COUNT"] == "2");
  CHECK(variables["SLURM_JOB_GPUS"] == "0,2");
  CHECK(variables["SLURM_GPUS_ON_NODE"] == "2");
}

TEST_CASE("Slurm: an element of an array has a number of its own") {
  RunFacts f = facts();
  f.attempt.index = 5;
  Launch l = launch(Dialect::slurm);
  l.array = LaunchArray{3, 3, 7, 2};
  auto variables = run_environment(l, f, {}).variables;
  CHECK(variables["SLURM_ARRAY_JOB_ID"] == "123");
  CHECK(variables["SLURM_ARRAY_TASK_ID"] == "5");
  CHECK(variables["SLURM_ARRAY_TASK_COUNT"] == "3");
  CHECK(variables["SLURM_ARRAY_TASK_MAX"] == "7");
  CHECK(variables["SLURM_ARRAY_TASK_STEP"] == "2");
  CHECK(variables["SLURM_JOB_ID"] == "1230000005");
  CHECK(slurm_element(1'230'000'005) == AttemptId{JobId{123}, 5, 0});
  CHECK_FALSE(slurm_element(123).has_value());
  CHECK(slurm_element_number(JobId{123}, 10'000'000) == 123);
}

TEST_CASE("PBS Pro: two chunks with three ranks each") {
  Launch l = launch(Dialect::pbspro);
  l.tasks_per_node = 3;
  l.server = "srv";
  RunFacts f = facts();
  f.tmp = tmp_directory(l, f.attempt, "workq");
  CHECK(text(l, f) == R"(
HYDRA_HOST_FILE=/srv/centre/jobs/123/0.1.hydra_hosts
I_MPI_HYDRA_HOST_FILE=/srv/centre/jobs/123/0.1.hydra_hosts
NCPUS=4
OMPI_MCA_orte_default_hostfile=/srv/centre/jobs/123/0.1.openmpi_hosts
OMP_NUM_THREADS=4
PBS_ENVIRONMENT=PBS_BATCH
PBS_JOBDIR=/data/mei/run
PBS_JOBID=123.srv
PBS_JOBNAME=wing
PBS_MOMPORT=15003
PBS_NODEFILE=/srv/centre/jobs/123/0.1.nodefile
PBS_NODENUM=0
PBS_O_HOME=/data/mei
PBS_O_HOST=login
PBS_O_LANG=C
PBS_O_PATH=/usr/bin
PBS_O_QUEUE=cpu
PBS_O_SYSTEM=Linux
PBS_O_WORKDIR=/data/mei/run
PBS_QUEUE=cpu
PBS_TASKNUM=1
PRTE_MCA_prte_default_hostfile=/srv/centre/jobs/123/0.1.openmpi_hosts
TMPDIR=/tmp/pbs.123.srv
-- 0.1.nodefile
n1
n1
n1
n2
n2
n2
-- 0.1.openmpi_hosts
n1 slots=3
n2 slots=3
-- 0.1.hydra_hosts
n1:3
n2:3
)");
}

TEST_CASE("PBS: arrays and Torque's own variables") {
  RunFacts f = facts();
  f.attempt.index = 7;
  Launch l = launch(Dialect::pbspro);
  l.server = "srv";
  l.array = LaunchArray{10, 0, 9, 1};
  auto variables = run_environment(l, f, {}).variables;
  CHECK(variables["PBS_JOBID"] == "123[7].srv");
  CHECK(variables["PBS_ARRAY_ID"] == "123[].srv");
  CHECK(variables["PBS_ARRAY_INDEX"] == "7");
  l.dialect = Dialect::torque;
  l.tasks_per_node = 8;
  variables = run_environment(l, f, {}).variables;
  CHECK(variables["PBS_ARRAYID"] == "7");
  CHECK(variables["MOAB_JOBARRAYRANGE"] == "0-9");
  CHECK(variables["PBS_NUM_NODES"] == "2");
  CHECK(variables["PBS_NUM_PPN"] == "8");
  CHECK(variables["PBS_NP"] == "16");
  CHECK(variables["PBS_WALLTIME"] == "3600");
  CHECK_FALSE(variables.contains("SLURM_JOB_ID"));
  CHECK_FALSE(variables.contains("OMP_NUM_THREADS"));
}

TEST_CASE("LSF: five slots on two hosts, element of an array") {
  Launch l = launch(Dialect::lsf);
  l.tasks = 5;
  l.queue = "normal";
  l.array = LaunchArray{4, 1, 4, 1};
  RunFacts f = facts();
  f.attempt.index = 2;
  CHECK(text(l, f) == R"(
HYDRA_HOST_FILE=/srv/centre/jobs/123/2.1.hydra_hosts
I_MPI_HYDRA_HOST_FILE=/srv/centre/jobs/123/2.1.hydra_hosts
LSB_BATCH_JID=123[2]
LSB_DJOB_HOSTFILE=/srv/centre/jobs/123/2.1.hostfile
LSB_DJOB_NUMPROC=5
LSB_DJOB_RANKFILE=/srv/centre/jobs/123/2.1.rankfile
LSB_EXIT_PRE_ABORT=99
LSB_HOSTS=n1 n1 n1 n2 n2
LSB_INTERACTIVE=N
LSB_JOBFILENAME=/srv/centre/jobs/123/script
LSB_JOBID=123
LSB_JOBINDEX=2
LSB_JOBINDEX_END=4
LSB_JOBINDEX_STEP=1
LSB_JOBNAME=wing[2]
LSB_JOB_EXECUSER=mei
LSB_MAX_NUM_PROCESSORS=5
LSB_MCPU_HOSTS=n1 3 n2 2)"
                      " \n"
                      R"(LSB_OUTPUTFILE=/data/mei/run/out
LSB_PROJECT_NAME=default
LSB_QUEUE=normal
LSB_RESTART=N
LSB_SUB_HOST=login
LSB_SUB_USER=mei
LSB_TRAPSIGS=trap # 15 10 12 2 1
LSB_UNIXGROUP=users
LSFUSER=mei
LS_EXECCWD=/data/mei/run
LS_SUBCWD=/data/mei/run
OMPI_MCA_orte_default_hostfile=/srv/centre/jobs/123/2.1.openmpi_hosts
PRTE_MCA_prte_default_hostfile=/srv/centre/jobs/123/2.1.openmpi_hosts
-- 2.1.hostfile
n1
n1
n1
n2
n2
-- 2.1.rankfile
n1
n1
n1
n2
n2
-- 2.1.openmpi_hosts
n1 slots=3
n2 slots=2
-- 2.1.hydra_hosts
n1:3
n2:2
)");
  l.array.reset();
  auto variables = run_environment(l, f, {}).variables;
  CHECK(variables["LSB_JOBINDEX"] == "0");
  CHECK(variables["LSB_JOBNAME"] == "wing");
}

TEST_CASE("Grid Engine: a parallel environment") {
  Launch l = launch(Dialect::sge);
  l.tasks = 3;
  l.parallel_environment = "smp";
  RunFacts f = facts();
  f.pool = "";
  f.hosts = {"n1"};
  f.tmp = tmp_directory(l, f.attempt, "all.q");
  CHECK(text(l, f) == R"(
ARC=lx-amd64
ENVIRONMENT=BATCH
HOSTNAME=n1
HYDRA_BOOTSTRAP=fork
JOB_ID=123
JOB_NAME=wing
JOB_SCRIPT=/srv/centre/jobs/123/script
NHOSTS=1
NQUEUES=1
NSLOTS=3
PE=smp
PE_HOSTFILE=/srv/centre/jobs/123/0.1.pe_hostfile
QUEUE=all.q
REQNAME=wing
REQUEST=wing
RESTARTED=0
SGE_ACCOUNT=sge
SGE_ARCH=lx-amd64
SGE_BINARY_PATH=/srv/centre/shims/sge/bin/lx-amd64
SGE_CELL=default
SGE_CWD_PATH=/data/mei/run
SGE_JOB_SPOOL_DIR=/srv/centre/jobs/123
SGE_O_HOME=/data/mei
SGE_O_HOST=login
SGE_O_PATH=/usr/bin
SGE_O_WORKDIR=/data/mei/run
SGE_ROOT=/srv/centre/shims/sge
SGE_STDERR_PATH=/data/mei/run/out
SGE_STDIN_PATH=/dev/null
SGE_STDOUT_PATH=/data/mei/run/out
SGE_TASK_FIRST=undefined
SGE_TASK_ID=undefined
SGE_TASK_LAST=undefined
SGE_TASK_STEPSIZE=undefined
SHELL=/bin/sh
TMP=/tmp/123.1.all.q
TMPDIR=/tmp/123.1.all.q
-- 0.1.pe_hostfile
n1 3 all.q@n1 UNDEFINED
)");
}

TEST_CASE("a job submitted from within a job does not inherit its identity") {
  std::map<std::string, std::string> inside = {
      {"PENTAD_JOB_ID", "1"}, {"PENTAD_HOME", "/srv"}, {"SLURM_NTASKS", "4"}, {"JOB_ID", "1"},
      {"PBS_NODEFILE", "/x"}, {"LSB_JOBID", "1"},      {"MY_CASE", "wing"},   {"SGE_TASK_ID", "3"}};
  forget_enclosing_job(inside);
  CHECK(inside == std::map<std::string, std::string>{{"PENTAD_HOME", "/srv"}, {"MY_CASE", "wing"}});
  std::map<std::string, std::string> outside = {{"SLURM_NTASKS", "4"}};
  forget_enclosing_job(outside);
  CHECK(outside.size() == 1);  // whoever set it meant it
}

TEST_CASE("exit codes as each dialect shows them") {
  struct Row {
    AttemptEnd end;
    ForeignExit slurm, pbspro, torque, lsf, sge;
  };
  const Row rows[] = {
      {end(EndKind::exited, 3), {3, 0}, {3, 0}, {3, 0}, {3, 0}, {3, 0}},
      {end(EndKind::signalled, 0, 15), {0, 15}, {271, 0}, {271, 0}, {143, 0}, {143, 0}},
      {end(EndKind::timeout), {0, 0}, {-29, 0}, {271, 0}, {140, 0}, {137, 0}},
      {end(EndKind::stopped), {0, 0}, {271, 0}, {271, 0}, {130, 0}, {137, 0}},
      {end(EndKind::out_of_memory), {0, 125}, {-27, 0}, {265, 0}, {137, 0}, {137, 0}},
      {end(EndKind::not_started), {0, 53}, {-1, 0}, {-1, 0}, {255, 0}, {1, 0}},
  };
  for (const Row& row : rows) {
    CHECK(foreign_exit_code(Dialect::slurm, row.end) == row.slurm);
    CHECK(foreign_exit_code(Dialect::pbspro, row.end) == row.pbspro);
    CHECK(foreign_exit_code(Dialect::torque, row.end) == row.torque);
    CHECK(foreign_exit_code(Dialect::lsf, row.end) == row.lsf);
    CHECK(foreign_exit_code(Dialect::sge, row.end) == row.sge);
  }
}

TEST_CASE("signals at the limit") {
  CHECK(limit_signals(launch(Dialect::slurm)).empty());
  CHECK(limit_signals(launch(Dialect::pbspro)) ==
        std::vector<SignalAt>{{15, {}}, {9, seconds(10)}});
  CHECK(limit_signals(launch(Dialect::lsf)) ==
        std::vector<SignalAt>{{12, {}}, {2, seconds(10)}, {15, seconds(20)}, {9, seconds(30)}});
  Launch sge = launch(Dialect::sge);
  CHECK(limit_signals(sge) == std::vector<SignalAt>{{9, {}}});
  sge.notifies = true;
  CHECK(stop_signals(sge) == std::vector<SignalAt>{{12, {}}, {9, seconds(60)}});
}

TEST_CASE("LSF's report and the mails") {
  AfterRun run;
  run.dialect = Dialect::lsf;
  run.identifier = "123";
  run.job_name = "wing";
  run.user = "mei";
  run.host = "n1";
  run.queue = "normal";
  run.submit_host = "login";
  run.home = "/data/mei";
  run.workdir = "/data/mei/run";
  run.command = "#BSUB -n 2\nsleep 1";
  CHECK(lsf_report(run, end(EndKind::exited, 3), hours(8)) == R"(
------------------------------------------------------------
Sender: LSF System <lsfadmin@n1>
Subject: Job 123: <wing> in cluster <pentad> Exited

Job <wing> was submitted from host <login> by user <mei> in cluster <pentad>.
Job was executed on host(s) <n1>, in queue <normal>, as user <mei> in cluster <pentad>.
</data/mei> was used as the home directory.
</data/mei/run> was used as the working directory.
Started at Sun Nov 22 18:40:00 2026
Terminated at Sun Nov 22 18:41:05 2026
Results reported at Sun Nov 22 18:41:05 2026

Your job looked like:

------------------------------------------------------------
# LSBATCH: User input
#BSUB -n 2
sleep 1
------------------------------------------------------------

Exited with exit code 3.

Resource usage summary:

    CPU time :                                   0.00 sec.
    Max Memory :                                 0 MB
    Average Memory :                             -
    Total Requested Memory :                     -
    Delta Memory :                               -
    Max Swap :                                   -
    Max Processes :                              -
    Max Threads :                                -
    Run time :                                   65 sec.

The output (if any) is above this job summary.

)");
  CHECK_FALSE(end_mail(run, end(EndKind::exited), {}, "").has_value());
  run.report = LaunchReport::mail;
  auto mail = end_mail(run, end(EndKind::exited), hours(8), "42\n");
  REQUIRE(mail.has_value());
  CHECK(mail->subject == "Job 123: <wing> in cluster <pentad> Done");
  CHECK(mail->body.starts_with("Job <wing> was submitted from host <login>"));
  CHECK(mail->body.ends_with("The output (if any) follows:\n\n42\n"));
  run.stdout_path = "/data/out";
  mail = end_mail(run, end(EndKind::exited), {}, std::string(kMostMailedBytes + 1, 'x'));
  CHECK(mail->body.ends_with("xx\n\nThe output goes on in </data/out>.\n"));
  run.report = LaunchReport::none;
  run.dialect = Dialect::slurm;
  run.mail_events = {"FAIL"};
  CHECK_FALSE(end_mail(run, end(EndKind::exited), {}, "").has_value());
  mail = end_mail(run, end(EndKind::exited, 3), {}, "");
  REQUIRE(mail.has_value());
  CHECK(mail->to == std::vector<std::string>{"mei"});
  CHECK(mail->subject ==
        "Slurm Job_id=123 Name=wing Failed, Run time 00:01:05, FAILED, ExitCode 3");
}

TEST_CASE("names of output files where only a directory was given") {
  AttemptId attempt{JobId{12}, 3, 1};
  Launch l = launch(Dialect::pbspro);
  l.server = "srv";
  CHECK(default_output_name(l, attempt, "wing", true) == "12.srv.ER");
  l.array = LaunchArray{3, 1, 3, 1};
  CHECK(default_output_name(l, attempt, "wing", false) == "12[3].srv.OU");
  l.dialect = Dialect::torque;
  CHECK(default_output_name(l, attempt, "wing", false) == "wing.o12-3");
  l.dialect = Dialect::sge;
  CHECK(default_output_name(l, attempt, "wing", true) == "wing.e12.3");
}

}  // namespace pentad::dialect
