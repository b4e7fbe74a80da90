#include "engine/supervisor_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

namespace pentad::engine {

namespace {

// Above the numbers that the child's descriptors get, so that placing one cannot overwrite another.
constexpr int kFirstFreeFd = 16;

int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

// posix_spawn's attributes and file actions, freed at the end.
struct SpawnSetup {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t files;

  SpawnSetup() {
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&files);
    sigset_t all;
    sigfillset(&all);
    // Blocked from birth: a stop that comes early waits until it can be obeyed. Default actions: a
    // daemon that ignores SIGPIPE must not teach it to jobs.
    posix_spawnattr_setsigmask(&attributes, &all);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  }
  ~SpawnSetup() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
};

std::string read_proc(pid_t pid, const char* file) {
  std::ifstream in(fmt::format("/proc/{}/{}", pid, file), std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

// Field `number` (from 3, the state) of /proc/PID/stat; 0 when the process is gone.
int64_t stat_field(pid_t pid, int number) {
  const std::string text = read_proc(pid, "stat");
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 2 > text.size()) return 0;
  std::istringstream fields(text.substr(name_end + 2));
  std::string field;
  for (int i = 3; i <= number; ++i) fields >> field;
  int64_t value = 0;
  std::from_chars(field.data(), field.data() + field.size(), value);
  return value;
}

bool has_variable(pid_t pid, const std::string& assignment) {
  const std::string environment = read_proc(pid, "environ");
  for (size_t at = environment.find(assignment); at != std::string::npos;
       at = environment.find(assignment, at + 1)) {
    const size_t end = at + assignment.size();
    const bool whole = (at == 0 || environment[at - 1] == '\0') &&
                       (end == environment.size() || environment[end] == '\0');
    if (whole) return true;
  }
  return false;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  DIR* dir = opendir("/proc");
  if (dir == nullptr) return pids;
  while (const dirent* entry = readdir(dir)) {
    pid_t pid = 0;
    const char* end = entry->d_name + std::strlen(entry->d_name);
    if (std::from_chars(entry->d_name, end, pid).ptr == end && pid > 1) pids.push_back(pid);
  }
  closedir(dir);
  return pids;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int Descriptor::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Descriptor::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

Result<SupervisorProcess> spawn_supervisor(const std::string& path, int attempts_fd,
                                           const std::vector<std::string>& groups) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    return fail(ErrorCode::failed, fmt::format("cannot make a socket: {}", std::strerror(errno)));
  }
  SupervisorProcess process;
  process.socket = Descriptor(pair[0]);
  const Descriptor low(pair[1]);
  const Descriptor theirs(fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstFreeFd));
  const Descriptor attempts(fcntl(attempts_fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
  SpawnSetup setup;
  posix_spawn_file_actions_adddup2(&setup.files, theirs.get(), kSocketFd);
  posix_spawn_file_actions_adddup2(&setup.files, attempts.get(), kAttemptsFd);
  std::vector<std::string> words{"pentad-supervisor", fmt::format("{}", kProtocolVersion)};
  words.insert(words.end(), groups.begin(), groups.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  char* const no_environment[] = {nullptr};
  const int error = posix_spawn(&process.pid, path.c_str(), &setup.files, &setup.attributes,
                                argv.data(), no_environment);
  if (error != 0) {
    return fail(ErrorCode::failed,
                fmt::format("cannot run the supervisor {}: {}", path, std::strerror(error)));
  }
  process.pidfd = Descriptor(open_pidfd(process.pid));
  if (!process.pidfd) {
    const std::string reason = std::strerror(errno);
    kill(process.pid, SIGKILL);
    waitpid(process.pid, nullptr, 0);
    return fail(ErrorCode::failed, "cannot watch the supervisor: " + reason);
  }
  return process;
}

bool send_order(const SupervisorProcess& process, uint64_t sequence, const std::string& name) {
  OrderMessage message;
  message.sequence = sequence;
  std::strncpy(message.name, name.c_str(), kMaxControlName - 1);
  return send(process.socket.get(), &message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(sizeof message);
}

bool send_stop(int pidfd, uint64_t sequence, StopCode code) {
  siginfo_t info{};
  info.si_signo = kStopSignal;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  const uint64_t value = sequence << 8 | static_cast<uint64_t>(code);
  info.si_value.sival_ptr = reinterpret_cast<void*>(static_cast<uintptr_t>(value));
  return syscall(SYS_pidfd_send_signal, pidfd, kStopSignal, &info, 0) == 0;
}

std::string bury(int pidfd) {
  siginfo_t info{};
  const auto id = static_cast<id_t>(pidfd);
  if (waitid(P_PIDFD, id, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0) return {};
  if (info.si_code == CLD_EXITED) return fmt::format("with exit code {}", info.si_status);
  return fmt::format("by signal {}", info.si_status);
}

Descriptor open_process(pid_t pid, int64_t start_ticks) {
  if (pid <= 0) return Descriptor();
  // Opened first, compared after: from here on the number cannot be taken over by another process.
  Descriptor process(open_pidfd(pid));
  if (process && stat_field(pid, 22) != start_ticks) process.reset();
  return process;
}

bool end_marked_processes(const std::string& name, const std::string& value) {
  const std::string assignment = name + "=" + value;
  const std::vector<pid_t> pids = all_processes();
  std::set<pid_t> marked;
  for (const pid_t pid : pids) {
    if (has_variable(pid, assignment)) marked.insert(pid);
  }
  if (marked.empty()) return true;
  for (size_t before = 0; before != marked.size();) {
    before = marked.size();
    for (const pid_t pid : pids) {
      if (marked.contains(static_cast<pid_t>(stat_field(pid, 4)))) marked.insert(pid);
    }
  }
  for (const pid_t pid : marked) kill(pid, SIGKILL);
  return false;
}

}  // namespace pentad::engine
