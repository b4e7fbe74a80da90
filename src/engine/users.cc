#include "engine/users.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace pentad::engine {

namespace {

constexpr std::chrono::seconds kRemember{30};
constexpr size_t kMaxKnown = 1000;

User from_entry(const passwd& entry) {
  User user{entry.pw_name, entry.pw_dir, entry.pw_shell, entry.pw_uid, entry.pw_gid, {}};
  int count = 32;
  do {
    user.groups.resize(static_cast<size_t>(count));
  } while (getgrouplist(entry.pw_name, entry.pw_gid, user.groups.data(), &count) < 0);
  user.groups.resize(static_cast<size_t>(count));
  return user;
}

}  // namespace

Result<User> Users::find(const std::string& name) {
  const auto now = std::chrono::steady_clock::now();
  if (const auto it = known_.find(name); it != known_.end() && now - it->second.at < kRemember) {
    return it->second.user;
  }
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  const int error = getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) {
    // Several codes stand for "not found", see getpwnam(3).
    if (error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM) {
      return fail(ErrorCode::not_found, fmt::format("no such user: {}", name));
    }
    return fail(ErrorCode::unavailable,
                fmt::format("cannot look up user {}: {}", name, std::strerror(error)));
  }
  if (known_.size() >= kMaxKnown) known_.clear();
  return known_.insert_or_assign(name, Known{from_entry(*found), now}).first->second.user;
}

User current_user() {
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
  User user;
  if (found != nullptr) {
    user = from_entry(*found);
    const char* home = std::getenv("HOME");
    if (home != nullptr && home[0] == '/') user.home = home;
    return user;
  }
  user.uid = geteuid();
  user.gid = getegid();
  return user;
}

}  // namespace pentad::engine
