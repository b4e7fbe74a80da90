// A trace in memory, for tests.
#pragma once

#include <utility>
#include <vector>

#include "twin/trace/trace.h"

namespace pentad::twin {

class MemoryTrace : public trace::TraceReader {
 public:
  explicit MemoryTrace(std::vector<trace::TraceJob> jobs) : jobs_(std::move(jobs)) {
    header_.source = "memory";
  }
  Result<bool> read(trace::TraceJob& out) override {
    if (next_ == jobs_.size()) return false;
    out = jobs_[next_++];
    ++counts_.jobs;
    return true;
  }

 private:
  std::vector<trace::TraceJob> jobs_;
  size_t next_ = 0;
};

// All in seconds.
inline trace::TraceJob memory_job(int64_t id, int64_t submit, int64_t cores, int64_t run,
                                  int64_t limit) {
  trace::TraceJob job;
  job.id = id;
  job.submit = seconds(submit);
  job.cores = cores;
  job.run_time = seconds(run);
  job.limit = seconds(limit);
  job.user = "u" + std::to_string(id % 3);
  return job;
}

}  // namespace pentad::twin
