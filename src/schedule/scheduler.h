// Which jobs start now, and where. Pure: the state is what the calls below said, time comes with
// each pass.
//
// The schedule is defined exactly (a brute-force oracle in the tests computes the same):
//  1. Queue order: priority descending, then submit time, then job id. The elements of an array
//  follow
//     each other at their job's place.
//  2. A pass walks the queue from its head and starts what fits. A job fits now on a node when,
//  over
//     [now, now + limit), its per-node amounts fit beside what runs there (each attempt until its
//     limit; one past its limit ends now), beside the reservations made so far in this pass and
//     outside other people's advance reservations; it fits when enough nodes of one pool do, and
//     its licences are free likewise.
//  3. The first `depth` jobs that do not fit now get a reservation: the earliest time at which they
//  fit
//     in that sense, on the nodes and devices chosen for that time. A job that never fits (its
//     nodes are down or draining) gets none and does not count.
//  4. Every later job starts if it fits now in the sense of 2, thus ends by limit no later than the
//     reservations begin or uses nothing reserved.
//  5. Placement: pools (and device models in them) in the order of the job's wish: cheapest (money
//  per
//     operation), fastest (operations per second), greenest (joules per operation), from measured
//     throughput at the job's precision, then pool name, then device model name; the first that
//     fits is taken. Within it the fullest nodes that fit: fewest free thousandths of the asked
//     device model, then fewest free cores, then lowest name; on a node the devices with the least
//     free share that fits, then the lowest position.
//     Without backfill no later job starts.
//  6. The power cap of the hour is tested before a start; a job above it is passed over and
//  reserves
//     nothing. So is a job that the gate of the pass refuses, which is asked last.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "model/attempt.h"
#include "model/device.h"
#include "model/job.h"
#include "model/node.h"
#include "model/policy.h"
#include "model/refusal.h"

namespace pentad {

struct QueueKey {
  int64_t priority = 0;  // the larger, the earlier
  Time submitted;
  JobId job;
  // True when *this stands before `other` in the queue.
  bool before(const QueueKey& other) const {
    if (priority != other.priority) return priority > other.priority;
    return submitted != other.submitted ? submitted < other.submitted : job < other.job;
  }
  bool operator==(const QueueKey&) const = default;
};

// What decides whether and where a job fits. Jobs with equal demands share their fate within a
// pass.
struct Demand {
  ResourceRequest resources;
  Duration limit;
  Precision precision = Precision::fp64;
  Wish wish = Wish::cheapest;
  bool operator==(const Demand&) const = default;
};

using Allocation = int64_t;  // handle of what a started attempt holds; never reused

struct Start {
  JobId job;
  Allocation allocation = 0;
  Placement placement;
};

// Asked about each attempt that would start, with the place it would start in. What it lets through
// starts. The caller takes a job that was refused out of the queue before the next pass.
class StartGate {
 public:
  virtual bool admit(JobId job, const Placement& placement) = 0;

 protected:
  ~StartGate() = default;
};

// Where a demand may run, and what it takes on each node there.
struct RunPlace {
  std::string pool;
  std::string device_model;  // empty: no devices asked for
  std::string node;          // one of those that would do
  int32_t cores = 0;
  Bytes memory;
};

struct Wait {
  PendingReason reason = PendingReason::none;
  std::string detail;  // a sentence with the figures
};

class Scheduler {
 public:
  Scheduler();
  ~Scheduler();
  Scheduler(Scheduler&&) noexcept;
  Scheduler& operator=(Scheduler&&) noexcept;

  // --- what the centre is made of ---
  void set_policy(const Policy& policy);
  void upsert_device_model(const DeviceModel& model);
  // Adds a node or replaces its description and state. A running attempt keeps what it holds, even
  // if the node shrank below it.
  void upsert_node(const Node& node, NodeState state);
  void remove_node(const std::string& name);
  void add_reservation(const AdvanceReservation& reservation);
  void remove_reservation(ReservationId id);

  // --- the queue ---
  // `count` attempts of the job may start now (1, or the startable elements of an array).
  void enqueue(const QueueKey& key, const Demand& demand, int64_t count);
  void set_count(JobId job, int64_t count);
  // Gives queued jobs new priorities; costs less for many at once than one by one.
  struct NewPriority {
    JobId job;
    int64_t priority = 0;
  };
  void rekey(const std::vector<NewPriority>& priorities);
  void dequeue(JobId job);

  // --- running ---
  // Starts everything the definition above starts at `now`. Each start has lowered its job's count
  // by one (a job at 0 has left the queue) and holds its allocation until release().
  std::vector<Start> pass(Time now, StartGate* gate = nullptr);
  // Re-creates an allocation after a restore; the same handle as before.
  void restore_allocation(Allocation allocation, const Placement& placement,
                          const std::vector<LicenceRequest>& licences, Time ends_by);
  Allocation next_allocation() const;
  void set_next_allocation(Allocation next);
  void release(Allocation allocation);
  // When time alone may let something start (an advance reservation begins or ends, a power cap
  // changes); never() when nothing of the kind is ahead.
  Time next_time(Time now) const;

  // --- answers ---
  // Refuses what no state of the centre's nodes, all up and empty, could ever run; the detail names
  // the largest request that would fit. `field` is relative to the resources. `first` gets what
  // places(demand, 1) says.
  std::optional<Refusal> check_possible(const Demand& demand, RunPlace* first = nullptr) const;
  // The first `most` pools, with the device model in them, in the order of its wish; of nodes that
  // differ the figures of the one where it takes most. Empty for what can never run.
  std::vector<RunPlace> places(const Demand& demand, size_t most) const;
  Wait why_waiting(JobId job, Time now) const;
  // Expected start of the first `max_jobs` queued jobs, in queue order, if every running attempt
  // ends at its limit and each job starts at the earliest time at which it fits behind those before
  // it. A job beyond `max_jobs` or that never fits is absent.
  struct Expected {
    JobId job;
    Time start;
  };
  std::vector<Expected> forecast(Time now, size_t max_jobs) const;
  // Rank of a queued job, 1 for the head.
  int64_t position(JobId job) const;

  // Free figures of a node, for people.
  struct NodeLoad {
    int32_t cores_used = 0;
    Bytes memory_used;
    std::vector<int32_t> device_milli_used;  // by position
    int32_t attempts = 0;
  };
  NodeLoad load(const std::string& node) const;

  // Empty when the named invariants hold (nothing given twice, indexes agree with the truth), else
  // the first that does not. Costs a full recomputation.
  std::string check_invariants() const;

 private:
  struct State;
  class Pass;
  std::unique_ptr<State> state_;
};

}  // namespace pentad
