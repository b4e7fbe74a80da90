#include "centre/request_pool.h"

#include <utility>

#include "base/assert.h"
#include "base/hash.h"

namespace pentad {

namespace {

void add(Hasher& hasher, const Dependency& dependency) {
  hasher.add(static_cast<uint64_t>(dependency.job.value));
  for (const Dependency& part : dependency.of) add(hasher, part);
}

// Equal requests have equal digests; what is left out here only makes more of them collide.
uint64_t digest_of(const JobRequest& r) {
  Hasher hasher;
  if (r.dependency) add(hasher, *r.dependency);
  if (r.array) {
    for (const IndexRange& range : r.array->indices.ranges) {
      hasher.add(static_cast<uint64_t>(range.first)).add(static_cast<uint64_t>(range.last));
    }
  }
  return hasher
      .add(static_cast<uint64_t>(r.resources.nodes) << 32 |
           static_cast<uint32_t>(r.resources.cores))
      .add(static_cast<uint64_t>(r.resources.memory.value))
      .add(static_cast<uint64_t>(r.resources.devices.count) << 32 |
           static_cast<uint32_t>(r.priority))
      .add(static_cast<uint64_t>(r.limit.value))
      .add(static_cast<uint64_t>(r.begin.value_or(Time{}).value))
      .add(static_cast<uint64_t>(r.deadline.value_or(Time{}).value))
      .digest();
}

}  // namespace

const SharedRequest* RequestPool::share(JobRequest request) {
  PENTAD_ASSERT(request.name.empty() && request.user.empty() && request.project.empty(),
                "name and owner are the job's own");
  const uint64_t digest = digest_of(request);
  uint32_t slot = index_.find(digest, [&](uint32_t at) {
    return requests_[at].digest == digest && static_cast<JobRequest&>(requests_[at]) == request;
  });
  if (slot == kNoSlot) {
    slot = requests_.take();
    SharedRequest& fresh = requests_[slot];
    static_cast<JobRequest&>(fresh) = std::move(request);
    fresh.digest = digest;
    fresh.slot = slot;
    index_.insert(digest, slot);
  }
  ++requests_[slot].jobs;
  return &requests_[slot];
}

void RequestPool::drop(const SharedRequest* shared) {
  SharedRequest& request = requests_[shared->slot];
  if (--request.jobs > 0) return;
  const bool found = index_.erase(request.digest, request.slot);
  PENTAD_ASSERT(found, "what is shared is in the pool");
  requests_.give_back(request.slot);
}

}  // namespace pentad
