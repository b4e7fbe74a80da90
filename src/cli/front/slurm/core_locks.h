// The cores that steps of one job hold at this moment. A lock is a name in the kernel that goes
// with the process, so that nothing is left of a step that was killed.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace pentad::cli::front::slurm {

class CoreLocks {
 public:
  // `job` names the job, or the element of an array.
  explicit CoreLocks(std::string job) : job_(std::move(job)) {}
  ~CoreLocks();
  CoreLocks(const CoreLocks&) = delete;
  CoreLocks& operator=(const CoreLocks&) = delete;

  // Takes `wanted` of the cores 0 to `total` - 1, all or none. False when so many are not free.
  bool try_take(int64_t wanted, int64_t total);
  const std::vector<int64_t>& taken() const { return taken_; }

 private:
  void release();
  int lock(const std::string& name) const;  // -1: somebody else has it

  std::string job_;
  std::vector<int64_t> taken_;
  std::vector<int> sockets_;
};

}  // namespace pentad::cli::front::slurm
