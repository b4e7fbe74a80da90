// When nodes become free, for the search of reservations. For each pool a tree over its nodes whose
// subtrees know the earliest time at which one of their nodes has a given part of its cores, memory
// or devices free, if every attempt ends at its limit. These are lower bounds: a search takes nodes
// in the order of what they promise and looks closely at few of them.
#pragma once

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "schedule/demand.h"
#include "schedule/site.h"

namespace pentad::schedule {

class Horizon {
 public:
  // Of the pool's main device model: whole devices, and the largest part left of one.
  static constexpr size_t core_lanes = 8, memory_lanes = 4, device_lanes = 4, part_lanes = 8;
  static constexpr size_t lanes = core_lanes + memory_lanes + device_lanes + part_lanes;
  using Times = std::array<int32_t, lanes>;  // in units of 4096 ms, rounded down

  static constexpr int32_t never = std::numeric_limits<int32_t>::max();
  static constexpr int shift = 12;

  // The node changed; it is looked at again before the next search.
  void touch(NodeSlot slot);
  void bring_up_to_date(const Site& site);

  // Which lanes bound a need from below.
  struct Bound {
    std::array<uint8_t, 4> lanes{};
    int count = 0;
    Time of(const Times& times) const {
      int32_t bound = 0;
      for (int i = 0; i < count; ++i) bound = std::max(bound, times[lanes[static_cast<size_t>(i)]]);
      return bound == never ? Time::never() : Time{int64_t{bound} << shift};
    }
  };
  Bound bound_for(PoolSlot pool, const Need& need, ModelSlot model) const;

  // Tree positions: 1 is the root, the children of i are 2i and 2i + 1; from `leaves` on leaves.
  size_t leaves(PoolSlot pool) const { return pool < pools_.size() ? pools_[pool].leaves : 0; }
  const Times& times(PoolSlot pool, size_t at) const { return pools_[pool].tree[at]; }
  NodeSlot node(PoolSlot pool, size_t leaf) const {
    return pools_[pool].nodes[leaf - pools_[pool].leaves];
  }

  // Empty when every bound is as it would be made anew, else what is wrong.
  std::string check(const Site& site) const;

 private:
  struct PoolTree {
    uint64_t version = 0;  // of the site for which steps and leaves were laid out
    size_t leaves = 0;     // a power of two
    int32_t cores = 0;     // of the largest node
    Bytes memory;
    ModelSlot model = no_model;  // the one most nodes have most of
    int32_t devices = 0;
    std::vector<NodeSlot> nodes;
    std::vector<Times> tree;
  };
  struct Place {
    uint32_t pool = 0;
    uint32_t leaf = 0;  // 0: nowhere
    bool touched = false;
  };

  void lay_out(const Site& site, PoolSlot pool);
  Times times_of(const PoolTree& pool, const NodeRecord& node) const;
  static void join(Times& to, const Times& a, const Times& b);

  std::vector<PoolTree> pools_;
  std::vector<Place> places_;  // by node
  std::vector<NodeSlot> touched_;
};

}  // namespace pentad::schedule
