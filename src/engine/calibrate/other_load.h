// How busy others keep the processors while we measure: figures taken on a busy machine are too
// low, and the report must say so.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pentad::calibrate {

// Processor time since boot in clock ticks, of all processors together.
struct CpuTicks {
  int64_t busy = 0;  // including what a host took from this virtual machine
  int64_t idle = 0;
};

// From the text of /proc/stat.
std::optional<CpuTicks> parse_cpu_ticks(std::string_view stat);

// Per cent of all processor time between two looks that was neither idle nor our own, 0 to 100.
int32_t others_percent(const CpuTicks& before, const CpuTicks& after, int64_t own_ticks);

// Looks at the machine when made and when asked; nothing where it cannot be told.
class OtherLoad {
 public:
  OtherLoad();
  std::optional<int32_t> percent() const;

 private:
  std::optional<CpuTicks> before_;
  int64_t own_before_ = 0;
};

}  // namespace pentad::calibrate
