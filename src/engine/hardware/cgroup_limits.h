// How much of the machine the control group of this process may use: in a container less than hwloc
// tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/units.h"

namespace pentad::engine {

struct CgroupLimits {
  std::optional<Bytes> memory;       // none: no limit below the machine's
  std::optional<int64_t> cpu_milli;  // thousandths of a processor
};

// The tightest limits of this process's group and those above it, v2 and v1. `root` stands before
// /proc/self/cgroup and /sys/fs/cgroup, for tests. What cannot be read limits nothing.
CgroupLimits read_cgroup_limits(const std::string& root = {});

}  // namespace pentad::engine
