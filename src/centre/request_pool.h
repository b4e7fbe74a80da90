// Jobs that ask for the same share one copy of what they ask for: of a hundred thousand queued jobs
// few differ in more than name and owner, which each job keeps itself.
#pragma once

#include <cstdint>

#include "base/slots.h"
#include "model/job.h"

namespace pentad {

struct SharedRequest : JobRequest {
  uint64_t digest = 0;
  int64_t jobs = 0;  // that share it
  uint32_t slot = kNoSlot;
};

class RequestPool {
 public:
  // The pool's copy of `request`, which must come without name, user and project. One job more.
  const SharedRequest* share(JobRequest request);
  // One job less; the last one takes the copy along.
  void drop(const SharedRequest* shared);

 private:
  Slots<SharedRequest> requests_;
  SlotIndex index_;  // by digest
};

}  // namespace pentad
