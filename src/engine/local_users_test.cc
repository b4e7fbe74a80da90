// Jobs of several Unix users on one machine. Each case says what one of them tries. With system
// users that every Debian has; nothing is made or changed. Without root there is nothing to try.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "engine/local_fixture.h"
#include "engine/users.h"

namespace pentad::engine {

namespace {

constexpr const char* kAnn = "nobody";
constexpr const char* kBob = "games";

bool has_users() {
  Users users;
  const bool is_root = geteuid() == 0 && users.find(kAnn) && users.find(kBob);
  if (!is_root) std::puts("skipped: needs root and the users nobody and games");
  return is_root;
}

uid_t uid_of(const char* name) { return Users().find(name)->uid; }

TestJob job_of(const char* unix_user, int64_t id, const std::string& commands) {
  TestJob job = TestJob::shell(id, commands);
  job.order.unix_user = unix_user;
  job.order.start.user = fmt::format("person-{}", unix_user);
  return job;
}

// A running job of Ann's that has a secret in its environment, its arguments and a file.
TestJob victim(LocalFixture& local, int64_t id) {
  TestJob job = job_of(kAnn, id, "umask 0; echo words > secret; echo output; exec sleep 300");
  job.with([](Payload& p) { p.environment["SECRET"] = "hidden-words"; });
  local.start(job);
  REQUIRE(local.wait_started(job.id()));
  REQUIRE(eventually([&] { return exists(fmt::format("{}/jobs/{}/secret", local.home(), id)); }));
  return job;
}

std::string tried(LocalFixture& local, int64_t id, const std::string& commands) {
  const TestJob job = job_of(kBob, id, commands);
  const AttemptEnd end = local.run(job);
  CAPTURE(end.message);
  CHECK(end.kind == EndKind::exited);
  return local.output(job);
}

}  // namespace

TEST_CASE("a job runs as the Unix user of its submitter, in a directory of its own") {
  if (!has_users()) return;
  LocalFixture local;
  const TestJob job = job_of(kBob, 1,
                             "id -un; id -Gn; umask; ulimit -Hc; echo $HOME; pwd; stat -c %a .; "
                             "grep -E '^(NoNewPrivs|CapEff|CapPrm|CapAmb):' /proc/self/status; "
                             "ls /proc/self/fd | tr '\\n' ' '; echo; touch mine");
  CHECK(local.run(job).exit_code == 0);
  const Result<User> bob = Users().find(kBob);
  CHECK(local.output(job) == fmt::format("games\ngames\n0022\n0\n{}\n{}/jobs/1\n700\n"
                                         "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
                                         "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\n0 1 2 3 \n",
                                         bob->home, local.home()));
  struct stat info {};
  for (const char* name : {"", "/mine", "/0.1.out"}) {
    REQUIRE(stat((local.home() + "/jobs/1" + name).c_str(), &info) == 0);
    CHECK(info.st_uid == bob->uid);
    CHECK(info.st_gid == bob->gid);
  }
  CHECK((stat((local.home() + "/attempts").c_str(), &info), info.st_mode & 0777) == 0700);
  CHECK((stat((local.home() + "/jobs").c_str(), &info), info.st_mode & 0777) == 0711);
}

TEST_CASE("the script is the user's, and nobody else can read it") {
  if (!has_users()) return;
  LocalFixture local;
  TestJob job = job_of(kBob, 1, "");
  job.with([](Payload& p) {
    p.argv.clear();
    p.script = "#!/bin/sh\nstat -c '%U %a' $0; cat $0 | wc -l\n";
  });
  CHECK(local.run(job).exit_code == 0);
  CHECK(local.output(job) == "games 700\n2\n");
}

// Files, script, output, environment and arguments of another's job; listing whose jobs there are;
// the control files; the sockets and descriptors of the supervisor.
TEST_CASE("a job cannot read another user's job") {
  if (!has_users()) return;
  LocalFixture local;
  const TestJob ann = victim(local, 1);
  const std::string dir = local.home() + "/jobs/1";
  const std::string got = tried(
      local, 2,
      fmt::format("cat {0}/secret {0}/0.1.out {0}/script; ls {0}; ls {1}/jobs; ls {1}/attempts; "
                  "cat {1}/attempts/*; cp -r {0} /dev/null; ln {0}/secret mine; "
                  "for p in $(ls /proc | grep '^[0-9]'); do "
                  "cat /proc/$p/environ /proc/$p/mem 2>/dev/null | tr '\\0' '\\n' | "
                  "grep -a '^SECRET=' && echo FOUND; "
                  "ls -l /proc/$p/fd 2>/dev/null | grep -v games | grep jobs/1 && echo FOUND; done",
                  dir, local.home()));
  CHECK(got.find("words") == std::string::npos);
  CHECK(got.find("FOUND") == std::string::npos);
  CHECK(got.find("Permission denied") != std::string::npos);
  local.engine().stop(ann.id(), StopHow::cancel);
  local.wait_end(ann.id());
}

// Signals, ptrace, priorities, and the supervisor that holds the job.
TEST_CASE("a job cannot touch another user's processes or its own supervisor") {
  if (!has_users()) return;
  LocalFixture local;
  const TestJob ann = victim(local, 1);
  const pid_t supervisor = local.supervisor_of(ann.id());
  REQUIRE(supervisor > 0);
  const std::string got =
      tried(local, 2,
            fmt::format(
                "for p in {0} $PPID $(pgrep -u nobody sleep); do "
                "kill -9 $p && echo KILLED; kill -STOP $p && echo STOPPED; "
                "renice -n 19 -p $p && echo RENICED; "
                "dd if=/proc/$p/mem of=/dev/null bs=1 count=1 2>&1 | grep -q copied && echo READ; "
                "echo 0 > /proc/$p/oom_score_adj && echo ADJUSTED; done; "
                "kill -9 -1; echo none",
                supervisor));
  for (const char* word : {"KILLED", "STOPPED", "RENICED", "READ", "ADJUSTED"}) {
    CHECK_MESSAGE(got.find(word) == std::string::npos, got);
  }
  CHECK(local.ends_heard(ann.id()) == 0);
  CHECK(local.supervisor_of(ann.id()) == supervisor);
  local.engine().stop(ann.id(), StopHow::cancel);
  CHECK(local.wait_end(ann.id()).kind == EndKind::stopped);
}

// sudo, su, ping, a set-user-ID copy of a shell of its own.
TEST_CASE("set-user-ID programs give a job nothing") {
  if (!has_users()) return;
  LocalFixture local;
  const std::string shell = local.home() + "/id";
  std::filesystem::copy_file("/usr/bin/id", shell);
  REQUIRE(chmod(shell.c_str(), 04755) == 0);
  CHECK(tried(local, 1, shell + " -u") == fmt::format("{}\n", uid_of(kBob)));
  CHECK(tried(local, 2, "chmod 4755 /usr/bin/id /bin/sh; chown root . && echo CHANGED")
            .find("CHANGED") == std::string::npos);
}

// Output that is a link to what only root may write, and a directory that belongs to another user.
TEST_CASE("output goes where the user may write, not where root may") {
  if (!has_users()) return;
  LocalFixture local;
  ScratchDir dir;
  write_file(dir / "precious", "as it was");
  chmod((dir / "precious").c_str(), 0600);
  ScratchDir closed;
  chmod(closed.path().c_str(), 0700);
  ScratchDir open;
  chmod(open.path().c_str(), 01777);
  REQUIRE(symlink((dir / "precious").c_str(), (open / "link").c_str()) == 0);
  int64_t id = 0;
  const auto end_of = [&](const std::string& out) {
    TestJob job = job_of(kBob, ++id, "echo taken").with([&](Payload& p) { p.stdout_path = out; });
    return local.run(job);
  };
  for (const std::string& out :
       {dir / "precious", dir / "new", open / "link", std::string("/etc/pentad-was-here")}) {
    const AttemptEnd end = end_of(out);
    CHECK(end.kind == EndKind::not_started);
    CHECK(end.message.find("ermission denied") != std::string::npos);
  }
  CHECK(read_file(dir / "precious") == "as it was");
  CHECK_FALSE(exists("/etc/pentad-was-here"));
  // Input, working directory and the job's own directory as links likewise.
  TestJob in = job_of(kBob, ++id, "cat").with([&](Payload& p) { p.stdin_path = dir / "precious"; });
  CHECK(local.run(in).kind == EndKind::not_started);
  TestJob at = job_of(kBob, ++id, "pwd").with([&](Payload& p) { p.workdir = closed.path(); });
  CHECK(local.run(at).kind == EndKind::not_started);
}

// The first attempt leaves traps where the daemon writes when the second one starts.
TEST_CASE("what a job leaves in its directory leads the daemon nowhere") {
  if (!has_users()) return;
  LocalFixture local;
  ScratchDir dir;
  write_file(dir / "precious", "as it was");
  TestJob job = job_of(kBob, 1, "");
  job.with([](Payload& p) {
    p.argv.clear();
    p.script = "#!/bin/sh\nrm -f script script.new; ln -s " + std::string("/etc/passwd") +
               " script.new; echo first\n";
  });
  CHECK(local.run(job).exit_code == 0);
  local.close();
  local.open();  // a daemon that has not prepared this job
  job.order.start.attempt.number = 2;
  CHECK(local.run(job).exit_code == 0);
  CHECK(read_file("/etc/passwd").starts_with("root:"));
  struct stat info {};
  REQUIRE(lstat((local.home() + "/jobs/1/script.new").c_str(), &info) == 0);
  CHECK(info.st_uid == uid_of(kBob));
  // Somebody else's job may not move in.
  TestJob other = job_of(kAnn, 1, "cat script");
  other.order.start.attempt.number = 3;
  CHECK(local.run(other).kind == EndKind::not_started);
}

TEST_CASE("nobody runs as root, under whatever name, unless it is allowed") {
  if (!has_users()) return;
  LocalFixture local;
  local.close();
  local.config().allow_root = false;
  local.open();
  int64_t id = 0;
  const auto why = [&](const std::string& mapped, const std::string& wished, bool assumed) {
    TestJob job =
        TestJob::command(++id, {"/usr/bin/id"}).with([&](Payload& p) { p.run_as = wished; });
    job.order.unix_user = mapped;
    job.order.unix_user_is_assumed = assumed;
    const AttemptEnd end = local.run(job);
    CHECK(end.kind == EndKind::not_started);
    return end.message;
  };
  const std::string refusal = "no job runs as root here: the operator names a Unix user for tester";
  CHECK(why("root", "", false) == refusal);
  CHECK(why("", "root", false) == refusal);
  CHECK(why("", "", false) == refusal);
  CHECK(why("root", kBob, false) == refusal);  // a wish does not change who one is
  CHECK(why("no-such-user", "", true) ==
        "tester has no Unix user here (no-such-user is none): the operator can name one");
  CHECK(why("0", "", false).find("no Unix user") != std::string::npos);
  CHECK(why("+0", "", false).find("no Unix user") != std::string::npos);
  CHECK(tried(local, ++id, "id -u") == fmt::format("{}\n", uid_of(kBob)));
}

TEST_CASE("where root is allowed, people without a Unix user share the daemon's own") {
  if (!has_users()) return;
  LocalFixture local;
  TestJob job = TestJob::shell(1, "id -u");
  job.order.unix_user = "no-such-user";
  job.order.unix_user_is_assumed = true;
  CHECK(local.run(job).exit_code == 0);
  CHECK(local.output(job) == "0\n");
  // One whom the operator has named must be there.
  job = TestJob::shell(2, "id -u");
  job.order.unix_user = "no-such-user";
  CHECK(local.run(job).kind == EndKind::not_started);
}

TEST_CASE("a daemon that is not root runs its own user's jobs only, and says so") {
  if (geteuid() == 0) return;
  LocalFixture local;
  TestJob job = TestJob::shell(1, "id -u");
  job.order.unix_user = "root";
  const AttemptEnd end = local.run(job);
  CHECK(end.kind == EndKind::not_started);
  CHECK(end.message.find("does not run as root") != std::string::npos);
}

}  // namespace pentad::engine
