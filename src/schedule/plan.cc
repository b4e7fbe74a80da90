#include "schedule/plan.h"

namespace pentad::schedule {

void Plan::add(const Placed& placed, const std::vector<LicenceNeed>& licences, Time begin,
               Time end) {
  for (const PlacedNode& node : placed.nodes) {
    if (node.node >= index_.size()) index_.resize(node.node + 1);
    uint32_t& index = index_[node.node];
    if (index == 0) {
      nodes_.push_back(node.node);
      if (windows_.size() < nodes_.size()) windows_.emplace_back();
      index = static_cast<uint32_t>(nodes_.size());
    }
    windows_[index - 1].push_back(
        {begin, end, placed.cores, placed.memory, placed.share_milli, node.devices});
  }
  for (const LicenceNeed& need : licences) {
    licences_[need.licence].push_back({begin, end, need.count});
  }
  latest_begin_ = std::max(latest_begin_, begin);
}

void Plan::clear() {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    index_[nodes_[i]] = 0;
    windows_[i].clear();
  }
  nodes_.clear();
  licences_.clear();
  latest_begin_ = Time{};
}

const std::vector<Window>& Plan::on(NodeSlot node) const {
  static const std::vector<Window> none;
  if (node >= index_.size() || index_[node] == 0) return none;
  return windows_[index_[node] - 1];
}

const std::vector<LicenceWindow>& Plan::of_licence(uint32_t licence) const {
  static const std::vector<LicenceWindow> none;
  const auto it = licences_.find(licence);
  return it == licences_.end() ? none : it->second;
}

}  // namespace pentad::schedule
