// One pass over the queue (definition 2-4 and 6 in scheduler.h), looking only at what may have
// changed since the last. First the blocked jobs that get reservations are found (heads.cc), then
// the jobs behind them that fit beside these (backfill.cc).
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "schedule/order.h"
#include "schedule/state.h"

namespace pentad::schedule {

// What the jobs of a group may use: how much memory and how many nodes, for jobs that end by
// `until` and for all.
struct Bound {
  int32_t memory = -1;  // as in a Room
  int32_t long_memory = -1;
  Time until;
  // Counted only when a job of several nodes turns up.
  bool counted = false;
  int32_t nodes = std::numeric_limits<int32_t>::max();
  int32_t long_nodes = std::numeric_limits<int32_t>::max();
};

}  // namespace pentad::schedule

namespace pentad {

class Scheduler::Pass {
 public:
  Pass(State& state, Time now, StartGate* gate)
      : state_(state),
        now_(now),
        gate_(gate),
        fresh_(state.memory.fresh),
        gained_licences_(state.memory.gained_licences),
        gained_(state.memory.gained),
        gained_rooms_(state.memory.rooms) {}
  std::vector<Start> run();

 private:
  enum class Outcome {
    started,  // all of its elements
    blocked,  // does not fit
    passed,   // would break the power cap, or the gate refused it
  };

  void prepare();
  void note_time();
  bool reservations_stand();
  void collect_gains();
  void finish();

  // Starts what fits of the job's elements, beside the plan or (with `unplanned`) as if there were
  // none.
  Outcome start(schedule::JobSlot job, bool unplanned);
  std::optional<schedule::Placed> place(const schedule::Need& need,
                                        const std::vector<schedule::Option>& options, bool fresh,
                                        bool unplanned, int32_t& fitting);
  std::optional<schedule::Placed> place_on_gained(const schedule::Need& need,
                                                  const std::vector<schedule::Option>& options,
                                                  bool unplanned) const;
  bool surely_blocked(const schedule::Need& need, const std::vector<schedule::Option>& options,
                      bool unplanned);
  int32_t touched_that_may_fit(schedule::Option option, const schedule::Need& need) const;
  void flush_if_many();
  bool gain_plan();
  void start_on(schedule::JobSlot job, const schedule::Placed& placed, Placement placement);
  schedule::View view(bool unplanned) const;
  // Whether a job of the group that asked for no more failed in this pass.
  bool failed_before(const schedule::Group& group, Bytes memory, Duration limit,
                     int32_t nodes) const;
  void note_failure(schedule::Group& group, const schedule::JobRecord& job, int32_t nodes);

  // --- heads.cc ---
  void find_heads();
  void find_head_again();
  void add_heads();
  bool reserve_all(schedule::JobSlot job);
  void walk(const QueueKey* from);
  bool plan_stands();
  bool may_move(const schedule::HoldChange& change, const schedule::ReservedJob& head,
                const schedule::Need& need, const std::vector<schedule::Option>& options);
  // Reserves for a blocked job; false when it never fits.
  bool reserve(schedule::JobSlot job);
  bool anything_may_start();
  bool reserve_one_more(schedule::JobSlot job);
  void become_head(const QueueKey& key, size_t effort);
  std::optional<schedule::Reserved> search(schedule::JobSlot job, size_t& effort);
  // Lets the watch know what began and ended. False when that may move the reservation.
  bool tell_watch();
  size_t watch_cost(const std::vector<schedule::Option>& options) const;
  void install(schedule::ReservedJob fresh);
  bool all_reserved() const;

  // --- backfill.cc ---
  void backfill();
  // Brings gained_rooms_ up to date.
  void look_at_gained();
  bool may_use_gained(const schedule::Group& group) const;
  bool find_bound(schedule::Group& group, schedule::Bound& bound, bool everywhere);
  void bound_on_gained(const schedule::Group& group, schedule::Bound& bound);
  bool bound_in_reservation(const schedule::Need& need, schedule::Bound& bound) const;
  void widen(schedule::Bound& bound, const schedule::Group& group, const schedule::Room& room);
  void count_nodes(const schedule::Group& group, schedule::Bound& bound);
  const schedule::QueueItem* next_in(const schedule::Group& group, schedule::Bound& bound,
                                     const QueueKey& from, bool beyond);

  State& state_;
  Time now_;
  StartGate* gate_;  // null: everything may start
  std::vector<Start> starts_;
  std::vector<schedule::FreshJob>& fresh_;  // in queue order
  size_t next_fresh_ = 0;
  bool everything_ = false;
  bool was_reserved_ = false;  // what the last pass left failed beside a reservation
  bool nothing_fits_ = false;  // behind the head, whatever is reserved
  std::vector<uint32_t>& gained_licences_;
  std::vector<schedule::NodeSlot>& gained_;
  bool many_gained_ = false;  // too many to look at one by one
  std::vector<schedule::GainedRoom>& gained_rooms_;
  size_t gained_at_ = ~size_t{0};  // how many had started when these were made
  uint64_t gained_pools_ = 0;      // as Group::pools
  // The most that is free on one of them.
  int32_t gained_cores_ = 0;
  int32_t gained_devices_ = 0;  // of a model, with something left
  int32_t gained_whole_ = 0;    // of which nothing is held
  int32_t gained_left_ = 0;     // thousandths of one
  int32_t gained_memory_ = -1;  // as in a Room
  int64_t cap_ = 0;
  schedule::Plan nothing_;
};

}  // namespace pentad
