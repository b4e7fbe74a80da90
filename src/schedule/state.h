// What a Scheduler holds. Included by the files that implement it and by nobody else.
//
// A pass must not look again at what cannot have changed. What the last pass left in the queue did
// not fit then; it can fit now only where something was gained since: a node on which something
// ended or from which a reservation moved away, or a licence. So the state remembers what was
// gained, which jobs have not been tested where they stand (fresh), and whether the reservation of
// the first blocked job may have moved; rare changes (nodes, policy, advance reservations) make it
// forget everything.
#pragma once

#include <vector>

#include "schedule/allocations.h"
#include "schedule/horizon.h"
#include "schedule/node_index.h"
#include "schedule/power.h"
#include "schedule/queue.h"
#include "schedule/scheduler.h"
#include "schedule/search.h"
#include "schedule/watch.h"

namespace pentad {

namespace schedule {

// A blocked job that later ones must leave room for.
struct ReservedJob {
  QueueKey key;
  Time begin;
  Duration limit;
  Placed placed;
  std::vector<LicenceNeed> licences;
};

// An attempt began or ended on a node.
struct HoldChange {
  NodeSlot node = 0;
  Time ends_by;
};

// What happened since the last pass.
struct Changes {
  bool everything = true;  // nothing is known: test all that could fit at all
  std::vector<NodeSlot> gained;
  std::vector<uint32_t> licences;  // of which something became free
  bool any_licence = false;        // one was taken or became free
  std::vector<HoldChange> holds;   // that may have moved the reservation
  std::vector<JobSlot> fresh;      // flagged so in the queue, unless erased since
};

// A queued job that has not been tested where it stands.
struct FreshJob {
  QueueKey key;
  JobSlot job = 0;
};

// A node on which something was gained, and what is free there now of a model (or beside devices).
struct GainedRoom {
  NodeSlot node = 0;
  PoolSlot pool = 0;
  ModelSlot model = no_model;
  Room room;
};

// Lists of a pass, kept for the next one: passes are many and short.
struct PassMemory {
  std::vector<FreshJob> fresh;  // in queue order
  std::vector<NodeSlot> gained;
  std::vector<uint32_t> gained_licences;
  std::vector<GainedRoom> rooms;
  void clear() {
    fresh.clear();
    gained.clear();
    gained_licences.clear();
    rooms.clear();
  }
};

// From where on the queue must be walked job by job: the first job that did not fit but will.
struct Head {
  bool known = false;  // else every job in the queue never fits or waits for power
  QueueKey key;
  bool reserved = false;  // State::reserved is what the definition gives, unless holds moved it
};

}  // namespace schedule

struct Scheduler::State {
  schedule::Site site;
  schedule::Licences licences;
  Policy policy;
  schedule::Queue queue{site, licences};
  schedule::Horizon horizon;
  schedule::NodeIndex index;
  schedule::Allocations allocations;
  Allocation next_allocation = 1;

  schedule::Plan plan;
  schedule::Plan spare_plan;  // its memory is used for the next
  std::vector<schedule::ReservedJob> reserved;
  schedule::Head head;
  schedule::Watch watch;   // of the head, once searching for it has cost more
  size_t head_effort = 0;  // nodes looked at for the head since it is one
  schedule::Changes changes;
  schedule::PassMemory memory;
  Time last_pass;
  uint64_t passes = 0;
  Time reservation_turn = Time::never();  // when the next advance reservation begins or ends
  int64_t power = 0;
  bool power_known = false;

  // Whether at most one job holds a reservation: then little is forgotten from pass to pass.
  bool one_reservation() const {
    return policy.reservation_depth == 0 || policy.reservation_depth == 1;
  }
  // Takes what `placed` says on every node and the licences, until release.
  void hold(Allocation allocation, const schedule::Placed& placed,
            const std::vector<schedule::LicenceNeed>& needs, Time ends_by);
  void release(Allocation allocation);
  void gain(schedule::NodeSlot node) { changes.gained.push_back(node); }
  void make_fresh(schedule::JobSlot job);
  // The reservation is gone and what it kept is free for others.
  void drop_plan();
  // Brings the index up to date, as of the last pass.
  void flush();
  void flush_horizon();
  // On a site of one node there is no choice of place that a start could change.
  bool one_place() const { return site.nodes().size() == 1 && site.node(0).masks.empty(); }
  Placement name(const schedule::Placed& placed) const;
};

}  // namespace pentad
