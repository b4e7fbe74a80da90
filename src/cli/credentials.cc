#include "cli/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/reflect.h"

namespace pentad::cli {

namespace {

using Stored = std::map<std::string, Credential>;

Stored read_all() {
  const std::string path = credentials_path();
  struct stat info {};
  const bool is_mine = stat(path.c_str(), &info) == 0 && info.st_uid == geteuid();
  if (!is_mine || (info.st_mode & 077) != 0) return {};
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return from_json<Stored>(text.str(), ReadMode::lenient).value_or(Stored{});
}

}  // namespace

std::string credentials_path() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config && *config == '/') return std::string(config) + "/pentad/credentials.json";
  const char* home = std::getenv("HOME");
  return std::string(home ? home : "/") + "/.config/pentad/credentials.json";
}

std::optional<Credential> stored_credential(const std::string& centre) {
  const Stored all = read_all();
  auto found = all.find(centre);
  if (found == all.end()) return {};
  return found->second;
}

Status store_credential(const std::string& centre, const std::optional<Credential>& credential) {
  Stored all = read_all();
  if (credential) {
    all[centre] = *credential;
  } else if (all.erase(centre) == 0) {
    return {};
  }
  const std::string path = credentials_path();
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return fail(ErrorCode::failed, error.message(), path);
  const std::string fresh = fmt::format("{}.{}", path, getpid());
  const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return fail(ErrorCode::failed, std::strerror(errno), fresh);
  const std::string text = to_json(all) + "\n";
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  close(fd);
  if (written && rename(fresh.c_str(), path.c_str()) == 0) return {};
  const int why = errno;
  unlink(fresh.c_str());
  return fail(ErrorCode::failed, std::strerror(why), path);
}

}  // namespace pentad::cli
