#include "cli/centre_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/interrupt.h"

extern char** environ;

namespace pentad::cli {

namespace {

// As exec wants its arguments; valid as long as `argv` is.
std::vector<char*> pointers_to(const std::vector<std::string>& argv) {
  std::vector<char*> pointers;
  for (const std::string& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::string program_beside(const std::string& name) {
  std::error_code error;
  auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  std::filesystem::path program = self.parent_path() / name;
  if (error || !std::filesystem::exists(program)) {
    throw CommandError(
        kFailed, fmt::format("{} is not there; build or install all of Pentad", program.string()));
  }
  return program.string();
}

std::vector<std::string> daemon_arguments(const Globals& globals, const UpOptions& options) {
  std::vector<std::string> argv{program_beside("pentad-daemon"), "--home", globals.home};
  if (!options.listen.empty()) argv.insert(argv.end(), {"--listen", options.listen});
  if (options.insecure_listen) argv.push_back("--insecure-listen");
  return argv;
}

void become(std::vector<std::string> argv) {
  execv(argv[0].c_str(), pointers_to(argv).data());
  throw CommandError(kFailed, fmt::format("cannot start {}: {}", argv[0], std::strerror(errno)));
}

void become_daemon(const Session& session, std::vector<std::string> words) {
  std::vector<std::string> argv{program_beside("pentad-daemon"), "--home", session.globals().home};
  argv.insert(argv.end(), words.begin(), words.end());
  if (session.json()) argv.push_back("--json");
  become(std::move(argv));
}

int spawn(const std::vector<std::string>& argv, const std::string& log) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  if (!log.empty()) {
    posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::vector<char*> words = pointers_to(argv);
  pid_t pid = 0;
  int rc = posix_spawn(&pid, argv[0].c_str(), &files, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (rc != 0) {
    throw CommandError(kFailed, fmt::format("cannot start {}: {}", argv[0], std::strerror(rc)));
  }
  return pid;
}

Finished output_of(const std::vector<std::string>& argv) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw CommandError(kFailed, fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, ends[1], 1);
  std::vector<char*> words = pointers_to(argv);
  pid_t pid = 0;
  int rc = posix_spawn(&pid, argv[0].c_str(), &files, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  close(ends[1]);
  Finished done;
  std::array<char, 4096> buffer;
  while (rc == 0) {
    ssize_t n = read(ends[0], buffer.data(), buffer.size());
    if (n > 0) done.output.append(buffer.data(), static_cast<size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) break;  // Ctrl-C reaches the program as well
  }
  close(ends[0]);
  if (rc != 0) {
    throw CommandError(kFailed, fmt::format("cannot start {}: {}", argv[0], std::strerror(rc)));
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  done.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return done;
}

bool is_up(const Globals& globals) {
  Session session(globals);
  return session.client().get("/healthz").has_value();
}

bool wait_until_up(const Globals& globals, int pid) {
  while (!interrupted()) {
    if (is_up(globals)) return true;
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) == pid) return false;
    timespec pause{0, 20'000'000};
    nanosleep(&pause, nullptr);
  }
  return true;
}

}  // namespace pentad::cli
