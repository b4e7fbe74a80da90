// pentad up and down.
#include <fmt/format.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "api/centre_types.h"
#include "cli/centre_process.h"
#include "cli/commands.h"

namespace pentad::cli {

namespace {

std::string last_lines(const std::string& path, int lines) {
  std::ifstream in(path);
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);) all.push_back(line);
  std::string text;
  size_t from =
      all.size() > static_cast<size_t>(lines) ? all.size() - static_cast<size_t>(lines) : 0;
  for (size_t i = from; i < all.size(); ++i) text += "\n  " + all[i];
  return text;
}

}  // namespace

int up(Session& session, const UpOptions& options) {
  const Globals& globals = session.globals();
  std::vector<std::string> argv = daemon_arguments(globals, options);
  if (!options.detach) {
    std::vector<char*> pointers;
    for (std::string& word : argv) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    execv(pointers[0], pointers.data());
    throw CommandError(kFailed, fmt::format("cannot start {}: {}", argv[0], std::strerror(errno)));
  }
  if (is_up(globals)) {
    throw CommandError(kFailed, fmt::format("a centre is up in {} already", globals.home));
  }
  std::error_code error;
  std::filesystem::create_directories(globals.home, error);
  if (error) {
    throw CommandError(kFailed, fmt::format("cannot make {}: {}", globals.home, error.message()));
  }
  std::string log = globals.home + "/log";
  int pid = spawn(argv, log);
  if (!wait_until_up(globals, pid)) {
    throw CommandError(kFailed, "the centre did not start; its log says:" + last_lines(log, 5));
  }
  auto s = session.get<api::StatusView>("/status");
  if (session.json()) {
    fmt::print("{}\n", to_json(s));
  } else {
    fmt::print("the centre is up: process {}, {}, log in {}\n", s.pid, s.listen, log);
  }
  return kOk;
}

int down(Session& session) {
  auto s = session.get<api::StatusView>("/status");
  if (kill(s.pid, SIGTERM) != 0) {
    throw CommandError(kFailed,
                       fmt::format("cannot stop process {}: {}", s.pid, std::strerror(errno)));
  }
  for (int i = 0; i < 3000 && kill(s.pid, 0) == 0; ++i) {
    timespec pause{0, 10'000'000};
    nanosleep(&pause, nullptr);
  }
  if (kill(s.pid, 0) == 0)
    throw CommandError(kFailed, fmt::format("process {} does not stop", s.pid));
  if (!session.json()) {
    fmt::print("the centre is down{}\n",
               s.jobs.attempts > 0
                   ? fmt::format("; {} attempts run on and are collected by the next "
                                 "`pentad up`",
                                 s.jobs.attempts)
                   : "");
  }
  return kOk;
}

}  // namespace pentad::cli
