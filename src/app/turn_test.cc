#include "app/turn.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

#include "app/test_centre.h"

using namespace pentad;
using namespace pentad::app;

namespace {

// A process that has the turn, as another daemon would, until it is killed.
class Other {
 public:
  Other(const std::string& home, const std::string& database) {
    const std::string path = home + "/pentad.turn";
    std::ofstream(path) << database;
    std::array<int, 2> ready{};
    REQUIRE(pipe(ready.data()) == 0);
    std::string program = "/usr/bin/python3", option = "-c", place = path;
    std::string script =
        "import fcntl, signal, sys\n"
        "file = open(sys.argv[1], 'r+')\n"
        "fcntl.lockf(file, fcntl.LOCK_EX)\n"
        "print('x', flush=True)\n"
        "signal.pause()\n";
    std::array<char*, 5> argv{program.data(), option.data(), script.data(), place.data(), nullptr};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ready[1], 1);
    REQUIRE(posix_spawn(&pid_, program.c_str(), &files, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&files);
    close(ready[1]);
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
  }
  ~Other() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }
  // By the signal that ended it; 0 while it lives.
  int ended_by() const {
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
    return info.si_pid == pid_ ? info.si_status : 0;
  }

 private:
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("a daemon that waits leaves a mark, and removes no other's") {
  TempHome home;
  const std::string path = home.path() + "/standby";
  {
    WaitingMark mark;
    mark.keep(home.path());
    CHECK(std::ifstream(path).good());
  }
  CHECK_FALSE(std::ifstream(path).good());
  std::ofstream(path) << 1 << "\n";
  {
    WaitingMark mark;
    mark.keep(home.path());
  }
  CHECK(std::ifstream(path).good());
  std::ofstream(path) << 0x7ffffff << "\n";  // no process
  {
    WaitingMark mark;
    mark.keep(home.path());
  }
  CHECK_FALSE(std::ifstream(path).good());
}

TEST_CASE("a stopped process that had the turn is ended without waiting for it") {
  TempHome home;
  Other other(home.path(), "ours");
  kill(other.pid(), SIGSTOP);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(other.pid()), &info, WSTOPPED | WNOWAIT);
  CHECK(Turn::take(home.path(), "ours", hours(1)));
  CHECK(other.ended_by() == SIGKILL);
}

TEST_CASE("one that does not end by itself is ended after a while") {
  TempHome home;
  Other other(home.path(), "ours");
  CHECK(Turn::take(home.path(), "ours", milliseconds(50)));
  CHECK(other.ended_by() == SIGKILL);
}

TEST_CASE("a process that works for another database is left alone") {
  TempHome home;
  Other other(home.path(), "theirs");
  auto turn = Turn::take(home.path(), "ours", milliseconds(0));
  REQUIRE_FALSE(turn);
  CHECK(turn.error().code == ErrorCode::unavailable);
  CHECK(turn.error().message.find(std::to_string(other.pid())) != std::string::npos);
  CHECK(other.ended_by() == 0);
}
