// What a centre is made of, as the scheduler sees it: nodes and what is held on them, pools, device
// models, advance reservations. Names become slots (small integers that are never reused), so that
// the searches compare integers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "model/attempt.h"
#include "model/device.h"
#include "model/node.h"
#include "model/policy.h"

namespace pentad::schedule {

using NodeSlot = uint32_t;
using PoolSlot = uint32_t;
using ModelSlot = int32_t;
constexpr ModelSlot no_model = -1;

// Devices of a node are kept as bits of one word.
using DeviceMask = uint64_t;

// What one allocation holds on one node.
struct Hold {
  Time ends_by;
  int64_t allocation = 0;
  Bytes memory;
  DeviceMask devices = 0;
  int32_t cores = 0;
  int32_t share_milli = 0;
};

// An advance reservation on one node: [begin, end).
struct ReservedSpan {
  Time begin;
  Time end;
  ReservationId id;
};

struct NodeRecord {
  // What every attempt that starts or ends looks at stands first, and together.
  int32_t cores = 0;  // and memory: as in `node`
  int32_t cores_used = 0;
  Bytes memory;
  Bytes memory_used;
  DeviceMask devices_used = 0;  // positions of which something is held
  std::vector<Hold> holds;      // ascending by ends_by, then allocation
  uint64_t holds_version = 0;   // grows with each change of what is held
  NodeState state = NodeState::down;
  bool present = false;  // a name that only reservations or old allocations mention is absent
  bool touched = false;  // stands in Site::touched()
  bool changed = false;  // stands in Site::changed()
  PoolSlot pool = 0;
  ModelSlot cpu_model = no_model;
  int64_t label = 0;                                    // ascends with the names of a pool
  std::vector<std::pair<ModelSlot, DeviceMask>> masks;  // positions of each model
  std::vector<uint32_t> features;                       // ascending slots
  std::vector<ReservedSpan> spans;                      // ascending by begin
  std::vector<int32_t> milli_used;       // by position; longer than device_models after a shrink
  std::vector<ModelSlot> device_models;  // by position
  Node node;

  bool takes_jobs() const { return present && state == NodeState::up; }
  int32_t cores_free() const { return cores - cores_used; }
  Bytes memory_free() const { return memory - memory_used; }
  // Positions of one model.
  DeviceMask devices_of(ModelSlot model) const;
  int32_t milli_free(int position) const {
    return 1000 - milli_used[static_cast<size_t>(position)];
  }
};

// How many nodes of a pool are in each state.
struct StateCount {
  int32_t up = 0, draining = 0, drained = 0, down = 0;
};

struct Pool {
  std::string name;
  std::vector<NodeSlot> nodes;          // present ones, ascending by name
  std::map<ModelSlot, int64_t> models;  // device models on them and how many devices
};

struct ModelRecord {
  DeviceModel model;
  bool known = false;  // described by upsert_device_model, not only named by a node
};

// Text to slot and back.
class Names {
 public:
  uint32_t slot(const std::string& name);
  // The slot of a name that exists, else -1.
  int64_t find(const std::string& name) const;
  const std::string& name(uint32_t slot) const { return names_[slot]; }
  size_t size() const { return names_.size(); }

 private:
  std::unordered_map<std::string, uint32_t> slots_;
  std::vector<std::string> names_;
};

class Site {
 public:
  // Most devices of a node that are used; positions beyond are left alone.
  static constexpr int32_t max_devices = 64;

  void upsert_model(const DeviceModel& model);
  void upsert_node(const Node& node, NodeState state);
  void remove_node(const std::string& name);
  void add_reservation(const AdvanceReservation& reservation);
  void remove_reservation(ReservationId id);

  void hold(NodeSlot slot, const Hold& hold);
  Hold drop(NodeSlot slot, Time ends_by, int64_t allocation);

  NodeSlot node_slot(const std::string& name);
  const NodeRecord* find_node(const std::string& name) const;
  const NodeRecord& node(NodeSlot slot) const { return nodes_[slot]; }
  const std::vector<NodeRecord>& nodes() const { return nodes_; }
  const std::vector<Pool>& pools() const { return pools_; }
  const std::vector<ModelRecord>& models() const { return models_; }
  ModelSlot find_model(const std::string& name) const;
  int64_t find_pool(const std::string& name) const { return pool_names_.find(name); }
  uint32_t feature_slot(const std::string& name) { return features_.slot(name); }
  int64_t find_feature(const std::string& name) const { return features_.find(name); }
  const std::map<ReservationId, AdvanceReservation>& reservations() const { return reservations_; }

  // The nodes of a reservation, each once, in no particular order; empty when there is none.
  const std::vector<NodeSlot>& reserved_nodes(ReservationId id) const;

  // Nodes that changed in any way since the last forget_touched(), or for which something else is
  // planned now.
  const std::vector<NodeSlot>& touched() const { return touched_; }
  void forget_touched();
  void touch(NodeSlot slot);
  // Those of them that changed themselves since the last forget_changed().
  const std::vector<NodeSlot>& changed() const { return changed_; }
  void forget_changed();

  // Nodes of the pool by state, and whether all are of one make. Counted again after changes only.
  const StateCount& states(PoolSlot pool) const;
  bool of_one_make(PoolSlot pool) const;

  // Grows with every change of what nodes, models and pools are (not with their state or holds).
  uint64_t version() const { return version_; }

 private:
  void change(NodeSlot slot);
  ModelSlot model_slot(const std::string& name);
  PoolSlot pool_slot(const std::string& name);
  void leave_pool(NodeSlot slot);
  void join_pool(NodeSlot slot);
  void label(Pool& pool, size_t at);
  struct PoolSummary {
    uint64_t changes = 0;  // of the site when it was made
    StateCount states;
    bool of_one_make = true;
  };
  const PoolSummary& summary(PoolSlot pool) const;

  std::vector<NodeRecord> nodes_;
  std::vector<NodeSlot> touched_;
  std::vector<NodeSlot> changed_;
  Names node_names_;
  std::vector<Pool> pools_;
  Names pool_names_;
  std::vector<ModelRecord> models_;
  Names model_names_;
  Names features_;
  std::map<ReservationId, AdvanceReservation> reservations_;
  std::map<ReservationId, std::vector<NodeSlot>> reserved_nodes_;
  uint64_t version_ = 0;
  uint64_t changes_ = 1;  // of nodes, their states included
  mutable std::vector<PoolSummary> summaries_;
};

}  // namespace pentad::schedule
