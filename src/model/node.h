// Nodes and pools. Nodes of one make (same cores, memory, devices, features) form a pool.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/units.h"
#include "model/device.h"

namespace pentad {

inline constexpr int64_t kMaxDevicesPerNode = 64;

// `count` devices of one model in a node; their positions in the node are consecutive.
struct DeviceGroup {
  std::string model;
  int32_t count = 0;
  bool operator==(const DeviceGroup&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceGroup, (), (model, count))

// up: takes jobs. draining: finishes what runs, takes nothing new. drained: draining and empty.
// down: lost or switched off; nothing runs there.
BOOST_DEFINE_ENUM_CLASS(NodeState, up, draining, drained, down)

// What a node is. `cpu_model` names a DeviceModel of kind cpu (its figures are per core).
struct Node {
  std::string name;
  std::string pool;
  int32_t cores = 0;
  Bytes memory;
  std::string cpu_model;
  std::vector<DeviceGroup> devices;
  std::vector<std::string> features;
  bool operator==(const Node&) const = default;
};
BOOST_DESCRIBE_STRUCT(Node, (), (name, pool, cores, memory, cpu_model, devices, features))

}  // namespace pentad
