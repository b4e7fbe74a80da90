#include "store/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

namespace pentad::store {

namespace {

ErrorCode code_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ErrorCode::disk_full;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::failed;
  }
}

tl::unexpected<Error> system_failure(const char* what, const std::string& path, int error) {
  return fail(code_of(error),
              fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(error)),
              path);
}

// The process that wrote its number into the file; 0 when there is none to read.
int holder_of(int fd) {
  std::array<char, 32> text{};
  ssize_t length = pread(fd, text.data(), text.size(), 0);
  int pid = 0;
  if (length > 0) std::from_chars(text.data(), text.data() + length, pid);
  return pid;
}

Status sync_directory(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_failure("open", path, errno);
  int error = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  if (error != 0 && error != EINVAL) return system_failure("write", path, error);
  return {};
}

Status make_directory(const std::string& path, const std::string& parent) {
  if (mkdir(path.c_str(), 0777) == 0) return sync_directory(parent);
  int error = errno;
  struct stat info {};
  if (error == EEXIST && stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    error = ENOTDIR;
  }
  return system_failure("make the directory", path, error);
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

Result<LockFile> LockFile::acquire(const std::string& path) {
  LockFile lock;
  // Close-on-exec matters: a job's supervisor that inherited it would keep the lock for the daemon.
  lock.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock.fd_ < 0) return system_failure("open", path, errno);
  if (flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_failure("lock", path, errno);
    int pid = holder_of(lock.fd_);
    return fail(ErrorCode::unavailable,
                fmt::format("another Pentad{} works with this home: stop it first, or choose "
                            "another PENTAD_HOME",
                            pid > 0 ? fmt::format(" (process {})", pid) : ""),
                path);
  }
  // The number only serves the sentence above: a full disk must not keep a centre from starting.
  std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(lock.fd_, 0) == 0) {
    [[maybe_unused]] ssize_t written = pwrite(lock.fd_, pid.data(), pid.size(), 0);
  }
  return lock;
}

Status make_directories(const std::string& path) {
  struct stat info {};
  if (path.empty() || (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode))) return {};
  size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return {};
  std::string name = path.substr(0, end + 1);
  size_t slash = name.rfind('/');
  std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : name.substr(0, slash);
  if (Status made = make_directories(parent); !made) return made;
  return make_directory(name, parent);
}

Status rename_file(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return system_failure("make", to, errno);
  size_t slash = to.rfind('/');
  return sync_directory(slash == std::string::npos ? "." : to.substr(0, slash + 1));
}

}  // namespace pentad::store
