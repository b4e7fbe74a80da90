#include "app/packages.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "engine/hardware/run_tool.h"

namespace pentad::app {
namespace {

constexpr const char* kDatabase = "/var/lib/dpkg/status";

Result<std::string> ask_dpkg() {
  auto output = engine::run_tool({"dpkg-query", "-W", "-f=${db:Status-Abbrev} ${Package}\\n"},
                                 seconds(30), 16 << 20);
  if (!output && output.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::unsupported, "no dpkg-query here: packages cannot be checked");
  }
  if (!output) return tl::unexpected(output.error());
  if (output->exit_code != 0) {
    return fail(ErrorCode::failed, fmt::format("dpkg-query ended with {}", output->exit_code));
  }
  return std::move(output->text);
}

// Nanoseconds; 0 where there is no such file.
int64_t database_changed() {
  struct stat status = {};
  if (stat(kDatabase, &status) != 0) return 0;
  return status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace

std::set<std::string> installed_packages(std::string_view output) {
  std::set<std::string> names;
  while (!output.empty()) {
    size_t end = std::min(output.find('\n'), output.size());
    std::string_view line = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    size_t space = line.rfind(' ');
    // The second letter is the state: i installed; the first what is wanted of it.
    if (line.size() > 3 && line[1] == 'i' && space != line.npos && space + 1 < line.size()) {
      names.emplace(line.substr(space + 1));
    }
  }
  return names;
}

std::string install_command(const std::vector<std::string>& missing, bool is_root) {
  if (missing.empty()) return {};
  return fmt::format("{}apt-get install -y --no-install-recommends {}", is_root ? "" : "sudo ",
                     fmt::join(missing, " "));
}

Packages::Packages() : Packages(ask_dpkg, database_changed) {}

Packages::Packages(Ask ask, Changed changed) : ask_(std::move(ask)), changed_(std::move(changed)) {}

Status Packages::refresh() {
  int64_t changed = changed_();
  if (changed == known_of_) return {};
  auto output = ask_();
  if (!output) return tl::unexpected(output.error());
  installed_ = installed_packages(*output);
  known_of_ = changed;
  return {};
}

Result<std::vector<std::string>> Packages::missing(const std::vector<std::string>& wanted) {
  std::vector<std::string> out;
  if (wanted.empty()) return out;
  std::lock_guard lock(mutex_);
  if (Status status = refresh(); !status) return tl::unexpected(status.error());
  for (const std::string& name : wanted) {
    if (!installed_.contains(name)) out.push_back(name);
  }
  return out;
}

}  // namespace pentad::app
