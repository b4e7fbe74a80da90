#include "schedule/plan.h"

namespace pentad::schedule {

void Plan::add(const Placed& placed, const std::vector<LicenceNeed>& licences, Time begin,
               Time end) {
  for (const PlacedNode& node : placed.nodes) {
    nodes_[node.node].push_back(
        {begin, end, placed.cores, placed.memory, placed.share_milli, node.devices});
  }
  for (const LicenceNeed& need : licences) {
    licences_[need.licence].push_back({begin, end, need.count});
  }
}

void Plan::clear() {
  nodes_.clear();
  licences_.clear();
}

const std::vector<Window>& Plan::on(NodeSlot node) const {
  static const std::vector<Window> none;
  const auto it = nodes_.find(node);
  return it == nodes_.end() ? none : it->second;
}

const std::vector<LicenceWindow>& Plan::of_licence(uint32_t licence) const {
  static const std::vector<LicenceWindow> none;
  const auto it = licences_.find(licence);
  return it == licences_.end() ? none : it->second;
}

}  // namespace pentad::schedule
