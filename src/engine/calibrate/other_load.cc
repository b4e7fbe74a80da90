#include "engine/calibrate/other_load.h"

#include <sys/times.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

namespace pentad::calibrate {
namespace {

std::optional<CpuTicks> read_cpu_ticks() {
  std::ifstream file("/proc/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return parse_cpu_ticks(line);
}

int64_t own_ticks() {
  tms used{};
  times(&used);
  return used.tms_utime + used.tms_stime + used.tms_cutime + used.tms_cstime;
}

}  // namespace

std::optional<CpuTicks> parse_cpu_ticks(std::string_view stat) {
  // cpu  user nice system idle iowait irq softirq steal ...
  if (!stat.starts_with("cpu ")) return std::nullopt;
  const char* at = stat.data() + 4;
  const char* end = stat.data() + std::min(stat.find('\n'), stat.size());
  int64_t ticks[8] = {};
  for (int64_t& tick : ticks) {
    while (at < end && *at == ' ') ++at;
    auto [next, error] = std::from_chars(at, end, tick);
    if (error != std::errc{} || tick < 0) return std::nullopt;
    at = next;
  }
  return CpuTicks{ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7],
                  ticks[3] + ticks[4]};
}

int32_t others_percent(const CpuTicks& before, const CpuTicks& after, int64_t own) {
  int64_t busy = after.busy - before.busy;
  int64_t all = busy + after.idle - before.idle;
  if (all <= 0) return 0;
  return static_cast<int32_t>(std::clamp<int64_t>((busy - own) * 100 / all, 0, 100));
}

OtherLoad::OtherLoad() : before_(read_cpu_ticks()), own_before_(own_ticks()) {}

std::optional<int32_t> OtherLoad::percent() const {
  auto after = read_cpu_ticks();
  if (!before_ || !after) return std::nullopt;
  return others_percent(*before_, *after, own_ticks() - own_before_);
}

}  // namespace pentad::calibrate
