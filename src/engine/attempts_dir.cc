#include "engine/attempts_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/protocol.h"

namespace pentad::engine {

namespace {

Error io_error(const char* what, const std::string& path) {
  const ErrorCode code =
      errno == ENOSPC || errno == EDQUOT ? ErrorCode::disk_full : ErrorCode::failed;
  return {code, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)), path};
}

std::string read_all(int fd) {
  std::string text;
  char buffer[16384];
  for (;;) {
    const ssize_t n = pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (n <= 0 || text.size() > kMaxControlFile) return text;
    text.append(buffer, static_cast<size_t>(n));
    if (static_cast<size_t>(n) < sizeof buffer) return text;
  }
}

// A daemon killed while it starts a supervisor leaves its lock for the moment until that one's
// exec.
bool lock_patiently(int fd) {
  for (int i = 0; i < 100; ++i) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    usleep(5000);
  }
  return false;
}

}  // namespace

Result<AttemptsDir> AttemptsDir::open(const std::string& home) {
  const std::string path = home + "/attempts";
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return tl::unexpected(io_error("make", path));
  }
  AttemptsDir dir;
  dir.dir_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Locked through a descriptor of its own: supervisors inherit the other one and live longer.
  dir.lock_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir.dir_ || !dir.lock_) return tl::unexpected(io_error("open", path));
  if (!lock_patiently(dir.lock_.get())) {
    return fail(ErrorCode::unavailable, "another daemon works with " + path, path);
  }
  return dir;
}

std::vector<AttemptId> AttemptsDir::list() const {
  std::vector<AttemptId> attempts;
  DIR* dir = fdopendir(openat(dir_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (dir == nullptr) return attempts;
  while (const dirent* entry = readdir(dir)) {
    if (const auto attempt = parse_control_name(entry->d_name)) attempts.push_back(*attempt);
  }
  closedir(dir);
  return attempts;
}

Result<bool> AttemptsDir::create(const AttemptId& attempt, const std::string& order) const {
  const std::string name = control_name(attempt);
  if (order.size() > kMaxControlFile / 2) {
    return fail(ErrorCode::too_large, "arguments and environment are too large together");
  }
  const Descriptor file(
      openat(dir_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file && errno == EEXIST) return false;
  if (!file) return tl::unexpected(io_error("make the control file", name));
  if (write(file.get(), order.data(), order.size()) != static_cast<ssize_t>(order.size())) {
    const Error error = io_error("write the control file", name);
    remove(attempt);
    return tl::unexpected(error);
  }
  return true;
}

void AttemptsDir::remove(const AttemptId& attempt) const {
  unlinkat(dir_.get(), control_name(attempt).c_str(), 0);
}

AttemptsDir::Look AttemptsDir::look(const AttemptId& attempt) const {
  const std::string name = control_name(attempt);
  const Descriptor file(
      openat(dir_.get(), name.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return {};
  // Locked before it is read: once the lock is ours, nobody writes any more.
  const bool free = flock(file.get(), LOCK_EX | LOCK_NB) == 0;
  const std::string text = read_all(file.get());
  Look look{State::claimed, parse_control_file(text), {}};
  if (look.file.end) {
    look.state = State::ended;
  } else if (look.file.owner) {
    look.state = free ? State::dead : State::running;
  } else if (free) {
    // A supervisor that still has it open, or is about to open it, must find that it came too late.
    const std::string forbidden = void_record();
    const ssize_t written = write(file.get(), forbidden.data(), forbidden.size());
    // On a full disk the removal alone must do: the file is opened by name.
    (void)written;
    remove(attempt);
    look.order = text.substr(0, look.file.order_size);
    look.state = State::unstarted;
  }
  return look;
}

}  // namespace pentad::engine
