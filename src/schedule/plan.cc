#include "schedule/plan.h"

namespace pentad::schedule {

void Plan::add(NodeSlot node, const Window& window) {
  if (node >= index_.size()) index_.resize(node + 1);
  uint32_t& index = index_[node];
  if (index == 0) {
    nodes_.push_back(node);
    entries_.push_back({window, 0});
    index = static_cast<uint32_t>(entries_.size());
    if (expect_many_) begin_several(entries_.back());
    return;
  }
  Entry& entry = entries_[index - 1];
  if (entry.more == 0) begin_several(entry);
  Several& several = more_[entry.more - 1];
  several.windows.push_back(window);
  several.skyline.take(window);
}

void Plan::begin_several(Entry& entry) {
  if (more_used_ == more_.size()) more_.emplace_back();
  Several& several = more_[more_used_++];
  several.windows.assign(1, entry.only);
  several.skyline.forget();
  entry.more = static_cast<uint32_t>(more_used_);
}

const Skyline* Plan::skyline(const NodeRecord& record, NodeSlot node, Time now) const {
  if (node >= index_.size() || index_[node] == 0) return nullptr;
  const Entry& entry = entries_[index_[node] - 1];
  if (entry.more == 0) return nullptr;
  const Several& several = more_[entry.more - 1];
  if (!several.skyline.is_of(record, now)) several.skyline.build(record, several.windows, now);
  return &several.skyline;
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
  more_used_ = 0;
  if (!licences_.empty()) licences_.clear();
  latest_begin_ = Time{};
}

const std::vector<LicenceWindow>& Plan::of_licence(uint32_t licence) const {
  static const std::vector<LicenceWindow> none;
  const auto it = licences_.find(licence);
  return it == licences_.end() ? none : it->second;
}

}  // namespace pentad::schedule
