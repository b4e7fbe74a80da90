#include "schedule/site.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "base/assert.h"

namespace pentad::schedule {

DeviceMask NodeRecord::devices_of(ModelSlot model) const {
  for (const auto& [of, mask] : masks) {
    if (of == model) return mask;
  }
  return 0;
}

uint32_t Names::slot(const std::string& name) {
  const auto [it, fresh] = slots_.try_emplace(name, static_cast<uint32_t>(names_.size()));
  if (fresh) names_.push_back(name);
  return it->second;
}

int64_t Names::find(const std::string& name) const {
  const auto it = slots_.find(name);
  return it == slots_.end() ? -1 : int64_t{it->second};
}

void Site::upsert_model(const DeviceModel& model) {
  ModelRecord& record = models_[static_cast<size_t>(model_slot(model.name))];
  record.model = model;
  record.known = true;
  ++version_;
}

void Site::upsert_node(const Node& node, NodeState state) {
  const NodeSlot slot = node_slot(node.name);
  if (!nodes_[slot].present || nodes_[slot].node != node) {
    if (nodes_[slot].present) leave_pool(slot);
    NodeRecord& record = nodes_[slot];
    record.node = node;
    record.cores = node.cores;
    record.memory = node.memory;
    record.present = true;
    record.cpu_model = model_slot(node.cpu_model);
    record.device_models.clear();
    for (const DeviceGroup& group : node.devices) {
      const ModelSlot model = model_slot(group.model);
      const int32_t room = max_devices - static_cast<int32_t>(record.device_models.size());
      const int32_t count = std::clamp(group.count, 0, room);
      record.device_models.insert(record.device_models.end(), static_cast<size_t>(count), model);
    }
    record.masks.clear();
    for (size_t i = 0; i < record.device_models.size(); ++i) {
      const ModelSlot model = record.device_models[i];
      const auto same = std::find_if(record.masks.begin(), record.masks.end(),
                                     [&](const auto& entry) { return entry.first == model; });
      if (same == record.masks.end()) {
        record.masks.emplace_back(model, DeviceMask{1} << i);
      } else {
        same->second |= DeviceMask{1} << i;
      }
    }
    if (record.milli_used.size() < record.device_models.size()) {
      record.milli_used.resize(record.device_models.size());
    }
    record.features.clear();
    for (const std::string& feature : node.features) {
      record.features.push_back(features_.slot(feature));
    }
    std::sort(record.features.begin(), record.features.end());
    join_pool(slot);
    ++version_;
  }
  nodes_[slot].state = state;
  ++changes_;
  change(slot);
}

void Site::remove_node(const std::string& name) {
  const int64_t slot = node_names_.find(name);
  if (slot < 0 || !nodes_[static_cast<size_t>(slot)].present) return;
  leave_pool(static_cast<NodeSlot>(slot));
  NodeRecord& record = nodes_[static_cast<size_t>(slot)];
  record.present = false;
  record.state = NodeState::down;
  change(static_cast<NodeSlot>(slot));
  ++changes_;
  ++version_;
}

void Site::add_reservation(const AdvanceReservation& reservation) {
  remove_reservation(reservation.id);
  reservations_[reservation.id] = reservation;
  std::vector<NodeSlot>& slots = reserved_nodes_[reservation.id];
  for (const std::string& name : reservation.nodes) slots.push_back(node_slot(name));
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  for (NodeSlot slot : slots) {
    change(slot);
    std::vector<ReservedSpan>& spans = nodes_[slot].spans;
    const ReservedSpan span{reservation.begin, reservation.end, reservation.id};
    const auto later = [](const ReservedSpan& a, const ReservedSpan& b) {
      return std::tie(a.begin, a.id) < std::tie(b.begin, b.id);
    };
    spans.insert(std::upper_bound(spans.begin(), spans.end(), span, later), span);
  }
}

void Site::remove_reservation(ReservationId id) {
  if (reservations_.erase(id) == 0) return;
  for (NodeSlot slot : reserved_nodes_[id]) {
    change(slot);
    std::erase_if(nodes_[slot].spans, [&](const ReservedSpan& span) { return span.id == id; });
  }
  reserved_nodes_.erase(id);
}

const std::vector<NodeSlot>& Site::reserved_nodes(ReservationId id) const {
  static const std::vector<NodeSlot> none;
  const auto it = reserved_nodes_.find(id);
  return it == reserved_nodes_.end() ? none : it->second;
}

void Site::hold(NodeSlot slot, const Hold& hold) {
  NodeRecord& record = nodes_[slot];
  const auto earlier = [](const Hold& a, const Hold& b) {
    return std::tie(a.ends_by, a.allocation) < std::tie(b.ends_by, b.allocation);
  };
  record.holds.insert(std::upper_bound(record.holds.begin(), record.holds.end(), hold, earlier),
                      hold);
  record.cores_used += hold.cores;
  record.memory_used += hold.memory;
  for (DeviceMask rest = hold.devices; rest != 0; rest &= rest - 1) {
    const auto position = static_cast<size_t>(std::countr_zero(rest));
    if (position >= record.milli_used.size()) record.milli_used.resize(position + 1);
    record.milli_used[position] += hold.share_milli;
  }
  record.devices_used |= hold.devices;
  ++record.holds_version;
  change(slot);
}

const Site::PoolSummary& Site::summary(PoolSlot slot) const {
  if (slot >= summaries_.size()) summaries_.resize(pools_.size());
  PoolSummary& summary = summaries_[slot];
  if (summary.changes == changes_) return summary;
  summary = {changes_, {}, true};
  const NodeRecord* first = nullptr;
  for (NodeSlot node : pools_[slot].nodes) {
    const NodeRecord& record = nodes_[node];
    if (first == nullptr) first = &record;
    if (record.state == NodeState::up) ++summary.states.up;
    if (record.state == NodeState::draining) ++summary.states.draining;
    if (record.state == NodeState::drained) ++summary.states.drained;
    if (record.state == NodeState::down) ++summary.states.down;
    if (record.node.cores != first->node.cores || record.node.memory != first->node.memory ||
        record.device_models != first->device_models || record.features != first->features) {
      summary.of_one_make = false;
    }
  }
  return summary;
}

const StateCount& Site::states(PoolSlot pool) const { return summary(pool).states; }
bool Site::of_one_make(PoolSlot pool) const { return summary(pool).of_one_make; }

Hold Site::drop(NodeSlot slot, Time ends_by, int64_t allocation) {
  NodeRecord& record = nodes_[slot];
  const auto earlier = [](const Hold& hold, const std::pair<Time, int64_t>& key) {
    return std::tie(hold.ends_by, hold.allocation) < std::tie(key.first, key.second);
  };
  const auto it = std::lower_bound(record.holds.begin(), record.holds.end(),
                                   std::pair(ends_by, allocation), earlier);
  PENTAD_ASSERT(it != record.holds.end() && it->allocation == allocation,
                "an allocation is held on each of its nodes");
  record.cores_used -= it->cores;
  record.memory_used -= it->memory;
  for (DeviceMask rest = it->devices; rest != 0; rest &= rest - 1) {
    const int position = std::countr_zero(rest);
    int32_t& used = record.milli_used[static_cast<size_t>(position)];
    used -= it->share_milli;
    if (used == 0) record.devices_used &= ~(DeviceMask{1} << position);
  }
  const Hold dropped = *it;
  record.holds.erase(it);
  ++record.holds_version;
  change(slot);
  return dropped;
}

void Site::touch(NodeSlot slot) {
  if (nodes_[slot].touched) return;
  nodes_[slot].touched = true;
  touched_.push_back(slot);
}

void Site::change(NodeSlot slot) {
  touch(slot);
  if (nodes_[slot].changed) return;
  nodes_[slot].changed = true;
  changed_.push_back(slot);
}

void Site::forget_changed() {
  for (NodeSlot slot : changed_) nodes_[slot].changed = false;
  changed_.clear();
}

void Site::forget_touched() {
  for (NodeSlot slot : touched_) nodes_[slot].touched = false;
  touched_.clear();
}

NodeSlot Site::node_slot(const std::string& name) {
  const NodeSlot slot = node_names_.slot(name);
  if (slot == nodes_.size()) nodes_.emplace_back().node.name = name;
  return slot;
}

const NodeRecord* Site::find_node(const std::string& name) const {
  const int64_t slot = node_names_.find(name);
  return slot < 0 ? nullptr : &nodes_[static_cast<size_t>(slot)];
}

ModelSlot Site::find_model(const std::string& name) const {
  return static_cast<ModelSlot>(model_names_.find(name));
}

ModelSlot Site::model_slot(const std::string& name) {
  const uint32_t slot = model_names_.slot(name);
  if (slot == models_.size()) models_.emplace_back().model.name = name;
  return static_cast<ModelSlot>(slot);
}

PoolSlot Site::pool_slot(const std::string& name) {
  const PoolSlot slot = pool_names_.slot(name);
  if (slot == pools_.size()) pools_.emplace_back().name = name;
  return slot;
}

void Site::leave_pool(NodeSlot slot) {
  Pool& pool = pools_[nodes_[slot].pool];
  std::erase(pool.nodes, slot);
  for (ModelSlot model : nodes_[slot].device_models) {
    if (--pool.models[model] == 0) pool.models.erase(model);
  }
}

void Site::join_pool(NodeSlot slot) {
  NodeRecord& record = nodes_[slot];
  record.pool = pool_slot(record.node.pool);
  Pool& pool = pools_[record.pool];
  const auto by_name = [&](NodeSlot a, NodeSlot b) {
    return nodes_[a].node.name < nodes_[b].node.name;
  };
  const auto at = std::upper_bound(pool.nodes.begin(), pool.nodes.end(), slot, by_name);
  const auto index = static_cast<size_t>(at - pool.nodes.begin());
  pool.nodes.insert(at, slot);
  label(pool, index);
  for (ModelSlot model : record.device_models) ++pool.models[model];
}

// Gives the node at `at` a label between its neighbours'; where there is no room, all get new ones.
void Site::label(Pool& pool, size_t at) {
  constexpr int64_t gap = int64_t{1} << 32;
  const int64_t before = at == 0 ? 0 : nodes_[pool.nodes[at - 1]].label;
  const bool last = at + 1 == pool.nodes.size();
  const int64_t after = last ? before + 2 * gap : nodes_[pool.nodes[at + 1]].label;
  nodes_[pool.nodes[at]].label = before + (after - before) / 2;
  if (after - before >= 2) return;
  for (size_t i = 0; i < pool.nodes.size(); ++i) {
    nodes_[pool.nodes[i]].label = static_cast<int64_t>(i + 1) * gap;
    change(pool.nodes[i]);
  }
}

}  // namespace pentad::schedule
