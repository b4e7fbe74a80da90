// What a Scheduler holds. Included by the files that implement it and by nobody else.
#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "schedule/power.h"
#include "schedule/scheduler.h"
#include "schedule/search.h"

namespace pentad {

namespace schedule {

struct KeyOrder {
  bool operator()(const QueueKey& a, const QueueKey& b) const { return a.before(b); }
};

struct QueuedJob {
  QueueKey key;
  Demand demand;
  int64_t count = 1;
};

// A blocked job that later ones must leave room for.
struct ReservedJob {
  JobId job;
  Time begin;
};

struct AllocationRecord {
  std::vector<NodeSlot> nodes;
  std::vector<LicenceNeed> licences;
  Time ends_by;
};

}  // namespace schedule

struct Scheduler::State {
  schedule::Site site;
  schedule::Licences licences;
  Policy policy;
  std::set<QueueKey, schedule::KeyOrder> order;
  std::unordered_map<JobId, schedule::QueuedJob> jobs;
  std::map<Allocation, schedule::AllocationRecord> allocations;
  Allocation next_allocation = 1;
  // What the last pass reserved.
  schedule::Plan plan;
  std::vector<schedule::ReservedJob> reserved;

  // Takes what `placement` says on every node and the licences, until release.
  void hold(Allocation allocation, const Placement& placement,
            const std::vector<schedule::LicenceNeed>& needs, Time ends_by);
  Placement name(const schedule::Placed& placed) const;
};

}  // namespace pentad
