// Many attempts at once, daemons killed at random, full disks, ordinary users.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "engine/local_fixture.h"

extern char** environ;

namespace pentad::engine {

namespace {

// Runs this test program again with other arguments and environment; its exit status.
pid_t run_again(std::vector<std::string> words, const std::string& variable) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (char** entry = environ; *entry != nullptr; ++entry) envp.push_back(*entry);
  std::string own = variable;
  envp.push_back(own.data());
  envp.push_back(nullptr);
  pid_t pid = 0;
  REQUIRE(posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), envp.data()) == 0);
  return pid;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool has_control_files(const std::string& home) {
  for (const auto& entry : std::filesystem::directory_iterator(home + "/attempts")) {
    if (!entry.path().filename().string().starts_with("spare.")) return true;
  }
  return false;
}

constexpr int64_t kHostJobs = 60;

// What the core and its journal do, in a few lines: starts what has not been committed, commits
// each end once in a file, then lets the engine forget it. An end that is not success goes to a
// file of its own, with the reason.
void be_a_daemon(const std::string& home) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string journal = home + "/journal";
  std::set<std::string> committed;
  for (const std::string& line : lines_of(journal)) committed.insert(line);
  LocalConfig config;
  config.home = home;
  config.supervisor_path = home + "/pentad-supervisor";
  std::mutex mutex;
  std::vector<event::AttemptEnded> ended;
  auto engine = LocalEngine::open(config, [&](std::vector<Report> reports) {
    const std::lock_guard lock(mutex);
    for (const Report& report : reports) {
      const auto* end = std::get_if<event::AttemptEnded>(&report);
      if (end != nullptr) ended.push_back(*end);
    }
  });
  REQUIRE(engine.has_value());
  for (int64_t id = 1; id <= kHostJobs; ++id) {
    if (committed.contains(std::to_string(id))) continue;
    const std::string script = fmt::format("echo {0} >> {1}/ran; sleep 0.0{2}", id, home, id % 7);
    (*engine)->start(TestJob::shell(id, script).order);
  }
  while (committed.size() < kHostJobs || has_control_files(home)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::vector<event::AttemptEnded> batch;
    {
      const std::lock_guard lock(mutex);
      batch.swap(ended);
    }
    for (const auto& [attempt, end] : batch) {
      const std::string id = std::to_string(attempt.job.value);
      if (committed.insert(id).second) {
        if (end.kind != EndKind::exited || end.exit_code != 0) {
          std::ofstream(home + "/failed", std::ios::app) << id << ": " << end.message << "\n";
        }
        std::ofstream(journal, std::ios::app) << id << "\n";
      }
      (*engine)->forget(attempt);
    }
  }
}

}  // namespace

TEST_CASE("two hundred attempts at once") {
  LocalFixture local;
  for (int64_t id = 1; id <= 200; ++id) {
    local.start(TestJob::shell(id, fmt::format("sleep 0.3; exit {}", id % 100)));
  }
  for (int64_t id = 1; id <= 200; ++id) {
    const AttemptEnd end = local.wait_end({JobId{id}, 0, 1});
    CHECK(end.kind == EndKind::exited);
    CHECK(end.exit_code == id % 100);
  }
  CHECK(eventually([&] { return local.control_files() == 0; }));
}

TEST_CASE("elements of an array share a job's directory and script") {
  LocalFixture local;
  TestJob job = TestJob::shell(5, "").with([](Payload& payload) {
    payload.argv.clear();
    payload.script = "#!/bin/sh\necho $PENTAD_ARRAY_INDEX\n";
    payload.stdout_path = "%j-%3a.txt";
  });
  for (int64_t index = 1; index <= 30; ++index) {
    job.order.start.attempt.index = index;
    local.start(job);
  }
  for (int64_t index = 1; index <= 30; ++index) {
    CHECK(local.wait_end({JobId{5}, index, 1}).exit_code == 0);
    const std::string path = fmt::format("{}/jobs/5/5-{:03}.txt", local.home(), index);
    CHECK(read_file(path) == fmt::format("{}\n", index));
  }
}

TEST_CASE("daemon role of the next test" * doctest::skip()) {
  const char* home = std::getenv("PENTAD_TEST_DAEMON_HOME");
  if (home != nullptr) be_a_daemon(home);
}

TEST_CASE("a daemon killed again and again runs every job once and commits every end") {
  ScratchDir home;
  std::filesystem::copy_file(PENTAD_SUPERVISOR, home / "pentad-supervisor");
  std::mt19937 random(1);
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  int kills = 0;
  for (bool done = false; !done;) {
    const pid_t daemon = run_again({self, "-ns", "-tc=daemon role of the next test", "-m"},
                                   "PENTAD_TEST_DAEMON_HOME=" + home.path());
    if (kills < 40) {
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
      kill(daemon, SIGKILL);
    }
    int status = 0;
    REQUIRE(waitpid(daemon, &status, 0) == daemon);
    done = WIFEXITED(status) && lines_of(home / "journal").size() == kHostJobs;
    if (++kills > 60) break;
  }
  std::vector<std::string> ran = lines_of(home / "ran");
  std::vector<std::string> committed = lines_of(home / "journal");
  std::sort(ran.begin(), ran.end());
  std::sort(committed.begin(), committed.end());
  CHECK(read_file(home / "failed") == "");
  CHECK(ran.size() == kHostJobs);
  CHECK(std::adjacent_find(ran.begin(), ran.end()) == ran.end());
  CHECK(committed == ran);
  CHECK(!has_control_files(home.path()));
}

TEST_CASE("a disk that fills up costs no result") {
  if (geteuid() != 0) return;
  ScratchDir disk;
  if (mount("none", disk.path().c_str(), "tmpfs", 0, "size=1m") != 0) return;
  {
    LocalFixture local;
    local.close();
    local.config().home = disk.path();
    local.open();
    const auto control = [&](const AttemptId& id) {
      return fmt::format("{}/attempts/{}_0.1", disk.path(), id.job.value);
    };
    // Ends when told to, writes nothing.
    const auto job = [&](int64_t id, size_t padding) {
      return TestJob::shell(id, "until test -e ../../go; do sleep 0.02; done; exit 9")
          .with([&](Payload& payload) {
            payload.environment["PADDING"] = std::string(padding, 'x');
            payload.stdout_path = "/dev/null";
          });
    };
    // How large a control file is while the job runs; the next one is to end close below a page.
    local.start(job(1, 0));
    REQUIRE(local.wait_started({JobId{1}, 0, 1}));
    const size_t size = std::filesystem::file_size(control({JobId{1}, 0, 1}));
    REQUIRE(size < 4000);
    for (const bool daemon_away : {false, true}) {
      const TestJob next = job(daemon_away ? 3 : 2, 4090 - size);
      local.start(next);
      REQUIRE(local.wait_started(next.id()));
      // What is being removed must not make room later.
      REQUIRE(eventually([&] { return local.control_files() == (daemon_away ? 1 : 2); }));
      std::ofstream filler(disk / "filler", std::ios::binary);
      while (filler << std::string(4096, 'f') << std::flush) {
      }
      filler.close();
      if (daemon_away) local.close();
      write_file(disk / "go", "");  // needs no block
      if (daemon_away) {
        // The supervisor waits for room, with the result in its memory.
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        CHECK(read_file(control(next.id())).find("\nended ") == std::string::npos);
        unlink((disk / "filler").c_str());
        CHECK(eventually(
            [&] { return read_file(control(next.id())).find("\nended ") != std::string::npos; }));
        local.open();
      }
      const pid_t supervisor = local.supervisor_of(next.id());
      CHECK(local.wait_end(next.id()).exit_code == 9);
      if (!daemon_away) {
        // Until it ends it holds the file, and with it room on the disk.
        CHECK(eventually([&] { return kill(supervisor, 0) != 0; }));
        // No room for an order is said at once.
        CHECK(local.wait_end({JobId{1}, 0, 1}).exit_code == 9);
        CHECK(local.run(job(4, 60'000)).kind == EndKind::not_started);
      }
      unlink((disk / "go").c_str());
      unlink((disk / "filler").c_str());
    }
    local.close();
  }
  umount2(disk.path().c_str(), MNT_DETACH);
}

TEST_CASE("all of it works for an ordinary user without any right to control groups") {
  if (geteuid() != 0 || std::getenv("PENTAD_TEST_UNPRIVILEGED") != nullptr) return;
  ScratchDir programs;
  const std::string self = programs / "engine_test";
  std::filesystem::copy_file(std::filesystem::read_symlink("/proc/self/exe"), self);
  std::filesystem::copy_file(PENTAD_SUPERVISOR, programs / "pentad-supervisor");
  const pid_t pid = run_again({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", self,
                               "-m", "-sf=*local_*", "-tce=*killed again and again*"},
                              "PENTAD_TEST_UNPRIVILEGED=" + programs.path());
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace pentad::engine
