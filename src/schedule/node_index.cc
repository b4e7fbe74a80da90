#include "schedule/node_index.h"

#include <fmt/format.h>

#include <bit>

#include "base/assert.h"

namespace pentad::schedule {
namespace {

int16_t count_bits(DeviceMask mask) { return static_cast<int16_t>(std::popcount(mask)); }

DeviceMask with_something_left(const NodeRecord& node, DeviceMask of_model) {
  DeviceMask mask = of_model & ~node.devices_used;
  for (DeviceMask rest = of_model & node.devices_used; rest != 0; rest &= rest - 1) {
    const int position = std::countr_zero(rest);
    if (node.milli_free(position) > 0) mask |= DeviceMask{1} << position;
  }
  return mask;
}

int32_t free_milli(const NodeRecord& node, DeviceMask of_model) {
  int32_t milli = 1000 * std::popcount(of_model);
  for (DeviceMask rest = of_model & node.devices_used; rest != 0; rest &= rest - 1) {
    milli -= node.milli_used[static_cast<size_t>(std::countr_zero(rest))];
  }
  return milli;
}

}  // namespace

void Room::join(const Room& other) {
  memory = std::max(memory, other.memory);
  long_memory = std::max(long_memory, other.long_memory);
  cores = std::max(cores, other.cores);
  long_cores = std::max(long_cores, other.long_cores);
  empty_cores = std::max(empty_cores, other.empty_cores);
  long_empty_cores = std::max(long_empty_cores, other.long_empty_cores);
  whole = std::max(whole, other.whole);
  long_whole = std::max(long_whole, other.long_whole);
  part = std::max(part, other.part);
  long_part = std::max(long_part, other.long_part);
  planned = planned || other.planned;
  unreserved = unreserved || other.unreserved;
  reserved_from = std::max(reserved_from, other.reserved_from);
}

Room make_room(const NodeRecord& node, ModelSlot model, Windows windows, Time now) {
  Room room;
  const DeviceMask of_model = model == no_model ? 0 : node.devices_of(model);
  const DeviceMask whole = of_model & ~node.devices_used;
  const DeviceMask part = with_something_left(node, of_model);
  room.memory = room.long_memory = node.memory_free();
  room.cores = room.long_cores = node.cores_free();
  room.whole = room.long_whole = count_bits(whole);
  room.part = room.long_part = count_bits(part);
  if (node.cores_used == 0) room.empty_cores = room.long_empty_cores = node.node.cores;
  if (!windows.empty()) {
    const Window& first =
        *std::min_element(windows.begin(), windows.end(),
                          [](const Window& a, const Window& b) { return a.begin < b.begin; });
    room.planned = true;
    room.long_cores = std::min(room.cores, node.node.cores - first.cores);
    room.long_memory = std::min(room.memory, node.node.memory - first.memory);
    room.long_empty_cores = -1;
    room.long_whole = count_bits(whole & ~first.devices);
    if (first.share_milli == 1000) room.long_part = count_bits(part & ~first.devices);
  }
  room.unreserved = true;
  for (const ReservedSpan& span : node.spans) {
    if (span.end <= now || span.end <= span.begin) continue;
    room.unreserved = false;
    room.reserved_from = std::max(span.begin, Time{1});
    if (windows.empty()) {
      room.long_memory = Bytes{-1};
      room.long_cores = room.long_empty_cores = -1;
      room.long_whole = room.long_part = -1;
    }
    break;
  }
  return room;
}

RoomFit room_fit(const Room& room, const Need& need) {
  const bool whole = need.share_milli == 1000;
  RoomFit fit;
  fit.now = (need.exclusive ? room.empty_cores : room.cores) >= need.cores &&
            (need.devices == 0 || (whole ? room.whole : room.part) >= need.devices);
  fit.for_long = fit.now &&
                 (need.exclusive ? room.long_empty_cores : room.long_cores) >= need.cores &&
                 (need.devices == 0 || (whole ? room.long_whole : room.long_part) >= need.devices);
  return fit;
}

Time short_until(const Room& room, Time planned_from) {
  return room.planned ? std::max(room.reserved_from, planned_from) : room.reserved_from;
}

bool room_may_fit(const Room& room, const Need& need, Time now, Time planned_from) {
  const RoomFit fit = room_fit(room, need);
  if (!fit.now || room.memory < need.memory) return false;
  if (fit.for_long && room.long_memory >= need.memory) return true;
  return now + need.limit <= short_until(room, planned_from);
}

bool room_may_fit_unplanned(const Room& room, const Need& need, Time now) {
  if (!room_fit(room, need).now || room.memory < need.memory) return false;
  return room.unreserved || now + need.limit <= room.reserved_from;
}

void NodeIndex::count(std::vector<int32_t>& by_cores, int32_t cores, int32_t by) {
  const auto at = static_cast<size_t>(std::max(cores, 0));
  if (at >= by_cores.size()) by_cores.resize(at + 1);
  by_cores[at] += by;
}

void NodeIndex::remove(Entry& entry) {
  if (entry.keys.empty()) return;
  for (const ListedKey& listed : entry.keys) {
    const bool found = tree_for(entry.pool, listed.model).erase(listed.key);
    PENTAD_ASSERT(found, "a listed node is in its tree");
  }
  entry.keys.clear();
  count(pools_[entry.pool].by_cores, entry.cores, -1);
  count(pools_[entry.pool].by_long_cores, entry.long_cores, -1);
}

void NodeIndex::update(const Site& site, const Plan& plan, NodeSlot slot, Time now) {
  if (slot >= entries_.size()) entries_.resize(slot + 1);
  Entry& entry = entries_[slot];
  remove(entry);
  const NodeRecord& node = site.node(slot);
  if (!node.takes_jobs()) return;
  entry.pool = node.pool;
  Windows windows = plan.on(slot);
  const auto list = [&](ModelSlot model, DeviceMask of_model) {
    NodeItem item{{free_milli(node, of_model), node.cores_free(), node.label},
                  slot,
                  make_room(node, model, windows, now)};
    const bool fresh = tree_for(entry.pool, model).insert(item);
    PENTAD_ASSERT(fresh, "a node is listed once");
    entry.keys.push_back({model, item.key});
    if (model != no_model) return;
    entry.cores = item.room.cores;
    entry.long_cores = item.room.long_cores;
  };
  list(no_model, 0);
  for (const auto& [model, mask] : node.masks) list(model, mask);
  count(pools_[entry.pool].by_cores, entry.cores, 1);
  count(pools_[entry.pool].by_long_cores, entry.long_cores, 1);
}

NodeTree& NodeIndex::tree_for(PoolSlot pool, ModelSlot model) {
  if (pool >= pools_.size()) pools_.resize(pool + 1);
  for (List& list : pools_[pool].lists) {
    if (list.model == model) return list.tree;
  }
  pools_[pool].lists.emplace_back().model = model;
  return pools_[pool].lists.back().tree;
}

const NodeTree* NodeIndex::tree(PoolSlot pool, ModelSlot model) const {
  if (pool >= pools_.size()) return nullptr;
  for (const List& list : pools_[pool].lists) {
    if (list.model == model) return &list.tree;
  }
  return nullptr;
}

NodeIndex::Count NodeIndex::with_cores(PoolSlot pool, int32_t cores) const {
  Count count;
  if (pool >= pools_.size()) return count;
  const auto sum = [&](const std::vector<int32_t>& by_cores) {
    int32_t nodes = 0;
    for (size_t i = static_cast<size_t>(cores); i < by_cores.size(); ++i) nodes += by_cores[i];
    return nodes;
  };
  count.now = sum(pools_[pool].by_cores);
  count.for_long = sum(pools_[pool].by_long_cores);
  return count;
}

std::string NodeIndex::check(const Site& site, const Plan& plan, Time now) const {
  size_t listed = 0, expected = 0;
  for (const PoolEntry& pool : pools_) {
    for (const List& list : pool.lists) {
      if (const char* wrong = list.tree.check()) return fmt::format("node tree: {}", wrong);
      listed += list.tree.size();
    }
  }
  NodeIndex fresh;
  for (NodeSlot slot = 0; slot < site.nodes().size(); ++slot) {
    const NodeRecord& node = site.node(slot);
    if (node.touched) return {};  // not brought up to date yet
    fresh.update(site, plan, slot, now);
    if (node.takes_jobs()) expected += 1 + node.masks.size();
  }
  if (listed != expected) return "the index lists other nodes than are up";
  for (PoolSlot pool = 0; pool < fresh.pools_.size(); ++pool) {
    for (const List& list : fresh.pools_[pool].lists) {
      const NodeTree* mine = tree(pool, list.model);
      if (mine == nullptr || mine->size() != list.tree.size()) return "an index list is missing";
      if (!(mine->agg() == list.tree.agg())) return "what the index holds free is wrong";
    }
    for (int32_t cores = 0; cores < 70; ++cores) {
      const Count a = with_cores(pool, cores), b = fresh.with_cores(pool, cores);
      if (a.now != b.now || a.for_long != b.for_long) return "counts by free cores are wrong";
    }
  }
  return {};
}

}  // namespace pentad::schedule
