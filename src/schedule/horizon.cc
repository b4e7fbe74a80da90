#include "schedule/horizon.h"

#include <bit>

namespace pentad::schedule {
namespace {

// The last lane of cores: all cores of the node, whatever it has.
constexpr size_t full_lane = Horizon::core_lanes - 1;
constexpr size_t first_memory = Horizon::core_lanes;
constexpr size_t first_device = first_memory + Horizon::memory_lanes;
constexpr size_t first_part = first_device + Horizon::device_lanes;

int32_t core_step(int32_t most, size_t lane) {
  if (lane + 2 < full_lane) return std::max(most >> (6 - lane), 1);  // 1/64, 1/32, ... 1/4
  return std::max(lane + 2 == full_lane ? most / 2 : most / 4 * 3, 1);
}

Bytes memory_step(Bytes most, size_t lane) { return Bytes{most.value >> (4 - lane)}; }

// Ascending with the lane, like all steps.
int32_t device_step(int32_t most, size_t lane) {
  const int32_t low = std::min(static_cast<int32_t>(lane) + 1, most);
  if (lane < 2) return std::max(low, 1);
  return lane == 2 ? std::max({most / 2, std::min(2, most), 1}) : std::max(most, 1);
}

// Anything left, then eighths.
int32_t part_step(size_t lane) { return lane == 0 ? 1 : 125 * static_cast<int32_t>(lane); }

}  // namespace

void Horizon::touch(NodeSlot slot) {
  if (slot >= places_.size()) places_.resize(slot + 1);
  if (places_[slot].touched) return;
  places_[slot].touched = true;
  touched_.push_back(slot);
}

void Horizon::join(Times& to, const Times& a, const Times& b) {
  for (size_t lane = 0; lane < lanes; ++lane) to[lane] = std::min(a[lane], b[lane]);
}

Horizon::Times Horizon::times_of(const PoolTree& pool, const NodeRecord& node) const {
  Times times;
  times.fill(never);
  if (!node.takes_jobs()) return times;
  int32_t cores = node.cores_free();
  Bytes memory = node.memory_free();
  const DeviceMask of_model = pool.model == no_model ? 0 : node.devices_of(pool.model);
  DeviceMask used = node.devices_used & of_model;
  // A device may be shared by several holds; it is free when the last of them ends.
  std::array<int32_t, Site::max_devices> milli;
  for (DeviceMask rest = used; rest != 0; rest &= rest - 1) {
    const auto position = static_cast<size_t>(std::countr_zero(rest));
    milli[position] = node.milli_used[position];
  }
  size_t core_lane = 0, memory_lane = 0, device_lane = 0, part_lane = 0;
  const auto largest_part = [&] {
    if ((of_model & ~used) != 0) return 1000;
    int32_t largest = 0;
    for (DeviceMask rest = used; rest != 0; rest &= rest - 1) {
      largest = std::max(largest, 1000 - milli[static_cast<size_t>(std::countr_zero(rest))]);
    }
    return largest;
  };
  const auto note = [&](int32_t time) {
    while (core_lane < full_lane && cores >= core_step(pool.cores, core_lane)) {
      times[core_lane++] = time;
    }
    if (cores == node.cores && times[full_lane] == never) times[full_lane] = time;
    while (memory_lane < memory_lanes && memory >= memory_step(pool.memory, memory_lane)) {
      times[first_memory + memory_lane++] = time;
    }
    if (of_model == 0) return;
    const int32_t devices = std::popcount(of_model & ~used);
    while (device_lane < device_lanes && devices >= device_step(pool.devices, device_lane)) {
      times[first_device + device_lane++] = time;
    }
    const int32_t part = part_lane < part_lanes ? largest_part() : 0;
    while (part_lane < part_lanes && part >= part_step(part_lane)) {
      times[first_part + part_lane++] = time;
    }
  };
  note(0);
  for (const Hold& hold : node.holds) {
    cores += hold.cores;
    memory += hold.memory;
    for (DeviceMask rest = hold.devices & used; rest != 0; rest &= rest - 1) {
      const int position = std::countr_zero(rest);
      milli[static_cast<size_t>(position)] -= hold.share_milli;
      if (milli[static_cast<size_t>(position)] <= 0) used &= ~(DeviceMask{1} << position);
    }
    note(static_cast<int32_t>(std::clamp<int64_t>(hold.ends_by.value >> shift, 0, never - 1)));
  }
  return times;
}

void Horizon::lay_out(const Site& site, PoolSlot slot) {
  PoolTree& tree = pools_[slot];
  const Pool& pool = site.pools()[slot];
  tree = {};
  tree.version = site.version();
  tree.nodes = pool.nodes;
  int64_t most = 0;
  for (const auto& [model, count] : pool.models) {
    if (count > most) {
      most = count;
      tree.model = model;
    }
  }
  for (NodeSlot node : tree.nodes) {
    const NodeRecord& record = site.node(node);
    tree.cores = std::max(tree.cores, record.cores);
    tree.memory = std::max(tree.memory, record.memory);
    if (tree.model != no_model) {
      tree.devices = std::max(tree.devices, std::popcount(record.devices_of(tree.model)));
    }
  }
  tree.leaves = std::bit_ceil(std::max<size_t>(tree.nodes.size(), 1));
  Times nothing;
  nothing.fill(never);
  tree.tree.assign(2 * tree.leaves, nothing);
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    if (tree.nodes[i] >= places_.size()) places_.resize(tree.nodes[i] + 1);
    Place& place = places_[tree.nodes[i]];
    place.pool = slot;
    place.leaf = static_cast<uint32_t>(tree.leaves + i);
    tree.tree[place.leaf] = times_of(tree, site.node(tree.nodes[i]));
  }
  for (size_t at = tree.leaves; --at > 0;) {
    join(tree.tree[at], tree.tree[2 * at], tree.tree[2 * at + 1]);
  }
}

void Horizon::bring_up_to_date(const Site& site) {
  pools_.resize(site.pools().size());
  bool laid_out = false;
  for (PoolSlot pool = 0; pool < pools_.size(); ++pool) {
    if (pools_[pool].version == site.version()) continue;
    lay_out(site, pool);
    laid_out = true;
  }
  for (NodeSlot slot : touched_) {
    Place& place = places_[slot];
    place.touched = false;
    if (laid_out || !site.node(slot).present) continue;
    PoolTree& pool = pools_[place.pool];
    const Times fresh = times_of(pool, site.node(slot));
    size_t at = place.leaf;
    if (pool.tree[at] == fresh) continue;
    pool.tree[at] = fresh;
    while ((at /= 2) > 0) {
      Times joined;
      join(joined, pool.tree[2 * at], pool.tree[2 * at + 1]);
      if (pool.tree[at] == joined) break;
      pool.tree[at] = joined;
    }
  }
  touched_.clear();
}

Horizon::Bound Horizon::bound_for(PoolSlot slot, const Need& need, ModelSlot model) const {
  const PoolTree& pool = pools_[slot];
  Bound bound;
  // Of each kind the largest step that the need reaches.
  const auto add_last = [&](size_t first, size_t count, auto reached) {
    for (size_t lane = count; lane-- > 0;) {
      if (!reached(lane)) continue;
      bound.lanes[static_cast<size_t>(bound.count++)] = static_cast<uint8_t>(first + lane);
      return;
    }
  };
  add_last(0, core_lanes, [&](size_t lane) {
    if (lane == full_lane) return need.exclusive || need.cores >= pool.cores;
    return need.cores >= core_step(pool.cores, lane);
  });
  add_last(first_memory, memory_lanes,
           [&](size_t lane) { return need.memory >= memory_step(pool.memory, lane); });
  if (need.devices > 0 && model == pool.model) {
    const bool whole = need.share_milli == 1000;
    if (whole) {
      add_last(first_device, device_lanes,
               [&](size_t lane) { return need.devices >= device_step(pool.devices, lane); });
    } else {
      add_last(first_part, part_lanes,
               [&](size_t lane) { return need.share_milli >= part_step(lane); });
    }
  }
  return bound;
}

std::string Horizon::check(const Site& site) const {
  for (PoolSlot slot = 0; slot < pools_.size(); ++slot) {
    const PoolTree& pool = pools_[slot];
    if (pool.version != site.version()) continue;  // laid out again before it is used
    for (size_t at = 1; at < pool.tree.size(); ++at) {
      Times expected;
      expected.fill(never);
      if (at < pool.leaves) {
        join(expected, pool.tree[2 * at], pool.tree[2 * at + 1]);
      } else if (at - pool.leaves < pool.nodes.size()) {
        const NodeSlot node = pool.nodes[at - pool.leaves];
        if (places_[node].touched || site.node(node).changed) return {};  // as all above it
        expected = times_of(pool, site.node(node));
      }
      if (pool.tree[at] != expected) return "a time in the horizon is wrong";
    }
  }
  return {};
}

}  // namespace pentad::schedule
