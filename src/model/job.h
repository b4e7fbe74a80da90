// What a user asks for: the part of a job that the core decides on. What it runs (script,
// environment, files) is the Payload (model/payload.h), which the core never sees.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "model/device.h"
#include "model/index_set.h"

namespace pentad {

// pending covers held and waiting; `ending` has been told to stop and not yet reported its end.
BOOST_DEFINE_ENUM_CLASS(JobState, held, queued, starting, running, ending, completed, failed,
                        cancelled, timeout, out_of_memory, node_failed)

constexpr bool is_final(JobState state) { return state >= JobState::completed; }

BOOST_DEFINE_ENUM_CLASS(WorkloadClass, simulation, training, inference)
BOOST_DEFINE_ENUM_CLASS(Wish, cheapest, fastest, greenest)

// Devices on each node. Either `kind` or a list of allowed `models` (any one of them; one attempt
// uses one model only). `share_milli` below 1000 asks for that part of each device.
struct DeviceRequest {
  int32_t count = 0;
  std::optional<DeviceKind> kind;
  std::vector<std::string> models;
  int32_t share_milli = 1000;
  bool operator==(const DeviceRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceRequest, (), (count, kind, models, share_milli))

struct LicenceRequest {
  std::string name;
  int32_t count = 1;
  bool operator==(const LicenceRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(LicenceRequest, (), (name, count))

// All figures are per node; a job gets `nodes` nodes of one pool, all at once or not at all.
struct ResourceRequest {
  int32_t nodes = 1;
  int32_t cores = 1;
  Bytes memory;
  DeviceRequest devices;
  bool exclusive = false;                // the whole node, whatever it has
  std::vector<std::string> features;     // a node must have all of them
  std::vector<std::string> pools;        // any of them; empty: any pool
  std::vector<LicenceRequest> licences;  // of the job, not per node
  std::optional<ReservationId> reservation;
  bool operator==(const ResourceRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResourceRequest, (),
                      (nodes, cores, memory, devices, exclusive, features, pools, licences,
                       reservation))

// all, any: every / at least one of `of` holds. The rest are leaves about `job`:
// started (plus `delay`), ok (completed), not_ok (ended otherwise), ended (either way),
// elementwise (element i waits for element i of `job` to complete), singleton (no earlier
// unfinished job of the same user and name; `job` unused).
BOOST_DEFINE_ENUM_CLASS(DependencyKind, all, any, started, ok, not_ok, ended, elementwise,
                        singleton)

struct Dependency {
  DependencyKind kind = DependencyKind::ok;
  JobId job;
  std::optional<int64_t> element;  // of an array: this element only
  Duration delay;                  // for started
  std::vector<Dependency> of;      // for all, any
  bool operator==(const Dependency&) const = default;
};
BOOST_DESCRIBE_STRUCT(Dependency, (), (kind, job, element, delay, of))

// What happens to a job whose dependency can never hold any more.
BOOST_DEFINE_ENUM_CLASS(ImpossibleDependency, cancel, keep)

struct ArrayRequest {
  IndexSet indices;
  int32_t max_running = 0;  // 0: no limit
  bool operator==(const ArrayRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(ArrayRequest, (), (indices, max_running))

struct RequeueRequest {
  bool on_node_failure = true;
  std::vector<int32_t> exit_codes;  // a job that exits with one of these runs again
  int32_t max = 3;                  // runs again at most this often, for whatever reason
  // With one of these it goes back too, however often, and is held until somebody releases it.
  std::vector<int32_t> hold_exit_codes;
  bool operator==(const RequeueRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(RequeueRequest, (), (on_node_failure, exit_codes, max, hold_exit_codes))

// Soft warning: `signal` is sent `lead` before the limit.
struct WarningRequest {
  int32_t signal = 10;
  Duration lead = seconds(60);
  bool operator==(const WarningRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(WarningRequest, (), (signal, lead))

struct JobRequest {
  std::string name;
  std::string user;
  std::string project;
  std::string qos;
  std::string queue;    // as the user called it; shown, decides nothing
  std::string comment;  // likewise
  ResourceRequest resources;
  Duration limit;        // walltime of an attempt; 0 in a submission takes the centre's default
  int32_t priority = 0;  // users may lower (below 0), operators also raise
  std::optional<Time> begin;
  std::optional<Time> deadline;  // must have ended by then; given up when that can't be kept
  bool hold = false;
  std::optional<ArrayRequest> array;
  std::optional<Dependency> dependency;
  ImpossibleDependency impossible_dependency = ImpossibleDependency::cancel;
  RequeueRequest requeue;
  std::optional<WarningRequest> warning;
  WorkloadClass workload_class = WorkloadClass::simulation;
  Precision precision = Precision::fp64;
  Wish wish = Wish::cheapest;
  bool operator==(const JobRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(JobRequest, (),
                      (name, user, project, qos, queue, comment, resources, limit, priority, begin,
                       deadline, hold, array, dependency, impossible_dependency, requeue, warning,
                       workload_class, precision, wish))

// Why a pending job waits, in the order in which they are tested: the first that applies is shown.
BOOST_DEFINE_ENUM_CLASS(PendingReason, none, held_by_user, held_by_operator, dependency,
                        dependency_never, begin_time, requeue_delay, array_limit, reservation,
                        nodes_unavailable, licences, power_cap, resources, priority, frozen, quota,
                        budget, money)

}  // namespace pentad
