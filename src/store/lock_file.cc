#include "store/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "store/files.h"

namespace pentad::store {

namespace {

// The process that wrote its number into the file; 0 when there is none to read.
int holder_of(int fd) {
  std::array<char, 32> text{};
  ssize_t length = pread(fd, text.data(), text.size(), 0);
  int pid = 0;
  if (length > 0) std::from_chars(text.data(), text.data() + length, pid);
  return pid;
}

}  // namespace

LockFile::LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

LockFile::~LockFile() {
  if (fd_ >= 0) close(fd_);
}

Result<LockFile> LockFile::take(const std::string& path, int how) {
  LockFile lock;
  // Close-on-exec matters: a job's supervisor that inherited it would keep the lock for the daemon.
  lock.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock.fd_ < 0) return tl::unexpected(system_failure("open", path, errno));
  if (flock(lock.fd_, how | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return tl::unexpected(system_failure("lock", path, errno));
    int pid = holder_of(lock.fd_);
    return fail(ErrorCode::unavailable,
                fmt::format("another Pentad{} works with this home: stop it first, or choose "
                            "another PENTAD_HOME",
                            pid > 0 ? fmt::format(" (process {})", pid) : ""),
                path);
  }
  return lock;
}

Result<LockFile> LockFile::acquire(const std::string& path) {
  Result<LockFile> lock = take(path, LOCK_EX);
  if (lock) lock->sign();
  return lock;
}

Result<LockFile> LockFile::share(const std::string& path) { return take(path, LOCK_SH); }

// The number only serves people: a full disk must not keep a centre from starting.
void LockFile::sign() const {
  std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(fd_, 0) == 0) {
    [[maybe_unused]] ssize_t written = pwrite(fd_, pid.data(), pid.size(), 0);
  }
}

}  // namespace pentad::store
