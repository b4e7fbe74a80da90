// Jobs of other schedulers: their shells, files, signals and what follows their end, with real
// supervisors and processes.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/local_fixture.h"

namespace pentad::engine {

namespace {

struct ForeignFixture : LocalFixture {
  ForeignFixture() {
    close();
    config().epilogue_path = PENTAD_EPILOGUE;
    config().shims = home() + "/shims";
    open();
  }
};

TestJob script(int64_t id, Dialect dialect, const std::string& text) {
  return TestJob::command(id, {}).with([&](Payload& payload) {
    payload.script = text;
    payload.launch.emplace();
    payload.launch->dialect = dialect;
    payload.launch->submit_host = "login";
  });
}

}  // namespace

TEST_CASE("a script of Grid Engine is read by its queue's shell, whatever its first line says") {
  ForeignFixture local;
  TestJob job = script(1, Dialect::sge, "#!/usr/bin/python3\necho $0 $JOB_ID $NSLOTS $1\n");
  job.with([](Payload& payload) {
    payload.script_args = {"a b"};
    payload.launch->ignores_interpreter = true;
  });
  CHECK(local.run(job).exit_code == 0);
  CHECK(local.output(job) == fmt::format("{}/jobs/1/script 1 1 a b\n", local.home()));
}

TEST_CASE("a login shell knows that it is one") {
  ForeignFixture local;
  TestJob bash = script(1, Dialect::sge, "shopt -q login_shell && echo login\n");
  bash.with([](Payload& payload) {
    payload.launch->shell = {"/bin/bash"};
    payload.launch->ignores_interpreter = payload.launch->login_shell = true;
  });
  CHECK(local.run(bash).exit_code == 0);
  CHECK(local.output(bash) == "login\n");
  TestJob pbs = script(2, Dialect::pbspro, "#!/usr/bin/python3\nprint('it is')\n");
  pbs.with([](Payload& payload) {
    payload.launch->shell = {"bash"};
    payload.launch->login_shell = true;
  });
  CHECK(local.run(pbs).exit_code == 0);
  CHECK(local.output(pbs) == "it is\n");
}

TEST_CASE("a directory for temporary files lives as long as the job") {
  ForeignFixture local;
  const int64_t id = 700'000'000 + getpid();
  TestJob job = script(id, Dialect::sge,
                       "mkdir -p $TMPDIR/a/b; echo x > $TMPDIR/a/b/c; chmod 0 $TMPDIR/a\n"
                       "stat -c %a $TMPDIR; echo $TMPDIR\n");
  CHECK(local.run(job).exit_code == 0);
  const std::string path = fmt::format("/tmp/{}.1.all.q", id);
  CHECK(local.output(job) == "700\n" + path + "\n");
  CHECK_FALSE(exists(path));
  // Something else of that name: another place is found, and the thing is left alone.
  const std::string taken = fmt::format("/tmp/{}.1.all.q", id + 1);
  write_file(taken, "mine");
  TestJob again = script(id + 1, Dialect::sge, "test -d $TMPDIR && echo ${TMPDIR##*/}\n");
  CHECK(local.run(again).exit_code == 0);
  CHECK(local.output(again) == "0.1.tmp\n");
  CHECK(read_file(taken) == "mine");
  unlink(taken.c_str());
}

TEST_CASE("output of PBS comes to its place at the end") {
  ForeignFixture local;
  ScratchDir out;
  TestJob job =
      script(1, Dialect::pbspro,
             fmt::format("echo one; echo two >&2; ls {} | wc -l; cat $PBS_NODEFILE\n", out.path()));
  job.with([&](Payload& payload) {
    payload.launch->delivers_at_end = true;
    payload.stdout_path = out.path();  // a directory
    payload.stderr_path = out / "err";
    payload.umask = 077;
  });
  const AttemptEnd end = local.run(job);
  CHECK(end.exit_code == 0);
  CHECK(end.message.empty());
  CHECK(read_file(out / "1.OU") == "one\n0\nhere\n");
  CHECK(read_file(out / "err") == "two\n");
  struct stat info {};
  CHECK(stat((out / "err").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK_FALSE(exists(local.home() + "/jobs/1/0.1.OU"));
  TestJob lost = script(2, Dialect::pbspro, "echo kept; exit 3\n").with([&](Payload& payload) {
    payload.launch->delivers_at_end = true;
    payload.stdout_path = out / "no/such/file";
  });
  const AttemptEnd undelivered = local.run(lost);
  CHECK(undelivered.exit_code == 3);
  CHECK(undelivered.message ==
        fmt::format("the output cannot be put into {}/no/such/file: No such file or directory; it "
                    "is in {}/jobs/2/0.1.OU",
                    out.path(), local.home()));
  CHECK(read_file(local.home() + "/jobs/2/0.1.OU") == "kept\n");
}

TEST_CASE("LSF's report stands behind the output") {
  ForeignFixture local;
  ScratchDir out;
  TestJob job = script(1, Dialect::lsf, "echo hello from $LSB_JOBID; exit 3\n");
  job.with([&](Payload& payload) {
    payload.launch->report = LaunchReport::output_file;
    payload.stdout_path = out / "%j.out";
    payload.append_output = true;
  });
  write_file(out / "1.out", "before\n");
  CHECK(local.run(job).exit_code == 3);
  const std::string text = read_file(out / "1.out");
  CHECK(text.starts_with("before\nhello from 1\n\n----"));
  CHECK(text.find("Subject: Job 1: <test> in cluster <pentad> Exited") != text.npos);
  CHECK(text.find("Exited with exit code 3.") != text.npos);
}

TEST_CASE("at its limit a job gets its dialect's signals in turn") {
  ForeignFixture local;
  TestJob lsf =
      script(1, Dialect::lsf, "trap 'echo usr2; exit 4' USR2\nwhile true; do sleep 0.05; done\n");
  lsf.order.start.limit = Duration{300};
  AttemptEnd end = local.run(lsf);
  CHECK(end.kind == EndKind::timeout);
  CHECK(end.exit_code == 4);
  CHECK(local.output(lsf).ends_with("usr2\n"));  // the sleep it waits for dies of it
  // Grid Engine kills at once.
  TestJob sge = script(2, Dialect::sge, "trap 'echo term' TERM\nwhile true; do sleep 0.05; done\n");
  sge.order.start.limit = Duration{300};
  end = local.run(sge);
  CHECK(end.kind == EndKind::timeout);
  CHECK(end.signal == SIGKILL);
  CHECK(local.output(sge).empty());
}

TEST_CASE("a warning for the script alone spares its children, Grid Engine's spares nobody") {
  ForeignFixture local;
  TestJob slurm = script(1, Dialect::slurm,
                         "#!/bin/sh\n(trap 'echo child' USR1; while true; do sleep 0.05; done) &\n"
                         "trap 'echo script; exit 0' USR1\nwhile true; do sleep 0.05; done\n");
  slurm.with([](Payload& payload) { payload.launch->warns_script_only = true; });
  slurm.order.start.limit = seconds(20);
  slurm.order.start.warning = WarningRequest{SIGUSR1, Duration{19'500}};
  CHECK(local.run(slurm).exit_code == 0);
  CHECK(local.output(slurm) == "script\n");
  TestJob sge = script(2, Dialect::sge, "exec sleep 20\n");
  sge.order.start.limit = seconds(20);
  sge.order.start.warning = WarningRequest{SIGUSR1, Duration{19'500}};
  const AttemptEnd end = local.run(sge);
  CHECK(end.kind == EndKind::signalled);
  CHECK(end.signal == SIGUSR1);
}

TEST_CASE("elements of a Slurm array write files of their own numbers") {
  ForeignFixture local;
  ScratchDir out;
  TestJob job = script(12, Dialect::slurm, "#!/bin/sh\necho $SLURM_JOB_ID $SLURM_ARRAY_TASK_ID\n");
  job.order.start.attempt.index = 7;
  job.with([&](Payload& payload) {
    payload.launch->array = LaunchArray{10, 0, 9, 1};
    payload.stdout_path = out / "%4j_%3a-%i.out";
  });
  CHECK(local.run(job).exit_code == 0);
  CHECK(read_file(out / "0012_007-120000007.out") == "120000007 7\n");
}

}  // namespace pentad::engine
