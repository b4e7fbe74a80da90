// pentad up and down.
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "api/centre_types.h"
#include "cli/centre_process.h"
#include "cli/commands.h"

namespace pentad::cli {

int up(Session& session, const UpOptions& options) {
  std::vector<std::string> argv = daemon_arguments(session.globals(), options);
  if (!options.detach) become(argv);
  argv.push_back("--detach");
  int status = 0;
  if (waitpid(spawn(argv, ""), &status, 0) < 0 || status != 0) return kFailed;  // it has said why
  auto s = session.get<api::StatusView>("/status");
  if (session.json()) {
    fmt::print("{}\n", to_json(s));
  } else {
    fmt::print("the centre is up: process {}, {}, log in {}/log\n", s.pid, s.listen, s.home);
    const std::string first = s.home + "/first-sign-in.txt";  // there until somebody has signed in
    if (access(first.c_str(), R_OK) == 0) {
      fmt::print("sign in for the first time as `operator` with the password in {}\n", first);
    }
  }
  return kOk;
}

int down(Session& session) {
  auto s = session.get<api::StatusView>("/status");
  // Readable once the process has ended, also while nobody has reaped it.
  int process = static_cast<int>(syscall(SYS_pidfd_open, s.pid, 0));
  if (process < 0 || kill(s.pid, SIGTERM) != 0) {
    throw CommandError(kFailed,
                       fmt::format("cannot stop process {}: {}", s.pid, std::strerror(errno)));
  }
  pollfd end{process, POLLIN, 0};
  bool ended = poll(&end, 1, 30'000) > 0;
  close(process);
  if (!ended) throw CommandError(kFailed, fmt::format("process {} does not stop", s.pid));
  if (!session.json()) {
    std::string left;
    if (int64_t n = s.jobs.attempts; n > 0) {
      left = fmt::format("; {} on and {} collected by the next `pentad up`",
                         n == 1 ? "1 attempt runs" : fmt::format("{} attempts run", n),
                         n == 1 ? "is" : "are");
    }
    fmt::print("the centre is down{}\n", left);
  }
  return kOk;
}

}  // namespace pentad::cli
