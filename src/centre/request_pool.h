// Jobs that ask for the same share one copy of what they ask for: of a hundred thousand queued jobs
// few differ in more than name and owner, which each job keeps itself.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "model/job.h"

namespace pentad {

class RequestPool {
 public:
  using Shared = std::shared_ptr<const JobRequest>;

  // The pool's copy of `request`, which must come without name, user and project.
  Shared share(JobRequest request);
  // A job lets go of its request; the last one takes the pool's copy along.
  void drop(Shared& shared);

 private:
  std::unordered_multimap<uint64_t, Shared> requests_;
};

}  // namespace pentad
