// What a pass or a forecast intends for later: windows on nodes and licences that jobs behind must
// leave alone. Kept beside the nodes, so that a forecast can plan without touching the state.
#pragma once

#include <unordered_map>
#include <vector>

#include "schedule/demand.h"

namespace pentad::schedule {

// A placement in slots.
struct PlacedNode {
  NodeSlot node = 0;
  DeviceMask devices = 0;
  bool operator==(const PlacedNode&) const = default;
};
struct Placed {
  Option option;
  int32_t cores = 0;  // per node
  Bytes memory;
  int32_t share_milli = 1000;
  std::vector<PlacedNode> nodes;  // ascending by name
};

// Planned use of a node: [begin, end).
struct Window {
  Time begin;
  Time end;
  int32_t cores = 0;
  Bytes memory;
  int32_t share_milli = 0;
  DeviceMask devices = 0;
};

struct LicenceWindow {
  Time begin;
  Time end;
  int32_t count = 0;
};

class Plan {
 public:
  void add(const Placed& placed, const std::vector<LicenceNeed>& licences, Time begin, Time end);
  void clear();
  const std::vector<Window>& on(NodeSlot node) const;
  const std::vector<LicenceWindow>& of_licence(uint32_t licence) const;
  bool empty() const { return nodes_.empty() && licences_.empty(); }

 private:
  std::unordered_map<NodeSlot, std::vector<Window>> nodes_;
  std::unordered_map<uint32_t, std::vector<LicenceWindow>> licences_;
};

}  // namespace pentad::schedule
