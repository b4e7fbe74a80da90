// How attempts end: by themselves with leftovers, at limits, on request, for want of memory.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/local_fixture.h"

namespace pentad::engine {

namespace {

// A string that no other process has among its arguments.
std::string unique_word(const char* purpose) {
  static int count = 0;
  return fmt::format("pentad-{}-{}-{}", purpose, getpid(), ++count);
}

// Leaves its session, forks twice and closes everything, as daemons do; `word` is an argument of
// it.
std::string daemon_script(const std::string& word) {
  return "import os, sys, time\n"
         "if os.fork() == 0:\n"
         "    os.setsid()\n"
         "    if os.fork() == 0:\n"
         "        os.environ.clear()\n"
         "        os.execve('/bin/sh', ['sh', '-c', 'trap \"\" TERM HUP; sleep 1000; sleep 1000', "
         "'" +
         word +
         "'], {})\n"
         "    os._exit(0)\n"
         "os.wait()\n";
}

}  // namespace

TEST_CASE("nothing a job starts outlives it, double forks and sessions included") {
  for (const GroupMode mode : group_modes()) {
    CAPTURE(static_cast<int>(mode));
    LocalFixture local(mode);
    const std::string word = unique_word("daemon");
    const TestJob job = TestJob::command(1, {"/usr/bin/python3", "-c", daemon_script(word)});
    const AttemptEnd end = local.run(job);
    CHECK(end.kind == EndKind::exited);
    CHECK(end.exit_code == 0);
    CHECK(!process_with(word));  // gone when the end is reported, not some time later
  }
}

TEST_CASE("a job at its limit is asked to end, then killed") {
  for (const GroupMode mode : group_modes()) {
    CAPTURE(static_cast<int>(mode));
    LocalFixture local(mode);
    TestJob polite = TestJob::shell(1, "trap 'echo bye; exit 3' TERM; sleep 100 & wait");
    polite.order.start.limit = Duration{200};
    AttemptEnd end = local.run(polite);
    CHECK(end.kind == EndKind::timeout);
    CHECK(end.exit_code == 3);
    CHECK(local.output(polite) == "bye\n");
    TestJob stubborn =
        TestJob::shell(2, "trap 'echo no' TERM; while :; do sleep 0.01; done 2> /dev/null");
    stubborn.order.start.limit = Duration{200};
    end = local.run(stubborn);
    CHECK(end.kind == EndKind::timeout);
    CHECK(end.signal == SIGKILL);
    CHECK(local.output(stubborn) == "no\n");
    CHECK(end.ended_at - end.started_at >= Duration{500});
  }
}

TEST_CASE("a stopped process is ended too") {
  LocalFixture local;
  TestJob job = TestJob::shell(1, "trap 'exit 4' TERM; kill -STOP $$; sleep 100");
  job.order.start.limit = Duration{200};
  const AttemptEnd end = local.run(job);
  CHECK(end.kind == EndKind::timeout);
  CHECK(end.exit_code == 4);
}

TEST_CASE("the warning reaches those who listen and spares the others") {
  for (const GroupMode mode : group_modes()) {
    LocalFixture local(mode);
    TestJob job = TestJob::shell(1, "trap 'echo warned; exit 0' USR1; sleep 100 & wait");
    job.order.start.limit = seconds(100);
    job.order.start.warning = WarningRequest{SIGUSR1, Duration{99'800}};
    AttemptEnd end = local.run(job);
    CHECK(end.kind == EndKind::exited);
    CHECK(end.exit_code == 0);
    CHECK(local.output(job) == "warned\n");
    // No handler anywhere: it lives on and ends in its own time.
    TestJob deaf = TestJob::shell(2, "sleep 0.5; echo done");
    deaf.order.start.limit = seconds(100);
    deaf.order.start.warning = WarningRequest{SIGUSR1, Duration{99'800}};
    end = local.run(deaf);
    CHECK(end.exit_code == 0);
    CHECK(local.output(deaf) == "done\n");
  }
}

TEST_CASE("a job can be cancelled, gently first") {
  for (const GroupMode mode : group_modes()) {
    CAPTURE(static_cast<int>(mode));
    LocalFixture local(mode);
    const std::string word = unique_word("cancel");
    const TestJob job = TestJob::shell(
        1, "trap 'echo saved; exit 0' TERM; sh -c 'sleep 100; :' " + word + " & echo up; wait");
    local.start(job);
    REQUIRE(local.wait_started(job.id()));
    REQUIRE(eventually([&] { return local.output(job) == "up\n"; }));
    local.engine().stop(job.id(), StopHow::cancel);
    local.engine().stop(job.id(), StopHow::cancel);
    const AttemptEnd end = local.wait_end(job.id());
    CHECK(end.kind == EndKind::stopped);
    CHECK(end.exit_code == 0);
    CHECK(local.output(job) == "up\nsaved\n");
    CHECK(!process_with(word));
  }
}

TEST_CASE("the core's own limit counts as timeout, a lost node is not asked politely") {
  LocalFixture local;
  const TestJob late = TestJob::shell(1, "sleep 100");
  local.start(late);
  REQUIRE(local.wait_started(late.id()));
  local.engine().stop(late.id(), StopHow::limit);
  CHECK(local.wait_end(late.id()).kind == EndKind::timeout);
  const TestJob lost = TestJob::shell(2, "trap '' TERM; echo up; while :; do sleep 0.01; done");
  local.start(lost);
  REQUIRE(eventually([&] { return local.output(lost) == "up\n"; }));
  local.engine().stop(lost.id(), StopHow::unknown_attempt);
  const AttemptEnd end = local.wait_end(lost.id());
  CHECK(end.kind == EndKind::stopped);
  CHECK(end.signal == SIGKILL);
}

TEST_CASE("a stop that follows the start at once is obeyed") {
  LocalFixture local;
  for (int64_t id = 1; id <= 20; ++id) {
    const TestJob job = TestJob::shell(id, "sleep 100");
    local.start(job);
    local.engine().stop(job.id(), StopHow::cancel);
  }
  for (int64_t id = 1; id <= 20; ++id) {
    CHECK(local.wait_end({JobId{id}, 0, 1}).kind == EndKind::stopped);
  }
}

TEST_CASE("a stop for an attempt that has ended does not hit the next one") {
  LocalFixture local;
  local.close();
  local.config().idle_supervisors = 1;
  local.open();
  for (int64_t id = 1; id <= 60; ++id) {
    const TestJob job = TestJob::command(id, {"/bin/true"});
    local.start(job);
    if (id > 1) local.engine().stop({JobId{id - 1}, 0, 1}, StopHow::cancel);
    CHECK(local.wait_end(job.id(), false).kind == EndKind::exited);
    local.engine().stop(job.id(), StopHow::cancel);
  }
}

TEST_CASE("want of memory is told apart from failure") {
  for (const GroupMode mode : group_modes()) {
    CAPTURE(static_cast<int>(mode));
    LocalFixture local(mode);
    TestJob greedy = TestJob::command(
        1, {"/usr/bin/python3", "-c",
            "import time\nx = []\nwhile True: x.append(bytearray(4 << 20)); time.sleep(0.01)"});
    greedy.order.start.placement.memory = mebibytes(64);
    AttemptEnd end = local.run(greedy);
    CHECK(end.kind == EndKind::out_of_memory);
    CHECK(end.message.find("64 MiB") != std::string::npos);
    CHECK(end.usage.peak_memory >= mebibytes(40));
    // A child that is killed for memory makes the job fail for memory.
    TestJob parent = TestJob::shell(2,
                                    "python3 -c 'import time\nx = []\nwhile True: "
                                    "x.append(bytearray(4 << 20)); time.sleep(0.01)'; exit 9");
    parent.order.start.placement.memory = mebibytes(64);
    end = local.run(parent);
    CHECK(end.kind == EndKind::out_of_memory);
    TestJob modest = TestJob::shell(3, "exit 1");
    modest.order.start.placement.memory = mebibytes(64);
    CHECK(local.run(modest).kind == EndKind::exited);
  }
}

TEST_CASE("files in shared memory neither pass to the next job nor cripple the supervisor") {
  LocalFixture local;
  const std::string file = "/dev/shm/" + unique_word("shm");
  TestJob filler = TestJob::shell(1, "head -c 200000000 /dev/zero > " + file + "; exit 5");
  filler.order.start.placement.memory = mebibytes(64);
  const AttemptEnd end = local.run(filler);
  if (!local.engine().notes().empty()) MESSAGE("no memory group: only the report is checked");
  CHECK((end.kind == EndKind::out_of_memory || end.kind == EndKind::exited));
  TestJob next = TestJob::command(2, {"/usr/bin/python3", "-c", "x = bytearray(50 << 20)"});
  next.order.start.placement.memory = mebibytes(64);
  CHECK(local.run(next).exit_code == 0);
  unlink(file.c_str());
}

TEST_CASE("what keeps a job from starting is said in a sentence") {
  LocalFixture local;
  ScratchDir dir;
  write_file(dir / "plain", "#!/bin/sh\nexit 0\n");
  write_file(dir / "bad", "#!/no/such/interpreter\n");
  chmod((dir / "bad").c_str(), 0755);
  int64_t id = 0;
  const auto why = [&](std::vector<std::string> argv, std::function<void(Payload&)> change) {
    const AttemptEnd end = local.run(TestJob::command(++id, std::move(argv)).with(change));
    CHECK(end.kind == EndKind::not_started);
    CHECK(end.started_at.value == 0);
    return end.message;
  };
  const auto nothing = [](Payload&) {};
  CHECK(why({"/bin/true"}, [](Payload& p) { p.workdir = "/no/such/dir"; }) ==
        "cannot enter the working directory /no/such/dir: No such file or directory");
  CHECK(why({"/bin/true"}, [](Payload& p) { p.run_as = "nosuchuser"; }) ==
        "no such user: nosuchuser");
  CHECK(why({dir / "plain"}, nothing) ==
        "cannot run " + (dir / "plain") + ": not executable, or no permission to run it");
  CHECK(why({dir.path()}, nothing) == "cannot run " + dir.path() + ": it is a directory");
  CHECK(why({"no-such-program"}, nothing) == "cannot run no-such-program: no such program in PATH");
  CHECK(why({dir / "bad"}, nothing) ==
        "cannot run " + (dir / "bad") + ": its #! line names a program that does not exist");
  CHECK(why({"/bin/true"}, [&](Payload& p) { p.stdout_path = dir / "no/out"; }) ==
        "cannot open the output file " + (dir / "no/out") + ": No such file or directory");
  CHECK(why({"/bin/true"}, [&](Payload& p) { p.stderr_path = dir.path(); }) ==
        "cannot open the error file " + dir.path() + ": Is a directory");
  CHECK(why({"/bin/true"}, [&](Payload& p) { p.stdin_path = dir / "none"; }) ==
        "cannot open the input file " + (dir / "none") + ": No such file or directory");
  CHECK(why({std::string("/bin/\0true", 10)}, nothing) == "an argument holds a zero byte");
  CHECK(why({"/bin/true"}, [](Payload& p) { p.environment["A=B"] = "c"; }) ==
        "environment variable \"A=B\" cannot be set");
  CHECK(why({}, nothing) == "the job has neither a script nor a command");
  CHECK(why({"/bin/true", std::string(9 << 20, 'x')}, nothing) ==
        "arguments and environment are too large together");
  CHECK(why({"/bin/true", std::string(3 << 20, 'x')}, nothing) ==
        "cannot run /bin/true: arguments and environment are too large together");
  CHECK(eventually([&] { return local.control_files() == 0; }));
  // Nothing of this hurts the next job.
  CHECK(local.run(TestJob::command(++id, {"/bin/true"})).kind == EndKind::exited);
}

TEST_CASE("a named pipe without reader as output is refused, not waited for") {
  LocalFixture local;
  ScratchDir dir;
  REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
  const TestJob job = TestJob::command(1, {"/bin/true"}).with([&](Payload& payload) {
    payload.stdout_path = dir / "pipe";
  });
  CHECK(local.run(job).kind == EndKind::not_started);
}

TEST_CASE("hostile names stay in their place") {
  LocalFixture local;
  ScratchDir dir;
  TestJob job = TestJob::shell(1, "echo \"$PENTAD_JOB_NAME\"").with([&](Payload& payload) {
    payload.workdir = dir.path();
    payload.stdout_path = "%x/../%x.out";
  });
  job.order.start.name = "../../etc/\n\x01passwd";
  job.order.start.user = "..";
  CHECK(local.run(job).kind == EndKind::not_started);  // there is no directory of that name
  TestJob flat = TestJob::shell(2, "echo \"$PENTAD_JOB_NAME\"").with([&](Payload& payload) {
    payload.workdir = dir.path();
    payload.stdout_path = "%u/%x.out";
  });
  flat.order.start.name = "../../\n\x01passwd";
  flat.order.start.user = "..";
  REQUIRE(mkdir((dir / "_.").c_str(), 0755) == 0);
  CHECK(local.run(flat).exit_code == 0);
  CHECK(read_file(dir / "_./_.___passwd.out").empty());
  CHECK(read_file(dir / "_./_._..___passwd.out") == "../../\n\x01passwd\n");
}

}  // namespace pentad::engine
