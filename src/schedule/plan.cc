#include "schedule/plan.h"

namespace pentad::schedule {

void Plan::add(NodeSlot node, const Window& window) {
  if (node >= index_.size()) index_.resize(node + 1);
  uint32_t& index = index_[node];
  if (index == 0) {
    nodes_.push_back(node);
    entries_.push_back({window, 0});
    index = static_cast<uint32_t>(entries_.size());
    return;
  }
  Entry& entry = entries_[index - 1];
  if (entry.more == 0) {
    more_.push_back({entry.only});
    entry.more = static_cast<uint32_t>(more_.size());
  }
  more_[entry.more - 1].push_back(window);
}

void Plan::add(const Placed& placed, const std::vector<LicenceNeed>& licences, Time begin,
               Time end) {
  for (const PlacedNode& node : placed.nodes) {
    add(node.node, {begin, end, placed.cores, placed.memory, placed.share_milli, node.devices});
  }
  for (const LicenceNeed& need : licences) {
    licences_[need.licence].push_back({begin, end, need.count});
  }
  latest_begin_ = std::max(latest_begin_, begin);
}

void Plan::clear() {
  for (NodeSlot node : nodes_) index_[node] = 0;
  nodes_.clear();
  entries_.clear();
  more_.clear();
  if (!licences_.empty()) licences_.clear();
  latest_begin_ = Time{};
}

const std::vector<LicenceWindow>& Plan::of_licence(uint32_t licence) const {
  static const std::vector<LicenceWindow> none;
  const auto it = licences_.find(licence);
  return it == licences_.end() ? none : it->second;
}

}  // namespace pentad::schedule
