// What a pass or a forecast intends for later: windows on nodes and licences that jobs behind must
// leave alone. Kept beside the nodes, so that a forecast can plan without touching the state.
#pragma once

#include <unordered_map>
#include <vector>

#include "schedule/demand.h"
#include "schedule/skyline.h"

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
  std::vector<PlacedNode> nodes;  // ascending by name where it starts now
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
  // For a plan of many jobs, told while it is empty: nodes with one window have steps too.
  void expect_many(bool many) { expect_many_ = many; }
  // Valid until the next change.
  Windows on(NodeSlot node) const {
    if (node >= index_.size() || index_[node] == 0) return {};
    const Entry& entry = entries_[index_[node] - 1];
    return entry.more == 0 ? Windows(&entry.only, 1) : Windows(more_[entry.more - 1].windows);
  }
  // Of a node with windows, several unless many are expected, as seen at `now`; null for others.
  // Valid until the next change.
  const Skyline* skyline(const NodeRecord& record, NodeSlot node, Time now) const;
  const std::vector<LicenceWindow>& of_licence(uint32_t licence) const;
  // Nodes with windows, in the order in which they were added.
  const std::vector<NodeSlot>& nodes() const { return nodes_; }
  // The latest time at which a window begins.
  Time latest_begin() const { return latest_begin_; }

 private:
  // The windows of a node: nearly always one.
  struct Entry {
    Window only;
    uint32_t more = 0;  // 1 + its place in more_ when there are several
  };
  void add(NodeSlot node, const Window& window);
  void begin_several(Entry& entry);

  std::vector<NodeSlot> nodes_;
  std::vector<uint32_t> index_;  // by node: 1 + its place in entries_, 0 for none
  std::vector<Entry> entries_;
  struct Several {
    std::vector<Window> windows;
    mutable Skyline skyline;  // made when first asked for
  };
  std::vector<Several> more_;
  bool expect_many_ = false;
  size_t more_used_ = 0;  // of more_; the rest keeps its memory
  std::unordered_map<uint32_t, std::vector<LicenceWindow>> licences_;
  Time latest_begin_;
};

}  // namespace pentad::schedule
