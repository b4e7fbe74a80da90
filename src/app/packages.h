// Which Debian packages are installed here.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pentad::app {

// Names in what `dpkg-query -W` prints as "ii  NAME" lines: those that are installed and
// configured.
std::set<std::string> installed_packages(std::string_view dpkg_output);

// "apt-get install --no-install-recommends a b", with sudo before it for a user who is not root;
// empty when nothing is missing.
std::string install_command(const std::vector<std::string>& missing, bool is_root);

// Asks dpkg-query, again only when its database has changed since. May be used by many threads.
class Packages {
 public:
  // `ask` runs dpkg-query and `changed` tells its database's time of change; replaced in tests.
  using Ask = std::function<Result<std::string>()>;
  using Changed = std::function<int64_t()>;
  Packages();
  Packages(Ask ask, Changed changed);

  // Those of `wanted` that are not installed, in their order. Errors: unsupported, where there is
  // no dpkg-query and so nothing can be told; timed_out, failed.
  Result<std::vector<std::string>> missing(const std::vector<std::string>& wanted);

 private:
  Status refresh();

  Ask ask_;
  Changed changed_;
  std::mutex mutex_;
  int64_t known_of_ = -1;  // time of change that `installed_` is of
  std::set<std::string> installed_;
};

}  // namespace pentad::app
