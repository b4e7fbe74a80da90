// What the steps of one job share: their numbers, and the cores that they hold at this moment. A
// lock is a name in the kernel that goes with the process, so that nothing is left of a step that
// was killed.
#pragma once

#include <sched.h>

#include <cstdint>
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
  // Binds this thread to `count` of the taken cores from the `first` on, of `total` that `allowed`
  // has; not at all when the job is not bound to its cores.
  void bind_thread(int64_t first, int64_t count, int64_t total, const cpu_set_t& allowed) const;

 private:
  void release();
  int lock(const std::string& name) const;  // -1: somebody else has it

  std::string job_;
  std::vector<int64_t> taken_;
  std::vector<int> sockets_;
};

// The number of the next step of this start of a job: counted in a file in the job's folder.
int64_t next_step_number(const std::string& job);

}  // namespace pentad::cli::front::slurm
