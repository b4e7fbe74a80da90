// Of every start and end, with nodes and devices, so that two schedules can be compared at a
// glance.
#pragma once

#include "base/hash.h"
#include "twin/replay.h"

namespace pentad::twin {

class ScheduleDigest : public Observer {
 public:
  void started(const LiveJob& job) override {
    add(job.id, job.started);
    for (const NodeShare& share : job.placement.nodes) {
      hash_.add(share.node);
      for (int32_t device : share.devices) hash_.add(static_cast<uint64_t>(device));
    }
  }
  void stopped(const LiveJob& job, EndKind, Time now) override { add(job.id, now); }
  uint64_t digest() const { return hash_.digest(); }

 private:
  void add(JobId job, Time at) {
    hash_.add(static_cast<uint64_t>(job.value)).add(static_cast<uint64_t>(at.value));
  }
  Hasher hash_;
};

}  // namespace pentad::twin
