// Follows one blocked job that waits for many nodes: from when on each node would fit it, kept in
// order and changed node by node, so that its reservation need not be searched anew with each
// event.
#pragma once

#include <optional>
#include <vector>

#include "schedule/agg_tree.h"
#include "schedule/search.h"

namespace pentad::schedule {

struct WatchedNode {
  Time from;  // 0: now
  NodeSlot node = 0;
  bool operator==(const WatchedNode&) const = default;
};

struct WatchTraits {
  using Item = WatchedNode;
  using Key = WatchedNode;
  static constexpr size_t max_items = 32;
  struct Agg {
    bool operator==(const Agg&) const = default;
  };
  static const Key& key(const Item& item) { return item; }
  static bool less(const Key& a, const Key& b) {
    return a.from != b.from ? a.from < b.from : a.node < b.node;
  }
  static void add(Agg&, const Item&) {}
  static void join(Agg&, const Agg&) {}
};

class Watch {
 public:
  // Only needs that no licence or advance reservation restricts can be followed.
  void start(const Site& site, const QueueKey& key, const Need& need,
             const std::vector<Option>& options);
  void stop() { lists_.clear(); }
  bool follows(const QueueKey& key) const { return !lists_.empty() && key_ == key; }

  // The node changed. True when this may matter to a reservation for `begin`: it fits by then and
  // did not, or the other way, or it does and something that ends after `begin` came or went.
  bool update(const Site& site, NodeSlot slot, Time ends_by, Time begin);

  // The earliest time and where, of those after `now`; as `earliest` in search.h would find it.
  std::optional<Reserved> earliest(const View& view) const;
  // The time alone.
  std::optional<Time> earliest_time(Time now) const;

 private:
  struct List {
    Option option;
    AggTree<WatchTraits> nodes;  // those that ever fit
    std::vector<Time> from;      // by place in the pool's list of slots
  };
  const List* best(Time now, Time& begin) const;

  QueueKey key_;
  Need need_;
  std::vector<List> lists_;
};

}  // namespace pentad::schedule
