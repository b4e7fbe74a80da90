// The daemon as a process: signals, log, detaching.
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "app/daemon.h"

namespace pentad::app {

namespace {

constexpr std::string_view kReady = "ready\n";
constexpr std::string_view kWaiting = "waiting: ";

// The descriptor that our parent waits on, -1 when nobody does.
int take_ready_fd() {
  const char* text = std::getenv(kReadyVariable);
  if (!text) return -1;
  int fd = -1;
  std::from_chars(text, text + std::strlen(text), fd);
  unsetenv(kReadyVariable);
  if (fd > 2) fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd > 2 ? fd : -1;
}

void tell(int fd, std::string_view text) {
  if (fd < 0) return;
  [[maybe_unused]] ssize_t n = write(fd, text.data(), text.size());
  close(fd);
}

std::string in_words(const Error& error) {
  if (error.message.find(error.path) != std::string::npos) return error.message;
  return fmt::format("{}: {}", error.path, error.message);
}

void open_log(bool is_detached, const std::string& home) {
  std::shared_ptr<spdlog::logger> logger;
  if (is_detached) {
    std::error_code ignored;
    std::filesystem::create_directories(home, ignored);
    logger = spdlog::basic_logger_mt("pentad", home + "/log");
    logger->flush_on(spdlog::level::info);
  } else {
    logger = spdlog::stderr_color_mt("pentad");
  }
  logger->set_pattern(is_detached ? "%Y-%m-%d %H:%M:%S.%e %P %l %v" : "%^%l%$ %v");
  spdlog::set_default_logger(logger);
}

sigset_t signals_of_ours() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

// Until one of the signals that end us.
void wait_for_the_end(Daemon& daemon) {
  // Whoever started it by hand and closes the terminal means the daemon too.
  int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
  const bool ends_with_terminal = terminal >= 0;
  if (terminal >= 0) close(terminal);
  const sigset_t set = signals_of_ours();
  for (;;) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0) continue;
    if (signal == SIGHUP && !ends_with_terminal) {
      Status reloaded = daemon.reload();
      if (reloaded) {
        spdlog::info("the configuration was read again");
      } else {
        spdlog::error("the configuration stays as it was: {}", in_words(reloaded.error()));
      }
      continue;
    }
    if (!daemon.is_replaced()) spdlog::info("stopping; jobs run on");
    return;
  }
}

// What a daemon does while another decides for its centre.
class Standby {
 public:
  // `ready_fd` as of take_ready_fd(), closed and set to -1 when our parent has been told.
  explicit Standby(int& ready_fd) : ready_fd_(ready_fd) {}
  bool was_told_to_end() const { return is_over_; }

  // False when it is to end.
  bool wait(const std::string& words) {
    // What stands behind it changes all the time.
    std::string who = words.substr(0, words.find(';'));
    if (who != last_) {
      spdlog::info("{}; this daemon waits and takes over when that one ends", who);
      tell(std::exchange(ready_fd_, -1), fmt::format("{}{}", kWaiting, who));
      last_ = std::move(who);
    }
    const sigset_t set = signals_of_ours();
    const timespec pause{0, kPauseNs};
    const int signal = sigtimedwait(&set, nullptr, &pause);
    is_over_ = signal == SIGTERM || signal == SIGINT;
    return !is_over_;
  }

 private:
  static constexpr long kPauseNs = 100'000'000;
  int& ready_fd_;
  std::string last_;
  bool is_over_ = false;
};

// Signals are blocked before any thread exists, so that only sigwait() gets them.
void prepare_process() {
  const sigset_t set = signals_of_ours();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  // A write beyond a file size limit shall fail like a full disk instead of ending us.
  signal(SIGXFSZ, SIG_IGN);
  // A descriptor for each connection; the usual soft limit is for programs that use select().
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  // Few arenas and a fixed threshold for large pieces: an idle daemon shall be small again after a
  // large request.
  mallopt(M_ARENA_MAX, 4);
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
}

int run_here(DaemonOptions options) {
  int ready = take_ready_fd();
  prepare_process();
  try {
    open_log(ready >= 0, options.home);
  } catch (const spdlog::spdlog_ex& error) {
    tell(ready, error.what());
    return 1;
  }
  Standby standby(ready);
  options.wait = [&](const std::string& words) { return standby.wait(words); };
  options.replaced = [] { kill(getpid(), SIGTERM); };
  auto daemon = Daemon::start(options);
  if (standby.was_told_to_end()) {
    spdlog::info("stopped while waiting");
    return 0;
  }
  if (!daemon) {
    std::string words = in_words(daemon.error());
    spdlog::error("{}", words);
    tell(ready, words);
    return 1;
  }
  tell(ready, kReady);
  wait_for_the_end(**daemon);
  const bool is_replaced = (*daemon)->is_replaced();
  (*daemon)->stop();
  daemon->reset();
  spdlog::info("stopped");
  return is_replaced ? 1 : 0;
}

// Reads all that comes until the other end is closed.
std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer.data(), static_cast<size_t>(n));
  }
}

int spawn_session(const std::vector<std::string>& command, int ready_fd, pid_t& pid) {
  std::vector<char*> argv;
  for (const std::string& arg : command) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  std::string variable = fmt::format("{}={}", kReadyVariable, ready_fd);
  std::vector<char*> env;
  for (char** e = environ; *e; ++e) env.push_back(*e);
  env.push_back(variable.data());
  env.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  int rc = posix_spawnp(&pid, argv[0], &files, &attributes, argv.data(), env.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return rc;
}

int run_detached(const DaemonOptions& options) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    fmt::print(stderr, "pentad: {}\n", std::strerror(errno));
    return 1;
  }
  // The child's end must pass exec; the child itself closes it for its own children.
  int child_end = fcntl(ends[1], F_DUPFD, 10);
  close(ends[1]);
  pid_t pid = 0;
  int rc = spawn_session(options.detach_command, child_end, pid);
  close(child_end);
  if (rc != 0) {
    close(ends[0]);
    fmt::print(stderr, "pentad: cannot start {}: {}\n", options.detach_command[0],
               std::strerror(rc));
    return 1;
  }
  std::string said = read_all(ends[0]);
  close(ends[0]);
  if (said == kReady) return 0;
  if (said.starts_with(kWaiting)) {
    fmt::print(stderr, "pentad: {}; process {} waits and takes over when that one ends\n",
               said.substr(kWaiting.size()), pid);
    return 0;
  }
  if (said.empty()) said = "the daemon ended at once; its log may say why";
  fmt::print(stderr, "pentad: {}\n", said);
  waitpid(pid, nullptr, 0);
  return 1;
}

}  // namespace

int run_daemon(const DaemonOptions& options) {
  if (!options.detach_command.empty()) return run_detached(options);
  return run_here(options);
}

}  // namespace pentad::app
