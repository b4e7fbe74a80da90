#include "centre/request_pool.h"

#include <utility>

#include "base/assert.h"
#include "base/hash.h"

namespace pentad {

namespace {

// Equal requests have equal digests; what is left out here only makes more of them collide.
uint64_t digest_of(const JobRequest& r) {
  return Hasher()
      .add(static_cast<uint64_t>(r.resources.nodes) << 32 |
           static_cast<uint32_t>(r.resources.cores))
      .add(static_cast<uint64_t>(r.resources.memory.value))
      .add(static_cast<uint64_t>(r.resources.devices.count) << 32 |
           static_cast<uint32_t>(r.priority))
      .add(static_cast<uint64_t>(r.limit.value))
      .add(static_cast<uint64_t>(r.begin.value_or(Time{}).value))
      .add(static_cast<uint64_t>(r.deadline.value_or(Time{}).value))
      .add(static_cast<uint64_t>(r.dependency ? r.dependency->job.value : 0))
      .digest();
}

}  // namespace

RequestPool::Shared RequestPool::share(JobRequest request) {
  PENTAD_ASSERT(request.name.empty() && request.user.empty() && request.project.empty(),
                "name and owner are the job's own");
  uint64_t digest = digest_of(request);
  auto [from, to] = requests_.equal_range(digest);
  for (auto it = from; it != to; ++it) {
    if (*it->second == request) return it->second;
  }
  Shared shared = std::make_shared<const JobRequest>(std::move(request));
  requests_.emplace(digest, shared);
  return shared;
}

void RequestPool::drop(Shared& shared) {
  if (shared.use_count() == 2) {
    auto [from, to] = requests_.equal_range(digest_of(*shared));
    for (auto it = from; it != to; ++it) {
      if (it->second != shared) continue;
      requests_.erase(it);
      break;
    }
  }
  shared.reset();
}

}  // namespace pentad
