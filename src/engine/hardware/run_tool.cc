#include "engine/hardware/run_tool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

extern "C" char** environ;

namespace pentad::engine {
namespace {

using Clock = std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() { ok_ = pipe2(ends_, O_CLOEXEC) == 0; }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  bool ok() const { return ok_; }
  int end(int i) const { return ends_[i]; }
  void close_end(int i) {
    if (ok_ && ends_[i] >= 0) close(ends_[i]);
    ends_[i] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
  bool ok_ = false;
};

// Actions and attributes of posix_spawn, freed whatever happens.
class SpawnSetup {
 public:
  explicit SpawnSetup(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, 1);
    posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// Reads until the program closes its output. Errors: timed_out, too_large, failed.
Status read_all(int fd, Clock::time_point deadline, size_t max_bytes, std::string& text) {
  char buffer[16384];
  while (true) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return fail(ErrorCode::timed_out, "no answer in time");
    pollfd poll_fd{fd, POLLIN, 0};
    int ready = poll(&poll_fd, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) return fail(ErrorCode::failed, std::strerror(errno));
    if (ready <= 0) continue;
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0) return {};
    if (got < 0 && errno != EINTR) return fail(ErrorCode::failed, std::strerror(errno));
    if (got > 0) text.append(buffer, static_cast<size_t>(got));
    if (text.size() > max_bytes) return fail(ErrorCode::too_large, "too much output");
  }
}

// Exit code of the program, which must end by `deadline` or is killed; -1 if it had to be.
int wait_for(pid_t pid, Clock::time_point deadline) {
  int status = 0;
  while (true) {
    pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid) return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    if (ended < 0 && errno != EINTR) return -1;
    if (Clock::now() >= deadline) break;
    usleep(1000);
  }
  kill(-pid, SIGKILL);
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return -1;
}

bool is_program(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

}  // namespace

Result<ToolOutput> run_tool(const std::vector<std::string>& argv, Duration timeout,
                            size_t max_bytes) {
  Pipe output;
  if (argv.empty() || !output.ok()) return fail(ErrorCode::failed, "cannot make a pipe");
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  SpawnSetup setup(output.end(1));
  pid_t pid = 0;
  int error = posix_spawnp(&pid, arguments[0], setup.actions(), setup.attributes(),
                           arguments.data(), environ);
  if (error != 0) {
    auto code = error == ENOENT ? ErrorCode::not_found : ErrorCode::failed;
    return fail(code, fmt::format("cannot run {}: {}", argv[0], std::strerror(error)), argv[0]);
  }
  output.close_end(1);

  auto deadline = Clock::now() + std::chrono::milliseconds(timeout.value);
  ToolOutput result;
  Status read = read_all(output.end(0), deadline, max_bytes, result.text);
  if (!read) kill(-pid, SIGKILL);
  result.exit_code = wait_for(pid, deadline);
  if (read && result.exit_code < 0) read = fail(ErrorCode::timed_out, "no answer in time");
  if (!read) {
    return fail(read.error().code, fmt::format("{}: {}", argv[0], read.error().message), argv[0]);
  }
  return result;
}

std::string find_tool(std::string_view name, const std::vector<std::string>& folders) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "/usr/bin:/bin";
  while (!rest.empty()) {
    size_t end = std::min(rest.find(':'), rest.size());
    std::string candidate = fmt::format("{}/{}", rest.substr(0, end), name);
    if (candidate[0] == '/' && is_program(candidate)) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const std::string& folder : folders) {
    std::string candidate = fmt::format("{}/{}", folder, name);
    if (is_program(candidate)) return candidate;
  }
  return {};
}

}  // namespace pentad::engine
