#include "engine/supervisor/affinity.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "engine/record.h"

namespace pentad::engine {

namespace {

constexpr int64_t kMaxCpus = 8192;
constexpr int64_t kBitsPerWord = 64;

}  // namespace

bool bind_to_cpus(std::string_view list) {
  uint64_t mask[kMaxCpus / kBitsPerWord] = {};
  while (!list.empty()) {
    const std::string_view range = list.substr(0, list.find(','));
    list.remove_prefix(range.size() + (range.size() < list.size() ? 1 : 0));
    const size_t dash = range.find('-');
    const bool single = dash == std::string_view::npos;
    const int64_t first = parse_integer(range.substr(0, dash), -1);
    const int64_t last = single ? first : parse_integer(range.substr(dash + 1), -1);
    if (first < 0 || last < first || last >= kMaxCpus) return false;
    for (int64_t cpu = first; cpu <= last; ++cpu) {
      mask[cpu / kBitsPerWord] |= uint64_t{1} << (cpu % kBitsPerWord);
    }
  }
  return syscall(SYS_sched_setaffinity, 0, sizeof mask, mask) == 0;
}

}  // namespace pentad::engine
