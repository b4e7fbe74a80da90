// Nodes that take jobs, per pool and device model in the order in which placement prefers them (the
// fullest first), with what the nodes of each stretch have free at most: the nodes for a job are
// found without looking at those that are full.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "schedule/agg_tree.h"
#include "schedule/plan.h"
#include "schedule/site.h"

namespace pentad::schedule {

// What a node has free at most; joined, what the best of several nodes has. Figures named long_
// hold for jobs that run on into the first window or reservation on the node: a node that has
// nothing free now is the same with a window. Memory counts in MiB, rounded up; all are bounds.
struct Room {
  enum Figure : size_t {
    memory,
    long_memory,
    cores,
    long_cores,
    empty_cores,
    long_empty_cores,  // of a node that is wholly free
    whole,
    long_whole,  // devices of the model of which nothing is held
    part,
    long_part,  // devices of the model with something left
    left,
    long_left,   // the most thousandths left of one of them
    unreserved,  // 1: no reservation is ahead
    figures
  };
  // Three more than there are: joining takes whole registers.
  std::array<int32_t, figures + 3> at{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0};
  Time reserved_from;  // when the first reservation begins; 0 for none

  int32_t operator[](Figure figure) const { return at[figure]; }
  int32_t& operator[](Figure figure) { return at[figure]; }
  void join(const Room& other) {
    for (size_t i = 0; i < at.size(); ++i) at[i] = std::max(at[i], other.at[i]);
    reserved_from = std::max(reserved_from, other.reserved_from);
  }
  bool operator==(const Room&) const = default;
};

// Memory in the unit of a Room, rounded down: a need in it fits a room that has as much.
int32_t mebibytes_of(Bytes bytes);

Room make_room(const NodeRecord& node, ModelSlot model, Windows windows, Time now);

// Whether amounts may fit; exact but for several windows and shares of devices. Memory is left out.
struct RoomFit {
  bool now = false;       // beside what runs
  bool for_long = false;  // whatever the limit
};
RoomFit room_fit(const Room& room, const Need& need);
// Until when at most a job may run that fits only beside what runs.
Time short_until(const Room& room, Time planned_from);
// All of it together.
bool room_may_fit(const Room& room, const Need& need, Time now, Time planned_from);
// The same as if nothing were planned.
bool room_may_fit_unplanned(const Room& room, const Need& need, Time now);
// The same as if there were no reservations either.
bool room_may_fit_alone(const Room& room, const Need& need);

struct NodeKey {
  int32_t milli = 0;  // free thousandths of the model
  int32_t cores = 0;  // free
  int64_t label = 0;
  bool operator==(const NodeKey&) const = default;
};

struct NodeItem {
  NodeKey key;
  NodeSlot node = 0;
  Room room;
};

struct NodeTraits {
  using Item = NodeItem;
  using Key = NodeKey;
  using Agg = Room;
  static constexpr size_t max_items = 16;
  static const Key& key(const Item& item) { return item.key; }
  static bool less(const Key& a, const Key& b) {
    if (a.milli != b.milli) return a.milli < b.milli;
    return a.cores != b.cores ? a.cores < b.cores : a.label < b.label;
  }
  static void add(Agg& agg, const Item& item) { agg.join(item.room); }
  static void join(Agg& agg, const Agg& other) { agg.join(other); }
};
using NodeTree = AggTree<NodeTraits>;

// Counts by a small number, with fast sums over all from some number on (a Fenwick tree).
class Tally {
 public:
  // A power of two; larger numbers count as the largest.
  explicit Tally(size_t size) : sums_(size) {}
  void add(int32_t number, int32_t by);
  int32_t at_least(int32_t number) const;

 private:
  size_t place(int32_t number) const;
  std::vector<int32_t> sums_;
};

class NodeIndex {
 public:
  // Brings the entries of one node up to date.
  void update(const Site& site, const Plan& plan, NodeSlot slot, Time now);

  // Nodes of the pool that are up (and have devices of the model). Null when there never were any.
  const NodeTree* tree(PoolSlot pool, ModelSlot model) const;
  // How many nodes of the pool the need may fit on, now and for long, by cores and whole devices
  // alone: no more than so many, whatever else is asked.
  struct Count {
    int32_t now = 0;
    int32_t for_long = 0;
  };
  Count most(PoolSlot pool, ModelSlot model, const Need& need) const;

  // Empty when every entry is as it would be made anew, else what is wrong.
  std::string check(const Site& site, const Plan& plan, Time now) const;

 private:
  struct List {
    explicit List(ModelSlot of) : model(of), now(size_of(of)), for_long(size_of(of)) {}
    static size_t size_of(ModelSlot model) {
      return model == no_model ? 1024 : 2 * Site::max_devices;
    }
    // What is counted: free cores; of a model whole devices.
    Room::Figure counted() const { return model == no_model ? Room::cores : Room::whole; }
    void count(const Room& room, int32_t by);
    void recount(const Room& before, const Room& after);

    ModelSlot model;
    NodeTree tree;
    Tally now;  // nodes by what they have of it
    Tally for_long;
  };
  struct Listed {
    ModelSlot model = no_model;
    NodeKey key;
    Room room;
  };
  struct Entry {
    PoolSlot pool = 0;
    std::vector<Listed> lists;  // empty: not listed; no_model first
  };

  List& list_for(PoolSlot pool, ModelSlot model);
  const List* find_list(PoolSlot pool, ModelSlot model) const;
  void remove(Entry& entry);

  std::vector<std::vector<List>> pools_;
  std::vector<Entry> entries_;  // by node
};

}  // namespace pentad::schedule
