// The figures of GET /metrics. Counting is cheap and may be done from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "centre/centre.h"
#include "model/attempt.h"
#include "model/job.h"

namespace pentad::api {

class Metrics {
 public:
  explicit Metrics(std::string_view version);
  ~Metrics();

  // A batch of the core: how many commands it had and how long stepping and committing it took.
  void batch(size_t commands, double seconds);
  void batch_failed();
  // From a submission or report being posted until its answer or effect is given out.
  void answered(double seconds);
  void job_submitted(size_t count);
  void job_ended(JobState state);
  void attempt_ended(EndKind kind);
  void attempt_started();
  // From the submission of a job to the moment its first process ran.
  void start_latency(double seconds);

  // One request; `endpoint` is its id in the table.
  void request(std::string_view endpoint, int status, double seconds);

  struct State {
    Centre::Counts counts;
    int64_t last_event = 0;
    int64_t cores = 0;
    int64_t cores_used = 0;
    int64_t watchers = 0;
    bool degraded = false;
  };
  // In Prometheus' text format, with the process's own figures.
  std::string text(const State& state);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace pentad::api
