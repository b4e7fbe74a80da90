#include "app/turn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

namespace pentad::app {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPause = std::chrono::milliseconds(10);
constexpr auto kMostForDeath = std::chrono::seconds(10);

struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool lock(int fd) {
  struct flock wanted = whole_file(F_WRLCK);
  return fcntl(fd, F_SETLK, &wanted) == 0;
}

// A lock of this kind is a process's, and the kernel tells whose: 0 when nobody has it.
pid_t holder_of(int fd) {
  struct flock wanted = whole_file(F_WRLCK);
  if (fcntl(fd, F_GETLK, &wanted) != 0 || wanted.l_type == F_UNLCK) return 0;
  return wanted.l_pid;
}

// The process that holds the lock, not another that got its number meanwhile; -1: none.
int open_holder(int fd, pid_t pid) {
  const auto process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process >= 0 && holder_of(fd) != pid) {
    close(process);
    return -1;
  }
  return process;
}

bool is_stopped(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos || name_end + 2 >= text.size()) return false;
  return text[name_end + 2] == 'T' || text[name_end + 2] == 't';
}

std::string read_text(int fd) {
  std::array<char, 256> text{};
  const ssize_t length = pread(fd, text.data(), text.size(), 0);
  return {text.data(), length > 0 ? static_cast<size_t>(length) : 0};
}

tl::unexpected<Error> refuse(const std::string& path, pid_t pid, std::string_view why) {
  return fail(ErrorCode::unavailable, fmt::format("process {} works with this home{}", pid, why),
              path);
}

void end(int fd, pid_t pid, bool is_patient) {
  const int process = open_holder(fd, pid);
  if (process < 0) return;
  spdlog::warn("process {} decided before and {}: it is killed, its jobs run on", pid,
               is_patient ? "does not end" : "is stopped");
  if (syscall(SYS_pidfd_send_signal, process, SIGKILL, nullptr, 0) != 0) {
    spdlog::error("process {} cannot be killed: {}", pid, std::strerror(errno));
  }
  pollfd gone{process, POLLIN, 0};
  poll(&gone, 1, static_cast<int>(std::chrono::milliseconds(kMostForDeath).count()));
  close(process);
}

}  // namespace

void WaitingMark::keep(const std::string& home) {
  path_ = home + "/standby";
  const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return;
  const std::string pid = fmt::format("{}\n", getpid());
  [[maybe_unused]] const ssize_t written = write(fd, pid.data(), pid.size());
  close(fd);
}

void WaitingMark::remove() {
  if (path_.empty()) return;
  pid_t pid = 0;
  std::ifstream(path_) >> pid;
  // Of one that was killed, too.
  const bool is_stale = pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
  if (pid == getpid() || is_stale) unlink(path_.c_str());
  path_.clear();
}

Turn::~Turn() {
  if (fd_ >= 0) close(fd_);
}

Result<Turn> Turn::take(const std::string& home, const std::string& database, Duration patience) {
  const std::string path = home + "/pentad.turn";
  Turn turn;
  turn.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (turn.fd_ < 0) return fail(ErrorCode::failed, std::strerror(errno), path);
  const Clock::time_point begin = Clock::now();
  const Clock::time_point late = begin + std::chrono::milliseconds(patience.value);
  bool is_killed = false;
  while (!lock(turn.fd_)) {
    if (errno != EACCES && errno != EAGAIN) {
      return fail(ErrorCode::failed, std::strerror(errno), path);
    }
    const pid_t pid = holder_of(turn.fd_);
    if (pid > 0 && !is_killed) {
      if (read_text(turn.fd_) != database) return refuse(path, pid, " and another database");
      const bool is_patient = Clock::now() >= late;
      if (is_patient || is_stopped(pid)) {
        end(turn.fd_, pid, is_patient);
        is_killed = true;
        continue;
      }
    }
    if (Clock::now() >= late + kMostForDeath) {
      return refuse(path, pid, ", has been replaced and cannot be ended from here: end it");
    }
    std::this_thread::sleep_for(kPause);
  }
  const auto size = static_cast<ssize_t>(database.size());
  if (ftruncate(turn.fd_, 0) != 0 ||
      pwrite(turn.fd_, database.data(), database.size(), 0) != size) {
    return fail(ErrorCode::failed, std::strerror(errno), path);
  }
  return turn;
}

}  // namespace pentad::app
