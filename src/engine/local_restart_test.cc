// What crashes leave behind and what becomes of it: the daemon, a supervisor, or both die between
// any two steps of the protocol.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "engine/attempts_dir.h"
#include "engine/launch_order.h"
#include "engine/local_fixture.h"
#include "engine/protocol.h"
#include "engine/supervisor_process.h"

extern char** environ;

namespace pentad::engine {

namespace {

// Says in a file of its own that it has run: one line each time.
TestJob counting_job(int64_t id, const std::string& dir, const std::string& more = "") {
  return TestJob::shell(id, fmt::format("echo ran >> {}/{}; {}", dir, id, more));
}

int64_t times_run(const std::string& dir, int64_t id) {
  const std::string text = read_file(fmt::format("{}/{}", dir, id));
  return std::count(text.begin(), text.end(), '\n');
}

pid_t sleeping_process() {
  char name[] = "sleep";
  char time[] = "1000";
  char* argv[] = {name, time, nullptr};
  pid_t pid = 0;
  REQUIRE(posix_spawnp(&pid, name, nullptr, nullptr, argv, environ) == 0);
  return pid;
}

// A daemon that is about to die: does single steps of what LocalEngine does.
struct DyingDaemon {
  explicit DyingDaemon(LocalFixture& local)
      : config(local.config()), dir(*AttemptsDir::open(local.home())), maker(config) {}

  void order(const TestJob& job) {
    REQUIRE(dir.create(job.id(), order_record(*maker.make(job.order, ""))).value());
  }
  SupervisorProcess supervisor() { return *spawn_supervisor(config.supervisor_path, dir.fd(), {}); }

  const LocalConfig& config;
  AttemptsDir dir;
  OrderMaker maker;
};

void wait_for_exit(const SupervisorProcess& process) {
  siginfo_t info;
  // An engine that took it over may have buried it.
  const bool ended = waitid(P_PIDFD, static_cast<id_t>(process.pidfd.get()), &info, WEXITED) == 0;
  CHECK((ended || errno == ECHILD));
}

Descriptor claim_file(const std::string& path) {
  Descriptor file(open(path.c_str(), O_RDWR | O_CLOEXEC));
  REQUIRE(file);
  REQUIRE(flock(file.get(), LOCK_EX | LOCK_NB) == 0);
  return file;
}

ReplyHead hear(const SupervisorProcess& process) {
  ReplyHead head;
  char buffer[kMaxReply];
  const ssize_t n = recv(process.socket.get(), buffer, sizeof buffer, 0);
  REQUIRE(n >= static_cast<ssize_t>(sizeof head));
  std::memcpy(static_cast<void*>(&head), buffer, sizeof head);
  return head;
}

}  // namespace

TEST_CASE("attempts run on while no daemon is there, and are collected once") {
  for (const GroupMode mode : group_modes()) {
    CAPTURE(static_cast<int>(mode));
    LocalFixture local(mode);
    ScratchDir dir;
    const TestJob ends_away = counting_job(1, dir.path(), "sleep 0.2; exit 5");
    const TestJob runs_on = counting_job(2, dir.path(), "while ! test -e go; do sleep 0.02; done");
    const TestJob stopped = counting_job(3, dir.path(), "sleep 1000");
    for (const TestJob* job : {&ends_away, &runs_on, &stopped}) local.start(*job);
    for (const TestJob* job : {&ends_away, &runs_on, &stopped}) {
      REQUIRE(local.wait_started(job->id()));
    }
    local.close();
    CHECK(eventually([&] {
      return read_file(local.home() + "/attempts/1_0.1").find("\nended ") != std::string::npos;
    }));
    local.open();
    for (const TestJob* job : {&ends_away, &runs_on, &stopped}) local.start(*job);
    local.engine().adopt(runs_on.order.start);
    CHECK(local.wait_end(ends_away.id()).exit_code == 5);
    local.engine().stop(stopped.id(), StopHow::cancel);
    CHECK(local.wait_end(stopped.id()).kind == EndKind::stopped);
    CHECK(local.ends_heard(runs_on.id()) == 0);
    write_file(local.home() + "/jobs/2/go", "");
    CHECK(local.wait_end(runs_on.id()).kind == EndKind::exited);
    for (int64_t id = 1; id <= 3; ++id) CHECK(times_run(dir.path(), id) == 1);
    CHECK(eventually([&] { return local.control_files() == 0; }));
  }
}

TEST_CASE("an end is reported again until it is forgotten, and then no more") {
  LocalFixture local;
  const TestJob job = TestJob::shell(1, "exit 2");
  local.start(job);
  CHECK(local.wait_end(job.id(), false).exit_code == 2);
  local.close();
  local.open();
  REQUIRE(eventually([&] { return local.ends_heard(job.id()) == 2; }));
  local.start(job);  // the core is not sure that it was started
  REQUIRE(eventually([&] { return local.ends_heard(job.id()) == 3; }));
  local.engine().forget(job.id());
  CHECK(eventually([&] { return local.control_files() == 0; }));
  local.close();
  local.open();
  local.run(TestJob::shell(2, ""));
  CHECK(local.ends_heard(job.id()) == 3);
}

TEST_CASE("an attempt of which nothing is known is reported lost") {
  LocalFixture local;
  const TestJob job = TestJob::shell(1, "");
  local.engine().adopt(job.order.start);
  const AttemptEnd end = local.wait_end(job.id());
  CHECK(end.kind == EndKind::lost);
  CHECK(!end.message.empty());
  // To stop one is nothing to report.
  local.engine().stop({JobId{77}, 0, 1}, StopHow::cancel);
  local.run(TestJob::shell(2, ""));
  CHECK(local.ends_heard({JobId{77}, 0, 1}) == 0);
}

TEST_CASE("a killed supervisor takes its job along and is reported") {
  for (const GroupMode mode : group_modes()) {
    for (const bool daemon_away : {false, true}) {
      CAPTURE(static_cast<int>(mode));
      CAPTURE(daemon_away);
      LocalFixture local(mode);
      const std::string word = fmt::format("pentad-lost-{}-{}", getpid(), daemon_away);
      const TestJob job = TestJob::shell(
          1, "setsid sh -c 'trap \"\" TERM HUP; echo up; sleep 1000; :' " + word + " & sleep 1000");
      local.start(job);
      REQUIRE(eventually([&] { return local.output(job) == "up\n"; }));
      const pid_t supervisor = local.supervisor_of(job.id());
      REQUIRE(supervisor > 1);
      if (daemon_away) local.close();
      kill(supervisor, SIGKILL);
      if (daemon_away) local.open();
      const AttemptEnd end = local.wait_end(job.id());
      CHECK(end.kind == EndKind::lost);
      CHECK(end.message.find("supervisor was killed") != std::string::npos);
      CHECK(!process_with(word));
      CHECK(local.run(TestJob::shell(2, "exit 6")).exit_code == 6);
    }
  }
}

TEST_CASE("the daemon dies while it writes an order") {
  LocalFixture local;
  ScratchDir dir;
  const TestJob job = counting_job(1, dir.path());
  std::string record;
  {
    local.close();
    DyingDaemon daemon(local);
    record = order_record(*daemon.maker.make(job.order, ""));
  }
  for (const size_t size : {size_t{0}, size_t{10}, record.size() / 2, record.size() - 1}) {
    write_file(local.home() + "/attempts/1_0.1", record.substr(0, size));
    local.open();
    local.close();
    CHECK(local.control_files() == 0);
  }
  local.open();
  CHECK(local.run(job).kind == EndKind::exited);
  CHECK(times_run(dir.path(), 1) == 1);
}

TEST_CASE("the daemon dies before any supervisor has heard of the order") {
  LocalFixture local;
  ScratchDir dir;
  const TestJob job = counting_job(1, dir.path());
  local.close();
  DyingDaemon(local).order(job);
  local.open();
  CHECK(local.run(job).kind == EndKind::exited);
  CHECK(times_run(dir.path(), 1) == 1);
}

TEST_CASE("the daemon dies when the supervisor has the order but has not begun") {
  LocalFixture local;
  ScratchDir dir;
  for (int64_t id = 1; id <= 10; ++id) {
    const TestJob job = counting_job(id, dir.path());
    SupervisorProcess late;
    local.close();
    {
      DyingDaemon daemon(local);
      daemon.order(job);
      late = daemon.supervisor();
      kill(late.pid, SIGSTOP);
      REQUIRE(send_order(late, 1, control_name(job.id())));
      if (id % 2 == 0) kill(late.pid, SIGCONT);  // a race, every time another one
    }
    late.socket.reset();
    local.open();
    local.start(job);
    if (id % 3 == 0) kill(late.pid, SIGCONT);
    CHECK(local.wait_end(job.id()).kind == EndKind::exited);
    kill(late.pid, SIGCONT);
    wait_for_exit(late);
    CHECK(times_run(dir.path(), id) == 1);
  }
}

TEST_CASE("the next daemon does not take a supervisor that has yet to begin for a leftover") {
  LocalFixture local;
  local.close();
  local.config().idle_supervisors = 1;
  local.open();
  ScratchDir dir;
  const TestJob first = counting_job(1, dir.path(), "sleep 0.05");
  local.start(first);
  REQUIRE(local.wait_started(first.id()));
  const pid_t supervisor = local.supervisor_of(first.id());
  REQUIRE(supervisor > 0);
  CHECK(local.wait_end(first.id()).kind == EndKind::exited);
  kill(supervisor, SIGSTOP);
  local.start(counting_job(2, dir.path()));
  CHECK(eventually([&] { return exists(local.home() + "/attempts/2_0.1"); }));
  local.close();
  local.open();
  CHECK(local.run(counting_job(3, dir.path())).kind == EndKind::exited);
  kill(supervisor, SIGCONT);
  int status = 0;
  REQUIRE(waitpid(supervisor, &status, 0) == supervisor);
  CHECK(WIFEXITED(status));  // by itself: its daemon is gone, and the order is void
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(times_run(dir.path(), 2) == 0);
}

TEST_CASE("of two supervisors with the same order one runs it") {
  LocalFixture local;
  ScratchDir dir;
  local.close();
  DyingDaemon daemon(local);
  for (int64_t id = 1; id <= 20; ++id) {
    const TestJob job = counting_job(id, dir.path());
    daemon.order(job);
    const SupervisorProcess one = daemon.supervisor();
    const SupervisorProcess two = daemon.supervisor();
    REQUIRE(send_order(one, 1, control_name(job.id())));
    REQUIRE(send_order(two, 1, control_name(job.id())));
    int refused = 0;
    int ended = 0;
    for (const SupervisorProcess* process : {&one, &two}) {
      ReplyHead head = hear(*process);
      if (head.kind == ReplyKind::started) head = hear(*process);
      refused += head.kind == ReplyKind::refused;
      ended += head.kind == ReplyKind::ended;
    }
    CHECK(refused == 1);
    CHECK(ended == 1);
    CHECK(times_run(dir.path(), id) == 1);
    for (pid_t pid : {one.pid, two.pid}) kill(pid, SIGKILL);
    wait_for_exit(one);
    wait_for_exit(two);
  }
}

TEST_CASE("who has the control file of an attempt for a moment may let go of it again") {
  LocalFixture local;
  ScratchDir dir;
  const TestJob job = counting_job(1, dir.path());
  const std::string path = local.home() + "/attempts/1_0.1";
  local.close();
  SUBCASE("it is a supervisor of an earlier daemon") {
    DyingDaemon(local).order(job);
    Descriptor claim = claim_file(path);
    local.open();
    SUBCASE("and the core wants the attempt") {
      local.start(job);
      claim.reset();
      CHECK(local.wait_end(job.id()).kind == EndKind::exited);
      CHECK(times_run(dir.path(), 1) == 1);
    }
    SUBCASE("and the core believes that it runs") {
      local.engine().adopt(job.order.start);
      claim.reset();
      CHECK(local.wait_end(job.id()).kind == EndKind::lost);
    }
    SUBCASE("and the core wants it only later") {
      claim.reset();
      CHECK(eventually([&] { return local.control_files() == 0; }));
      CHECK(local.run(job).kind == EndKind::exited);
      CHECK(times_run(dir.path(), 1) == 1);
    }
  }
  SUBCASE("it had opened the file when that was another attempt's") {
    const std::string spare = local.home() + "/attempts/spare.1";
    write_file(spare, "");
    Descriptor claim = claim_file(spare);
    local.open();
    local.start(job);
    CHECK(eventually([&] { return exists(path); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // our supervisor may be refused
    claim.reset();
    CHECK(local.wait_end(job.id()).kind == EndKind::exited);
    CHECK(times_run(dir.path(), 1) == 1);
  }
}

TEST_CASE("a supervisor dies between its started record and the job") {
  LocalFixture local;
  ScratchDir dir;
  const TestJob job = counting_job(1, dir.path());
  local.close();
  DyingDaemon(local).order(job);
  const std::string path = local.home() + "/attempts/1_0.1";
  const std::string order = read_file(path);
  // The process that now has the number it notes is somebody else's.
  const pid_t innocent = sleeping_process();
  const std::string body = fmt::format("attempt 1_0.1\npid {}\nstart_ticks 1\n", innocent);
  char head[kMaxHead];
  const size_t size = write_head(kStartedRecord, body, head);
  const std::string started = std::string(head, size) + body;
  SUBCASE("a whole record: the job may have begun") {
    write_file(path, order + started);
    local.open();
    local.start(job);
    CHECK(local.wait_end(job.id()).kind == EndKind::lost);
    CHECK(times_run(dir.path(), 1) == 0);
  }
  SUBCASE("half a record: it cannot have begun, so it is begun now") {
    write_file(path, order + started.substr(0, started.size() - 3));
    local.open();
    local.start(job);
    CHECK(local.wait_end(job.id()).kind == EndKind::exited);
    CHECK(times_run(dir.path(), 1) == 1);
  }
  CHECK(waitpid(innocent, nullptr, WNOHANG) == 0);  // still alive
  kill(innocent, SIGKILL);
  waitpid(innocent, nullptr, 0);
}

TEST_CASE("a supervisor that cannot begin is replaced, and given up when that does not help") {
  LocalFixture local;
  local.close();
  const std::string real = local.config().supervisor_path + ".real";
  std::filesystem::rename(local.config().supervisor_path, real);
  // Fails twice, then works.
  write_file(local.config().supervisor_path,
             fmt::format("#!/bin/sh\necho x >> {0}.count\n"
                         "test $(wc -l < {0}.count) -le 2 && exit 66\nexec {0} \"$@\"\n",
                         real));
  std::filesystem::permissions(local.config().supervisor_path, std::filesystem::perms(0755));
  local.config().idle_supervisors = 0;
  local.open();
  CHECK(local.run(TestJob::shell(1, "exit 3")).exit_code == 3);
  local.close();
  write_file(local.config().supervisor_path, "#!/bin/sh\nexit 66\n");
  local.open();
  const AttemptEnd end = local.run(TestJob::shell(2, ""));
  CHECK(end.kind == EndKind::not_started);
  CHECK(end.message.find("with exit code 66") != std::string::npos);
}

TEST_CASE("two engines never share a home") {
  LocalFixture local;
  const auto second = LocalEngine::open(local.config(), [](std::vector<Report>) {});
  REQUIRE(!second.has_value());
  CHECK(second.error().code == ErrorCode::unavailable);
}

TEST_CASE("an engine without supervisor program or home says so") {
  LocalFixture local;
  local.close();
  LocalConfig config = local.config();
  config.supervisor_path = "/no/such/file";
  CHECK(LocalEngine::open(config, [](std::vector<Report>) {}).error().code == ErrorCode::not_found);
  config = local.config();
  config.home = "/proc/pentad";
  CHECK(!LocalEngine::open(config, [](std::vector<Report>) {}).has_value());
}

}  // namespace pentad::engine
