#include "store/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

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

Status sync_directory(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(system_failure("open", path, errno));
  int error = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  if (error != 0 && error != EINVAL) return tl::unexpected(system_failure("write", path, error));
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
  return tl::unexpected(system_failure("make the directory", path, error));
}

}  // namespace

Error system_failure(const char* what, const std::string& path, int error) {
  return {code_of(error),
          fmt::format("cannot {} {}: {}", what, path, std::generic_category().message(error)),
          path};
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
  if (rename(from.c_str(), to.c_str()) != 0)
    return tl::unexpected(system_failure("make", to, errno));
  return sync_directory_of(to);
}

Status sync_directory_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return sync_directory(slash == std::string::npos ? "." : path.substr(0, slash + 1));
}

}  // namespace pentad::store
