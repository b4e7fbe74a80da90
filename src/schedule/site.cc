#include "schedule/site.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"

namespace pentad::schedule {

DeviceMask NodeRecord::devices_of(ModelSlot model) const {
  DeviceMask mask = 0;
  for (size_t i = 0; i < device_models.size(); ++i) {
    if (device_models[i] == model) mask |= DeviceMask{1} << i;
  }
  return mask;
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
    record.present = true;
    record.cpu_model = model_slot(node.cpu_model);
    record.device_models.clear();
    for (const DeviceGroup& group : node.devices) {
      const ModelSlot model = model_slot(group.model);
      const int32_t room = max_devices - static_cast<int32_t>(record.device_models.size());
      const int32_t count = std::clamp(group.count, 0, room);
      record.device_models.insert(record.device_models.end(), static_cast<size_t>(count), model);
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
}

void Site::remove_node(const std::string& name) {
  const int64_t slot = node_names_.find(name);
  if (slot < 0 || !nodes_[static_cast<size_t>(slot)].present) return;
  leave_pool(static_cast<NodeSlot>(slot));
  NodeRecord& record = nodes_[static_cast<size_t>(slot)];
  record.present = false;
  record.state = NodeState::down;
  ++version_;
}

void Site::add_reservation(const AdvanceReservation& reservation) {
  remove_reservation(reservation.id);
  reservations_[reservation.id] = reservation;
  std::vector<std::string> names = reservation.nodes;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) {
    std::vector<ReservedSpan>& spans = nodes_[node_slot(name)].spans;
    const ReservedSpan span{reservation.begin, reservation.end, reservation.id};
    const auto later = [](const ReservedSpan& a, const ReservedSpan& b) {
      return std::tie(a.begin, a.id) < std::tie(b.begin, b.id);
    };
    spans.insert(std::upper_bound(spans.begin(), spans.end(), span, later), span);
  }
}

void Site::remove_reservation(ReservationId id) {
  const auto it = reservations_.find(id);
  if (it == reservations_.end()) return;
  for (const std::string& name : it->second.nodes) {
    std::erase_if(nodes_[node_slot(name)].spans,
                  [&](const ReservedSpan& span) { return span.id == id; });
  }
  reservations_.erase(it);
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
    const auto position = static_cast<size_t>(__builtin_ctzll(rest));
    if (position >= record.milli_used.size()) record.milli_used.resize(position + 1);
    record.milli_used[position] += hold.share_milli;
  }
}

void Site::drop(NodeSlot slot, Time ends_by, int64_t allocation) {
  NodeRecord& record = nodes_[slot];
  const auto it = std::find_if(record.holds.begin(), record.holds.end(), [&](const Hold& hold) {
    return hold.ends_by == ends_by && hold.allocation == allocation;
  });
  PENTAD_ASSERT(it != record.holds.end(), "an allocation is held on each of its nodes");
  record.cores_used -= it->cores;
  record.memory_used -= it->memory;
  for (DeviceMask rest = it->devices; rest != 0; rest &= rest - 1) {
    record.milli_used[static_cast<size_t>(__builtin_ctzll(rest))] -= it->share_milli;
  }
  record.holds.erase(it);
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
  pool.nodes.insert(std::upper_bound(pool.nodes.begin(), pool.nodes.end(), slot, by_name), slot);
  for (ModelSlot model : record.device_models) ++pool.models[model];
}

}  // namespace pentad::schedule
