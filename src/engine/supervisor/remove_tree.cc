#include "engine/supervisor/remove_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace pentad::engine {

namespace {

constexpr int kMostLevels = 100;

void remove_in(int parent, const char* name, int levels) {
  if (unlinkat(parent, name, 0) == 0 || levels == 0) return;
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = openat(parent, name, kFlags);
  if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, 0) == 0) {
    fd = openat(parent, name, kFlags);
  }
  if (fd < 0) return;
  if (DIR* dir = fdopendir(fd)) {
    fchmod(fd, 0700);  // it may have been made read-only
    while (const dirent* entry = readdir(dir)) {
      if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
      remove_in(fd, entry->d_name, levels - 1);
    }
    closedir(dir);
  } else {
    close(fd);
  }
  unlinkat(parent, name, AT_REMOVEDIR);
}

}  // namespace

void remove_tree(const char* path) { remove_in(AT_FDCWD, path, kMostLevels); }

}  // namespace pentad::engine
