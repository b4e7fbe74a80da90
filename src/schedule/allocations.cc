#include "schedule/allocations.h"

namespace pentad::schedule {

bool Allocations::add(Allocation handle, const Placed& placed,
                      const std::vector<LicenceNeed>& licences, Time ends_by) {
  if (handle == 0 || ids_.find(handle) != IdMap::none) return false;
  uint32_t slot = static_cast<uint32_t>(records_.size());
  if (free_.empty()) {
    records_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  AllocationRecord& record = records_[slot];
  record.ends_by = ends_by;
  record.used = true;
  record.on_a_node = !placed.nodes.empty();
  if (record.on_a_node) record.node = placed.nodes[0].node;
  if (placed.nodes.size() > 1 || !licences.empty()) {
    record.more = std::make_unique<AllocationRecord::More>();
    for (size_t i = 1; i < placed.nodes.size(); ++i) {
      record.more->nodes.push_back(placed.nodes[i].node);
    }
    record.more->licences = licences;
  }
  ids_.insert(handle, slot);
  return true;
}

AllocationRecord Allocations::take(Allocation handle) {
  const uint32_t slot = ids_.find(handle);
  if (slot == IdMap::none) return {};
  AllocationRecord record = std::move(records_[slot]);
  records_[slot] = {};
  ids_.erase(handle);
  free_.push_back(slot);
  return record;
}

}  // namespace pentad::schedule
