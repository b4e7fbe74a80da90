// Asks the vendors' tools that are installed for the devices of this machine.
#pragma once

#include <string>
#include <vector>

#include "engine/hardware/device_tools.h"

namespace pentad::engine {

// `folders` are searched after PATH. What a tool that is there could not tell goes to `notes`, a
// sentence each.
std::vector<FoundDevice> find_accelerators(const std::vector<std::string>& folders,
                                           std::vector<std::string>& notes);

// Words a job may require of a node: the architecture and the wide vector units of its CPU, such as
// x86_64, avx2, avx512, amx.
std::vector<std::string> cpu_features();

}  // namespace pentad::engine
