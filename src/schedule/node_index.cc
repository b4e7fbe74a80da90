#include "schedule/node_index.h"

#include <fmt/format.h>

#include <bit>
#include <limits>

#include "base/assert.h"
#include "schedule/timeline.h"

namespace pentad::schedule {
namespace {

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

int32_t mebibytes_of(Bytes bytes) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>(std::clamp<int64_t>(bytes.value >> 20, -1, most));
}

Room make_room(const NodeRecord& node, ModelSlot model, Windows windows, Time now) {
  Room room;
  const auto mib = [](Bytes bytes) { return mebibytes_of(bytes + Bytes{(1 << 20) - 1}); };
  const DeviceMask of_model = model == no_model ? 0 : node.devices_of(model);
  const DeviceMask whole = of_model & ~node.devices_used;
  const DeviceMask part = of_model == whole ? whole : with_something_left(node, of_model);
  room[Room::memory] = mib(node.memory_free());
  room[Room::cores] = node.cores_free();
  room[Room::whole] = std::popcount(whole);
  room[Room::part] = std::popcount(part);
  room[Room::empty_cores] = node.cores_used == 0 ? node.cores : -1;
  for (size_t i = 0; i < Room::planned; i += 2) room.at[i + 1] = room.at[i];
  room[Room::unreserved] = 1;
  if (!windows.empty()) {
    const Window& first =
        *std::min_element(windows.begin(), windows.end(),
                          [](const Window& a, const Window& b) { return a.begin < b.begin; });
    const NodeFree then = free_at(node, windows, first.begin, now, part);
    int32_t long_whole = 0, long_part = 0;
    for (DeviceMask rest = part; rest != 0; rest &= rest - 1) {
      const int position = std::countr_zero(rest);
      const int32_t left = then.milli[static_cast<size_t>(position)];
      if (left > 0) ++long_part;
      if (left == 1000 && (whole >> position & 1) != 0) ++long_whole;
    }
    room[Room::planned] = 1;
    room[Room::long_cores] = std::min(room[Room::cores], then.cores);
    room[Room::long_memory] = std::min(room[Room::memory], mib(then.memory));
    room[Room::long_empty_cores] = -1;
    room[Room::long_whole] = long_whole;
    room[Room::long_part] = long_part;
  }
  for (const ReservedSpan& span : node.spans) {
    if (span.end <= now || span.end <= span.begin) continue;
    room[Room::unreserved] = 0;
    room.reserved_from = std::max(span.begin, Time{1});
    if (windows.empty()) {
      for (size_t i = 0; i < Room::planned; i += 2) room.at[i + 1] = -1;
    }
    break;
  }
  return room;
}

RoomFit room_fit(const Room& room, const Need& need) {
  const bool whole = need.share_milli == 1000;
  const auto fits = [&](Room::Figure cores, Room::Figure empty, Room::Figure wholes,
                        Room::Figure parts) {
    return room[need.exclusive ? empty : cores] >= need.cores &&
           (need.devices == 0 || room[whole ? wholes : parts] >= need.devices);
  };
  RoomFit fit;
  fit.now = fits(Room::cores, Room::empty_cores, Room::whole, Room::part);
  fit.for_long =
      fit.now && fits(Room::long_cores, Room::long_empty_cores, Room::long_whole, Room::long_part);
  return fit;
}

Time short_until(const Room& room, Time planned_from) {
  return room[Room::planned] ? std::max(room.reserved_from, planned_from) : room.reserved_from;
}

bool room_may_fit(const Room& room, const Need& need, Time now, Time planned_from) {
  const RoomFit fit = room_fit(room, need);
  const int32_t memory = mebibytes_of(need.memory);
  if (!fit.now || room[Room::memory] < memory) return false;
  if (fit.for_long && room[Room::long_memory] >= memory) return true;
  return now + need.limit <= short_until(room, planned_from);
}

bool room_may_fit_alone(const Room& room, const Need& need) {
  return room_fit(room, need).now && room[Room::memory] >= mebibytes_of(need.memory);
}

bool room_may_fit_unplanned(const Room& room, const Need& need, Time now) {
  if (!room_may_fit_alone(room, need)) return false;
  return room[Room::unreserved] || now + need.limit <= room.reserved_from;
}

void Tally::add(int32_t number, int32_t by) {
  if (sums_.empty()) sums_.resize(size);
  // Stored backwards, so that a sum over the front is one over the largest numbers.
  const auto clamped = static_cast<size_t>(std::clamp<int32_t>(number, 0, size - 2));
  for (size_t i = size - 1 - clamped; i < size; i += i & -i) sums_[i] += by;
}

int32_t Tally::at_least(int32_t number) const {
  if (sums_.empty()) return 0;
  const auto clamped = static_cast<size_t>(std::clamp<int32_t>(number, 0, size - 2));
  int32_t sum = 0;
  for (size_t i = size - 1 - clamped; i > 0; i -= i & -i) sum += sums_[i];
  return sum;
}

void NodeIndex::remove(Entry& entry) {
  if (entry.lists.empty()) return;
  for (const Listed& listed : entry.lists) {
    const bool found = tree_for(entry.pool, listed.model).erase(listed.key);
    PENTAD_ASSERT(found, "a listed node is in its tree");
  }
  entry.lists.clear();
  pools_[entry.pool].by_cores.add(entry.cores, -1);
  pools_[entry.pool].by_long_cores.add(entry.long_cores, -1);
}

void NodeIndex::update(const Site& site, const Plan& plan, NodeSlot slot, Time now) {
  if (slot >= entries_.size()) entries_.resize(slot + 1);
  Entry& entry = entries_[slot];
  const NodeRecord& node = site.node(slot);
  bool same_lists =
      node.takes_jobs() && entry.pool == node.pool && entry.lists.size() == 1 + node.masks.size();
  for (size_t i = 0; same_lists && i < node.masks.size(); ++i) {
    same_lists = entry.lists[1 + i].model == node.masks[i].first;
  }
  if (!same_lists) {
    remove(entry);
    if (!node.takes_jobs()) return;
    entry.pool = node.pool;
  }
  const Windows windows = plan.on(slot);
  const auto list = [&](size_t at, ModelSlot model, DeviceMask of_model) {
    const NodeItem item{{free_milli(node, of_model), node.cores_free(), node.label},
                        slot,
                        make_room(node, model, windows, now)};
    NodeTree& tree = tree_for(entry.pool, model);
    bool done = true;
    if (!same_lists) {
      entry.lists.emplace_back();
      done = tree.insert(item);
    } else if (Listed& listed = entry.lists[at]; !(listed.key == item.key)) {
      done = tree.erase(listed.key) && tree.insert(item);
    } else if (!(listed.room == item.room)) {
      done = tree.replace(item);  // what is planned on a node changes its room, not its place
    }
    PENTAD_ASSERT(done, "a node is in its trees once, under the key it is listed with");
    entry.lists[at] = {model, item.key, item.room};
  };
  list(0, no_model, 0);
  for (size_t i = 0; i < node.masks.size(); ++i) {
    list(1 + i, node.masks[i].first, node.masks[i].second);
  }
  count(entry, same_lists);
}

// Brings the counts by free cores up to date.
void NodeIndex::count(Entry& entry, bool counted) {
  PoolEntry& pool = pools_[entry.pool];
  const Room& room = entry.lists.front().room;
  const auto move = [&](Tally& tally, int32_t& from, int32_t to) {
    if (counted && from == to) return;
    if (counted) tally.add(from, -1);
    tally.add(to, 1);
    from = to;
  };
  move(pool.by_cores, entry.cores, room[Room::cores]);
  move(pool.by_long_cores, entry.long_cores, room[Room::long_cores]);
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
  count.now = pools_[pool].by_cores.at_least(cores);
  count.for_long = pools_[pool].by_long_cores.at_least(cores);
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
      for (size_t i = 0; i < Room::figures; ++i) {
        // Figures for long may be too large since the reservation moved to an earlier time.
        const bool for_long = i < Room::planned && i % 2 == 1;
        const int32_t kept = mine->agg().at[i], right = list.tree.agg().at[i];
        if (kept < right || (kept > right && !for_long)) return "what the index holds is wrong";
      }
    }
    for (int32_t cores = 0; cores < 70; ++cores) {
      const Count a = with_cores(pool, cores), b = fresh.with_cores(pool, cores);
      if (a.now != b.now || a.for_long < b.for_long) return "counts by free cores are wrong";
    }
  }
  return {};
}

}  // namespace pentad::schedule
