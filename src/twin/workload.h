// From a trace's job to what the core takes: the request, made to fit the machine that replays it,
// and the time it really runs on each device model. What the machine cannot express is left out and
// counted, never dropped in silence.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/device.h"
#include "model/job.h"
#include "model/node.h"
#include "model/policy.h"
#include "twin/trace/trace.h"

namespace pentad::twin {

// Jobs that did not go over as they stand, by what was done.
struct Adjustments {
  int64_t never_ran = 0;         // no run time in the trace: left out
  int64_t no_limit = 0;          // the run time stands in for the limit
  int64_t features_dropped = 0;  // asked for features that no node here has
  int64_t pools_dropped = 0;     // asked for pools that are not here
  int64_t models_widened = 0;    // asked for device models that are not here: any of their kind
  int64_t split_over_nodes = 0;  // more cores than a node has, no layout given: spread evenly
  int64_t layout_dropped = 0;    // several or whole nodes of a machine without layout: cores only
  int64_t qos_dropped = 0;       // asked for a class of service that the policy does not know
  int64_t memory_cut = 0;        // asked for more memory than any node has: all of it
};
BOOST_DESCRIBE_STRUCT(Adjustments, (),
                      (never_ran, no_limit, features_dropped, pools_dropped, models_widened,
                       split_over_nodes, layout_dropped, qos_dropped, memory_cut))

struct WorkloadOptions {
  std::optional<Wish> wish;            // of all jobs; none: the trace's own
  Wish default_wish = Wish::cheapest;  // of jobs that name none
  // This share of the jobs may end this much later than they must: they get a deadline, which a
  // policy that shifts them (Policy::shift_deadline_jobs) makes use of.
  double flexible_share = 0;
  Duration flexible_slack = hours(24);
  // The run time in a trace holds for the mean of the device models that the job may use; on a
  // model with twice the throughput at the job's precision it takes half. The limit is stretched
  // for the slowest.
  bool scale_by_throughput = true;
  bool ignore_memory = false;
};

// A machine's figures that jobs are fitted to. Built once, then asked for each job.
class Workload {
 public:
  Workload(const trace::Machine& machine, const Policy& policy, WorkloadOptions options);

  // False: the job never ran and is left out.
  bool to_request(const trace::TraceJob& job, JobRequest& out);

  // Gives the job its deadline when it is one of the flexible ones: by its number, the same each
  // run.
  void set_deadline(const trace::TraceJob& job, Time now, JobRequest& out) const;

  // How long a job with `run_time` in the trace runs on devices of this model ("": cores of a
  // pool's processor).
  Duration run_time_on(const JobRequest& request, Duration run_time, const std::string& model,
                       const std::string& pool) const;

  const Adjustments& adjustments() const { return adjustments_; }

 private:
  struct PoolFigures {
    std::string cpu_model;
    int32_t nodes = 0;
    int32_t cores = 0;
    Bytes memory;
    std::set<std::string> features;
    std::map<std::string, int32_t> devices;  // per node, by model
  };

  bool may_use(const JobRequest& request, const PoolFigures& pool) const;
  int32_t most_cores(const JobRequest& request) const;
  Bytes most_memory(const JobRequest& request) const;
  void fill_devices(const trace::TraceJob& job, JobRequest& out);
  void fill_places(const trace::TraceJob& job, JobRequest& out);
  void fill_layout(const trace::TraceJob& job, JobRequest& out);
  void fill_memory(const trace::TraceJob& job, JobRequest& out);
  int64_t throughput(const std::string& model, Precision precision) const;
  struct Speeds {
    double mean = 0;
    double least = 0;
  };
  Speeds speeds(const JobRequest& request) const;

  WorkloadOptions options_;
  std::map<std::string, PoolFigures> pools_;
  std::map<std::string, DeviceModel> models_;
  std::set<std::string> features_;
  std::set<std::string> qos_;
  Duration max_limit_;
  bool one_node_ = false;
  bool plain_ = false;  // a machine of plain_machine(): its one node stands for many
  Adjustments adjustments_;
};

// A machine of `cores` processors without layout: one node that holds them all. What every
// simulator of processor counts assumes.
trace::Machine plain_machine(int64_t cores);
// The machine of a trace's header: its pools when it has them, `max_nodes` even nodes when asked
// for and the figures allow it, else plain_machine(max_cores). Errors: invalid when the header says
// nothing of use.
Result<trace::Machine> machine_of(const trace::TraceHeader& header, bool with_nodes);

}  // namespace pentad::twin
