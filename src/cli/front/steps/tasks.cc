#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "cli/front/argv.h"
#include "cli/front/steps/steps.h"
#include "cli/table.h"

namespace pentad::cli::front::steps {

namespace {

constexpr int kNotStarted = 127;
constexpr std::array kHandedOn = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT};

sigset_t handed_on() {
  sigset_t set;
  sigemptyset(&set);
  for (int number : kHandedOn) sigaddset(&set, number);
  sigaddset(&set, SIGCHLD);
  return set;
}

std::vector<std::string> environment_of(const Task& task) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry; ++entry) {
    std::string text(*entry);
    if (!task.environment.contains(text.substr(0, text.find('=')))) out.push_back(std::move(text));
  }
  for (const auto& [name, value] : task.environment) out.push_back(name + "=" + value);
  return out;
}

// The process, or 0 after saying why there is none.
pid_t start(const std::string& tool, const Task& task) {
  std::vector<std::string> words = task.argv, variables = environment_of(task);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (task.no_input) {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  int error = posix_spawnp(&pid, words[0].c_str(), &actions, &attributes, pointers(words).data(),
                           pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  fmt::print(stderr, "{}: {}: {}\n", tool, printable(words[0]), std::strerror(error));
  return 0;
}

}  // namespace

int run_tasks(const std::string& tool, const std::vector<Task>& tasks) {
  sigset_t watched = handed_on(), before;
  sigprocmask(SIG_BLOCK, &watched, &before);
  int worst = 0;
  std::set<pid_t> living;
  for (const Task& task : tasks) {
    pid_t pid = start(tool, task);
    if (pid > 0) living.insert(pid);
    if (pid == 0) worst = kNotStarted;
  }
  while (!living.empty()) {
    int status = 0;
    pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended > 0) {
      living.erase(ended);
      int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
      worst = std::max(worst, code);
      continue;
    }
    int number = sigwaitinfo(&watched, nullptr);
    if (number <= 0 || number == SIGCHLD) continue;
    for (pid_t pid : living) kill(pid, number);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return worst;
}

}  // namespace pentad::cli::front::steps
