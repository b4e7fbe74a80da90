// What an engine that places jobs on this machine must know of it: which logical CPUs make a core
// and how a device is made visible to a job. The inventory fills it; the local engine binds by it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pentad::engine {

// One device in the node's order (Placement::nodes[].devices are positions in this list). A job
// gets to see it through `variable` (such as CUDA_VISIBLE_DEVICES), which lists the `id`s of its
// devices.
struct VisibleDevice {
  std::string variable;
  std::string id;
};

// `cores[i]` holds the logical CPUs (numbers of the operating system) of core i. Cores that share
// caches and memory stand next to each other, so that consecutive ones make a good set.
struct Machine {
  std::vector<std::vector<int32_t>> cores;
  std::vector<VisibleDevice> devices;
};

}  // namespace pentad::engine
