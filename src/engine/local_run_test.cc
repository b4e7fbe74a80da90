// What a job finds when it runs, and what is reported when it ends by itself.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "engine/cpu_picker.h"
#include "engine/local_fixture.h"

namespace pentad::engine {

TEST_CASE("a job's exit code, times and usage are reported") {
  LocalFixture local;
  const AttemptEnd end =
      local.run(TestJob::shell(1, "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exit 7"));
  CHECK(end.kind == EndKind::exited);
  CHECK(end.exit_code == 7);
  CHECK(end.message.empty());
  CHECK(end.started_at.value > 1'600'000'000'000);
  CHECK(end.ended_at >= end.started_at);
  CHECK((end.usage.cpu_user + end.usage.cpu_system).value > 0);
  CHECK(end.usage.peak_memory.value > 0);
  CHECK(end.usage.read.value > 0);
  CHECK(eventually([&] { return local.control_files() == 0; }));
}

TEST_CASE("a job killed by a signal says so") {
  LocalFixture local;
  const AttemptEnd end = local.run(TestJob::shell(1, "kill -SEGV $$"));
  CHECK(end.kind == EndKind::signalled);
  CHECK(end.signal == SIGSEGV);
}

TEST_CASE("memory and output of a job are counted") {
  LocalFixture local;
  TestJob job = TestJob::command(
      1, {"/usr/bin/python3", "-c", "x = bytearray(60 << 20); print('y' * 300000)"});
  const AttemptEnd end = local.run(job);
  REQUIRE(end.exit_code == 0);
  CHECK(end.usage.peak_memory >= mebibytes(60));
  CHECK(end.usage.peak_memory < mebibytes(200));
  CHECK(end.usage.written.value >= 300000);
  CHECK(end.usage.written.value < 400000);
  // The next one starts counting anew.
  const AttemptEnd next = local.run(TestJob::command(2, {"/bin/true"}));
  CHECK(next.usage.peak_memory < mebibytes(20));
  CHECK(next.usage.written.value == 0);
}

TEST_CASE("scripts run through their #! line, and through sh without one") {
  LocalFixture local;
  TestJob sh = TestJob::shell(1, "").with([](Payload& payload) {
    payload.argv.clear();
    payload.script = "echo \"$1 from $0\"\n";
    payload.script_args = {"hello world"};
  });
  CHECK(local.run(sh).exit_code == 0);
  CHECK(local.output(sh) == fmt::format("hello world from {}/jobs/1/script\n", local.home()));
  TestJob python = TestJob::shell(2, "").with([](Payload& payload) {
    payload.argv.clear();
    payload.script = "#!/usr/bin/python3\nimport sys\nprint(sys.argv[1:])\n";
    payload.script_args = {"a", "b c"};
  });
  CHECK(local.run(python).exit_code == 0);
  CHECK(local.output(python) == "['a', 'b c']\n");
}

TEST_CASE("a program is found in the job's PATH") {
  LocalFixture local;
  ScratchDir bin;
  write_file(bin / "greet", "echo found\n");  // without #!: sh runs it
  chmod((bin / "greet").c_str(), 0755);
  TestJob job = TestJob::command(1, {"greet"}).with([&](Payload& payload) {
    payload.environment["PATH"] = "/nonexistent:" + bin.path() + ":/usr/bin:/bin";
  });
  CHECK(local.run(job).exit_code == 0);
  CHECK(local.output(job) == "found\n");
}

TEST_CASE("environment, directory, umask and standard input are as asked") {
  LocalFixture local;
  ScratchDir dir;
  write_file(dir / "in.txt", "input\n");
  TestJob job = TestJob::shell(
      1,
      "pwd; umask; cat; printf '%s|' \"$COLOUR\" \"$LINES2\" $PENTAD_JOB_ID $PENTAD_CORES; "
      "echo warn >&2; touch made");
  job.with([&](Payload& payload) {
    payload.workdir = dir.path();
    payload.stdin_path = "in.txt";
    payload.stdout_path = "out_%j_%a_%n.txt";
    payload.stderr_path = "err_%x.txt";
    payload.umask = 077;
    payload.environment = {{"COLOUR", "red\\n \\"}, {"LINES2", "a\nb\\nc"}};
  });
  CHECK(local.run(job).exit_code == 0);
  CHECK(read_file(dir / "out_1_0_1.txt") == dir.path() + "\n0077\ninput\nred\\n \\|a\nb\\nc|1|1|");
  CHECK(read_file(dir / "err_test.txt") == "warn\n");
  struct stat info {};
  REQUIRE(stat((dir / "made").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("output is truncated or appended to, error joins output by default") {
  LocalFixture local;
  ScratchDir dir;
  const auto job = [&](int64_t id, bool append) {
    return TestJob::shell(id, "echo out; echo err >&2").with([&](Payload& payload) {
      payload.stdout_path = dir / "log";
      payload.append_output = append;
    });
  };
  local.run(job(1, false));
  local.run(job(2, true));
  CHECK(read_file(dir / "log") == "out\nerr\nout\nerr\n");
  local.run(job(3, false));
  CHECK(read_file(dir / "log") == "out\nerr\n");
}

TEST_CASE("a job has no descriptor but its three, no blocked signal, its own session") {
  LocalFixture local;
  TestJob job =
      TestJob::command(1, {"/usr/bin/python3", "-c",
                           "import os\n"
                           "print(sorted(int(f) for f in os.listdir('/proc/self/fd'))[:3])\n"
                           "print(len(os.listdir('/proc/self/fd')))\n"
                           "s = dict(l.strip().split(':', 1) for l in open('/proc/self/status'))\n"
                           "print(int(s['SigBlk'], 16), os.getsid(0) == os.getpid())\n"
                           "import resource\n"
                           "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 1024)\n"});
  CHECK(local.run(job).exit_code == 0);
  CHECK(local.output(job) == "[0, 1, 2]\n4\n0 True\nTrue\n");  // the fourth is the listing itself
}

TEST_CASE("attempts are bound to cores of their own while there are enough") {
  cpu_set_t usable;
  REQUIRE(sched_getaffinity(0, sizeof usable, &usable) == 0);
  std::vector<int32_t> cpus;
  for (int32_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<size_t>(cpu), &usable)) cpus.push_back(cpu);
  }
  for (const GroupMode mode : {GroupMode::automatic, GroupMode::none}) {
    LocalFixture local(mode);
    local.close();
    for (const int32_t cpu : cpus) local.config().machine.cores.push_back({cpu});
    local.open();
    const auto job = [](int64_t id) {
      return TestJob::shell(id, "grep Cpus_allowed_list /proc/self/status | cut -f2; sleep 0.3");
    };
    for (size_t i = 0; i <= cpus.size(); ++i) local.start(job(static_cast<int64_t>(i) + 1));
    std::vector<std::string> seen;
    for (size_t i = 0; i <= cpus.size(); ++i) {
      local.wait_end(job(static_cast<int64_t>(i) + 1).id());
      seen.push_back(local.output(job(static_cast<int64_t>(i) + 1)));
    }
    for (size_t i = 0; i < cpus.size(); ++i) CHECK(seen[i] == fmt::format("{}\n", cpus[i]));
    // One more than there are cores may use all of them.
    CHECK(seen.back() == format_cpu_list(cpus) + "\n");
  }
}

TEST_CASE("a job sees its devices only") {
  LocalFixture local;
  local.close();
  local.config().machine.devices = {{"CUDA_VISIBLE_DEVICES", "GPU-a"},
                                    {"CUDA_VISIBLE_DEVICES", "GPU-b"},
                                    {"CUDA_VISIBLE_DEVICES", "GPU-c"}};
  local.open();
  TestJob job = TestJob::shell(1, "echo \"[$CUDA_VISIBLE_DEVICES]\"");
  job.order.start.placement.nodes = {{"here", {0, 2}}};
  local.run(job);
  CHECK(local.output(job) == "[GPU-a,GPU-c]\n");
  TestJob none = TestJob::shell(2, "echo \"[${CUDA_VISIBLE_DEVICES-unset}]\"");
  none.order.start.placement.nodes = {{"here", {}}};
  local.run(none);
  CHECK(local.output(none) == "[]\n");
}

TEST_CASE("root can run a job as another user, with the user's rights") {
  if (geteuid() != 0) return;
  LocalFixture local;
  TestJob job =
      TestJob::shell(1, "id -un; id -Gn; cat /etc/shadow; echo $?; echo $HOME; touch mine");
  job.with([](Payload& payload) { payload.run_as = "nobody"; });
  CHECK(local.run(job).exit_code == 0);
  const std::string output = local.output(job);
  CHECK(output.starts_with("nobody\nnogroup\n"));
  CHECK(output.find("Permission denied") != std::string::npos);
  struct stat info {};
  REQUIRE(stat((local.home() + "/jobs/1/mine").c_str(), &info) == 0);
  CHECK(info.st_uid != 0);
}

}  // namespace pentad::engine
