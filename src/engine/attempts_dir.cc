#include "engine/attempts_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "engine/protocol.h"

namespace pentad::engine {

namespace {

constexpr std::string_view kSparePrefix = "spare.";
constexpr size_t kMaxSpares = 1024;

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

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  DIR* dir = fdopendir(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (dir == nullptr) return names;
  while (const dirent* entry = readdir(dir)) names.emplace_back(entry->d_name);
  closedir(dir);
  return names;
}

// Never replaces a file. File systems without such a rename have links.
bool rename_new(int dir, const std::string& from, const std::string& to) {
  if (renameat2(dir, from.c_str(), dir, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  return linkat(dir, from.c_str(), dir, to.c_str(), 0) == 0 && unlinkat(dir, from.c_str(), 0) == 0;
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
  // Environments and arguments stand in there.
  if (chmod(path.c_str(), 0700) != 0) return tl::unexpected(io_error("close to others", path));
  AttemptsDir dir;
  dir.dir_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Locked through a descriptor of its own: supervisors inherit the other one and live longer.
  dir.lock_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir.dir_ || !dir.lock_) return tl::unexpected(io_error("open", path));
  if (!lock_patiently(dir.lock_.get())) {
    return fail(ErrorCode::unavailable, "another daemon works with " + path, path);
  }
  dir.find_spares();
  return dir;
}

std::vector<AttemptId> AttemptsDir::list() const {
  std::vector<AttemptId> attempts;
  for (const std::string& name : names_in(dir_.get())) {
    if (const auto attempt = parse_control_name(name)) attempts.push_back(*attempt);
  }
  return attempts;
}

std::string AttemptsDir::take_spare() {
  if (spares_.empty()) return fmt::format("{}{}", kSparePrefix, next_spare_++);
  std::string name = std::move(spares_.back());
  spares_.pop_back();
  return name;
}

void AttemptsDir::find_spares() {
  for (const std::string& name : names_in(dir_.get())) {
    int64_t number = 0;
    if (!name.starts_with(kSparePrefix)) continue;
    const char* digits = name.c_str() + kSparePrefix.size();
    std::from_chars(digits, name.c_str() + name.size(), number);
    next_spare_ = std::max(next_spare_, number + 1);
    spares_.push_back(name);
  }
}

// Written under a spare's name, then renamed: no crash leaves half an order, and of two creators
// one wins.
Result<bool> AttemptsDir::create(const AttemptId& attempt, const std::string& order) {
  const std::string name = control_name(attempt);
  if (order.size() > kMaxControlFile / 2) {
    return fail(ErrorCode::too_large, "arguments and environment are too large together");
  }
  const std::string spare = take_spare();
  const Descriptor file(
      openat(dir_.get(), spare.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return tl::unexpected(io_error("make the control file", name));
  const auto size = static_cast<ssize_t>(order.size());
  // Cut to size after writing: the block that it has is kept.
  if (pwrite(file.get(), order.data(), order.size(), 0) != size ||
      ftruncate(file.get(), size) != 0) {
    const Error error = io_error("write the control file", name);
    unlinkat(dir_.get(), spare.c_str(), 0);
    return tl::unexpected(error);
  }
  if (rename_new(dir_.get(), spare, name)) return true;
  const Error error = io_error("name the control file", name);
  const bool exists = errno == EEXIST;
  spares_.push_back(spare);
  if (exists) return false;
  return tl::unexpected(error);
}

void AttemptsDir::remove(const AttemptId& attempt) {
  unlinkat(dir_.get(), control_name(attempt).c_str(), 0);
}

void AttemptsDir::recycle(const AttemptId& attempt) {
  const std::string spare = fmt::format("{}{}", kSparePrefix, next_spare_);
  if (spares_.size() >= kMaxSpares || !rename_new(dir_.get(), control_name(attempt), spare)) {
    return remove(attempt);
  }
  ++next_spare_;
  spares_.push_back(spare);
}

AttemptsDir::Look AttemptsDir::look(const AttemptId& attempt) const {
  const std::string name = control_name(attempt);
  const Descriptor file(
      openat(dir_.get(), name.c_str(), O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return {};
  // Locked before it is read: once the lock is ours, nobody writes any more.
  const bool free = flock(file.get(), LOCK_EX | LOCK_NB) == 0;
  const std::string text = read_all(file.get());
  Look look{State::claimed, parse_control_file(text, name), {}};
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
    unlinkat(dir_.get(), name.c_str(), 0);
    look.order = text.substr(0, look.file.order_size);
    look.state = State::unstarted;
  }
  return look;
}

}  // namespace pentad::engine
