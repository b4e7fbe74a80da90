// What waiting jobs will run, kept in memory so that starting one needs no read from disk. Jobs
// that run the same share one copy. Bounded; what is not here is read from the store.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include "base/ids.h"
#include "model/payload.h"

namespace pentad::app {

class PayloadCache {
 public:
  PayloadCache(size_t max_bytes, size_t max_jobs) : max_bytes_(max_bytes), max_jobs_(max_jobs) {}

  using Shared = std::shared_ptr<const Payload>;

  // One copy for all equal payloads in use; null for one too large to be worth it.
  Shared share(const Payload& payload);

  void keep(JobId job, Shared payload);
  Shared find(JobId job) const;
  void drop(JobId job);

  size_t bytes() const { return *bytes_; }
  size_t jobs() const { return by_job_.size(); }

 private:
  size_t max_bytes_;
  size_t max_jobs_;
  // Counts what shared copies hold. They may outlive this object and go on any thread.
  using Total = std::shared_ptr<std::atomic<size_t>>;
  Total bytes_ = std::make_shared<std::atomic<size_t>>(0);
  struct Counted;
  std::unordered_map<uint64_t, std::weak_ptr<const Payload>> by_content_;
  size_t sweep_at_ = 1024;
  std::unordered_map<JobId, Shared> by_job_;
  std::deque<JobId> order_;  // in which jobs were kept, for eviction
};

}  // namespace pentad::app
