// Keeps a second writer away from a database: a lock on a file beside it, which the system drops
// when its holder ends, however it ends.
#pragma once

#include <string>

#include "base/result.h"

namespace pentad::store {

class LockFile {
 public:
  LockFile() = default;
  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&& other) noexcept;
  ~LockFile();

  // Makes the file when missing and takes its lock. Errors: unavailable, naming the process that
  // holds it, or what the system says.
  static Result<LockFile> acquire(const std::string& path);
  // Likewise, beside others that share it; keeps those away that want it alone.
  static Result<LockFile> share(const std::string& path);
  // Writes the number of this process into the file.
  void sign() const;

 private:
  static Result<LockFile> take(const std::string& path, int how);
  int fd_ = -1;
};

}  // namespace pentad::store
