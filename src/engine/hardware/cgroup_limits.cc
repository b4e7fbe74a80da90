#include "engine/hardware/cgroup_limits.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

namespace pentad::engine {
namespace {

// The first two numbers of a file; -1 stands for "max" and for none.
struct Numbers {
  int64_t first = -1;
  int64_t second = -1;
};

Numbers read_numbers(const std::string& path) {
  std::ifstream file(path);
  Numbers numbers;
  if (!(file >> numbers.first)) {
    file.clear();
    std::string word;
    file >> word;
    numbers.first = -1;
  }
  if (!(file >> numbers.second)) numbers.second = -1;
  return numbers;
}

template <class T>
void tighten(std::optional<T>& limit, T value) {
  if (!limit || value < *limit) limit = value;
}

void take_memory(const std::string& file, CgroupLimits& limits) {
  int64_t bytes = read_numbers(file).first;
  // v1 writes "no limit" as the largest multiple of a page.
  if (bytes > 0 && bytes < (int64_t{1} << 62)) tighten(limits.memory, Bytes{bytes});
}

void take_cpu(int64_t quota_us, int64_t period_us, CgroupLimits& limits) {
  constexpr int64_t most = int64_t{1} << 40;
  if (quota_us <= 0 || period_us <= 0 || quota_us > most) return;
  tighten(limits.cpu_milli, quota_us * 1000 / period_us);
}

// Calls visit for `path` and every folder above it down to "".
template <class Visit>
void each_level(std::string path, Visit visit) {
  while (true) {
    while (path.ends_with('/')) path.pop_back();
    visit(path);
    size_t slash = path.rfind('/');
    if (slash == path.npos) return;
    path.resize(slash);
  }
}

bool has_controller(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == name) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

CgroupLimits read_cgroup_limits(const std::string& root) {
  CgroupLimits limits;
  const std::string base = root + "/sys/fs/cgroup";
  std::ifstream groups(root + "/proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {  // "4:memory:/path", in v2 "0::/path"
    size_t first = line.find(':');
    size_t second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (path.find("..") != path.npos) path.clear();  // outside of our name space
    each_level(path, [&](const std::string& level) {
      if (controllers.empty()) {
        take_memory(fmt::format("{}{}/memory.max", base, level), limits);
        Numbers cpu = read_numbers(fmt::format("{}{}/cpu.max", base, level));
        take_cpu(cpu.first, cpu.second, limits);
      }
      if (has_controller(controllers, "memory")) {
        take_memory(fmt::format("{}/memory{}/memory.limit_in_bytes", base, level), limits);
      }
      if (has_controller(controllers, "cpu")) {
        std::string folder = fmt::format("{}/cpu{}/cpu.cfs_", base, level);
        take_cpu(read_numbers(folder + "quota_us").first, read_numbers(folder + "period_us").first,
                 limits);
      }
    });
  }
  return limits;
}

}  // namespace pentad::engine
