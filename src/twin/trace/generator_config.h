// What the generator asks of its configuration.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "twin/trace/generator.h"

namespace pentad::trace {

inline constexpr size_t kDeviceKinds = 4;

// What a job can have that uses devices of a kind, in each pool that has them (for cpu: in each
// pool without devices, or in any when there is none).
struct KindLimits {
  int64_t pools = 0;
  int64_t cores = 0;       // of a node, in the pool with the fewest
  int64_t devices = 0;     // of a node
  int64_t memory_mib = 0;  // of a node
  int64_t nodes = 0;       // half of the smallest such pool, at least 1
  double capacity = 0;     // devices in all, or cores for cpu
};
KindLimits limits_of(const GeneratorConfig& config, DeviceKind kind);

// Errors: invalid, with the field as path.
Status check(const GeneratorConfig& config);

TraceHeader generated_header(const GeneratorConfig& config);

// Sets jobs_per_hour so that the mean demand is `load` of what is shortest.
void set_load(GeneratorConfig& config, double load);

}  // namespace pentad::trace
