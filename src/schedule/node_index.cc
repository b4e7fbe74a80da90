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

int32_t most_left(const NodeRecord& node, DeviceMask devices) {
  int32_t most = 0;
  for (DeviceMask rest = devices; rest != 0; rest &= rest - 1) {
    most = std::max(most, node.milli_free(std::countr_zero(rest)));
  }
  return most;
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
  room[Room::left] = whole != 0 ? 1000 : most_left(node, part);
  room[Room::empty_cores] = node.cores_used == 0 ? node.cores : -1;
  for (size_t i = 0; i < Room::unreserved; i += 2) room.at[i + 1] = room.at[i];
  room[Room::unreserved] = 1;
  if (!windows.empty()) {
    const Window& first =
        *std::min_element(windows.begin(), windows.end(),
                          [](const Window& a, const Window& b) { return a.begin < b.begin; });
    const NodeFree then = free_at(node, windows, first.begin, now, part);
    int32_t long_whole = 0, long_part = 0, long_left = 0;
    for (DeviceMask rest = part; rest != 0; rest &= rest - 1) {
      const int position = std::countr_zero(rest);
      const int32_t left = then.milli[static_cast<size_t>(position)];
      if (left > 0) ++long_part;
      long_left = std::max(long_left, left);
      if (left == 1000 && (whole >> position & 1) != 0) ++long_whole;
    }
    room[Room::long_cores] = std::min(room[Room::cores], then.cores);
    room[Room::long_memory] = std::min(room[Room::memory], mib(then.memory));
    room[Room::long_empty_cores] = -1;
    room[Room::long_whole] = long_whole;
    room[Room::long_part] = long_part;
    room[Room::long_left] = std::min(room[Room::left], long_left);
  }
  for (const ReservedSpan& span : node.spans) {
    if (span.end <= now || span.end <= span.begin) continue;
    room[Room::unreserved] = 0;
    room.reserved_from = std::max(span.begin, Time{1});
    if (windows.empty()) {
      for (size_t i = 0; i < Room::unreserved; i += 2) room.at[i + 1] = -1;
    }
    break;
  }
  return room;
}

RoomFit room_fit(const Room& room, const Need& need) {
  const Room::Figure cores = need.exclusive ? Room::empty_cores : Room::cores;
  const bool whole = need.share_milli == 1000;
  // The figures for long stand behind the others.
  const auto fits = [&](size_t for_long) {
    if (room.at[cores + for_long] < need.cores) return false;
    if (need.devices == 0) return true;
    return room.at[(whole ? Room::whole : Room::part) + for_long] >= need.devices &&
           room.at[Room::left + for_long] >= need.share_milli;
  };
  RoomFit fit;
  fit.now = fits(0);
  fit.for_long = fit.now && fits(1);
  return fit;
}

Time short_until(const Room& room, Time planned_from) {
  return std::max(room.reserved_from, planned_from);
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

// Stored backwards, so that a sum over the front is one over the largest numbers.
size_t Tally::place(int32_t number) const {
  const auto largest = static_cast<int32_t>(sums_.size()) - 2;
  return sums_.size() - 1 - static_cast<size_t>(std::clamp(number, 0, largest));
}

void Tally::add(int32_t number, int32_t by) {
  for (size_t i = place(number); i < sums_.size(); i += i & -i) sums_[i] += by;
}

int32_t Tally::at_least(int32_t number) const {
  int32_t sum = 0;
  for (size_t i = place(number); i > 0; i -= i & -i) sum += sums_[i];
  return sum;
}

void NodeIndex::List::count(const Room& room, int32_t by) {
  now.add(room.at[counted()], by);
  for_long.add(room.at[counted() + 1], by);
}

void NodeIndex::List::recount(const Room& before, const Room& after) {
  const auto move = [&](Tally& tally, size_t figure) {
    if (before.at[figure] == after.at[figure]) return;
    tally.add(before.at[figure], -1);
    tally.add(after.at[figure], 1);
  };
  move(now, counted());
  move(for_long, counted() + 1);
}

void NodeIndex::remove(Entry& entry) {
  if (entry.lists.empty()) return;
  for (const Listed& listed : entry.lists) {
    List& list = list_for(entry.pool, listed.model);
    const bool found = list.tree.erase(listed.key);
    PENTAD_ASSERT(found, "a listed node is in its tree");
    list.count(listed.room, -1);
  }
  entry.lists.clear();
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
    List& of = list_for(entry.pool, model);
    bool done = true;
    if (!same_lists) {
      entry.lists.emplace_back();
      done = of.tree.insert(item);
      of.count(item.room, 1);
    } else if (Listed& listed = entry.lists[at]; !(listed.key == item.key)) {
      done = of.tree.erase(listed.key) && of.tree.insert(item);
      of.recount(listed.room, item.room);
    } else if (!(listed.room == item.room)) {
      done = of.tree.replace(item);  // what is planned on a node changes its room, not its place
      of.recount(listed.room, item.room);
    }
    PENTAD_ASSERT(done, "a node is in its trees once, under the key it is listed with");
    entry.lists[at] = {model, item.key, item.room};
  };
  list(0, no_model, 0);
  for (size_t i = 0; i < node.masks.size(); ++i) {
    list(1 + i, node.masks[i].first, node.masks[i].second);
  }
}

NodeIndex::List& NodeIndex::list_for(PoolSlot pool, ModelSlot model) {
  if (pool >= pools_.size()) pools_.resize(pool + 1);
  for (List& list : pools_[pool]) {
    if (list.model == model) return list;
  }
  return pools_[pool].emplace_back(model);
}

const NodeIndex::List* NodeIndex::find_list(PoolSlot pool, ModelSlot model) const {
  if (pool >= pools_.size()) return nullptr;
  for (const List& list : pools_[pool]) {
    if (list.model == model) return &list;
  }
  return nullptr;
}

const NodeTree* NodeIndex::tree(PoolSlot pool, ModelSlot model) const {
  const List* list = find_list(pool, model);
  return list == nullptr ? nullptr : &list->tree;
}

NodeIndex::Count NodeIndex::most(PoolSlot pool, ModelSlot model, const Need& need) const {
  const List* cores = find_list(pool, no_model);
  if (cores == nullptr) return {};
  Count count{cores->now.at_least(need.cores), cores->for_long.at_least(need.cores)};
  if (model == no_model || need.share_milli < 1000) return count;
  const List* devices = find_list(pool, model);
  if (devices == nullptr) return {};
  count.now = std::min(count.now, devices->now.at_least(need.devices));
  count.for_long = std::min(count.for_long, devices->for_long.at_least(need.devices));
  return count;
}

std::string NodeIndex::check(const Site& site, const Plan& plan, Time now) const {
  size_t listed = 0, expected = 0;
  for (const std::vector<List>& pool : pools_) {
    for (const List& list : pool) {
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
    for (const List& list : fresh.pools_[pool]) {
      const NodeTree* mine = tree(pool, list.model);
      if (mine == nullptr || mine->size() != list.tree.size()) return "an index list is missing";
      for (size_t i = 0; i < Room::figures; ++i) {
        // Figures for long may be too large since the reservation moved to an earlier time.
        const bool for_long = i < Room::unreserved && i % 2 == 1;
        const int32_t kept = mine->agg().at[i], right = list.tree.agg().at[i];
        if (kept < right || (kept > right && !for_long)) return "what the index holds is wrong";
      }
    }
    for (const List& list : fresh.pools_[pool]) {
      Need need;
      for (int32_t amount = 0; amount < 70; ++amount) {
        (list.model == no_model ? need.cores : need.devices) = amount;
        const Count a = most(pool, list.model, need), b = fresh.most(pool, list.model, need);
        if (a.now != b.now || a.for_long < b.for_long) return "counts by what is free are wrong";
      }
    }
  }
  return {};
}

}  // namespace pentad::schedule
