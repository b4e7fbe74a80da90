// What this machine is: cores and memory through hwloc, accelerators through their vendors' tools.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/hardware/device_tools.h"
#include "engine/machine.h"
#include "model/device.h"
#include "model/node.h"

namespace pentad::engine {

struct InventoryOptions {
  std::string topology;      // an hwloc synthetic description instead of this machine
  bool accelerators = true;  // ask the vendors' tools
  std::vector<std::string> tool_folders = {"/usr/local/bin", "/usr/local/sbin",
                                           "/opt/rocm/bin",  "/opt/hyhal/bin",
                                           "/opt/dtk/bin",   "/usr/local/Ascend/driver/tools"};
};

struct Inventory {
  Node node;        // pool left empty
  Machine machine;  // cores and devices in the order of the node
  // The CPU first, then one for each device model of the node: kind, memory, power as told; peaks,
  // prices and measurements unknown. Of a CPU, everything is per core.
  std::vector<DeviceModel> models;
  std::vector<std::string> reported_names;  // of `models`, as the machine prints them
  int32_t hardware_threads = 0;
  int32_t numa_nodes = 0;
  int32_t packages = 0;
  std::vector<std::string> notes;  // what was limited or could not be asked, for the log
};

// Errors: failed, when not even cores and memory can be told.
Result<Inventory> take_inventory(const InventoryOptions& options = {});

// Puts devices into the inventory, those of one model next to each other.
void add_devices(Inventory& inventory, std::vector<FoundDevice> devices);

}  // namespace pentad::engine
