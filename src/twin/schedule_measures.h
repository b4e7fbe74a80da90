// What a schedule did to its users: waits, bounded slowdown, utilisation, fairness, what could
// never run. Memory grows with users and reasons, not with jobs.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <string>
#include <vector>

#include "twin/histogram.h"
#include "twin/replay.h"

namespace pentad::twin {

// Seconds, or slowdowns. Quantiles are right within 1 %.
struct Spread {
  double mean = 0, p50 = 0, p90 = 0, p95 = 0, p99 = 0, max = 0;
};
BOOST_DESCRIBE_STRUCT(Spread, (), (mean, p50, p90, p95, p99, max))

// Core-seconds and device-seconds used over those there were, from the first submission to the last
// end.
struct PoolUse {
  std::string pool;
  std::string device_model;  // empty: cores
  int64_t nodes = 0;
  double units = 0;  // cores or devices
  double used_unit_hours = 0;
  double utilisation = 0;
};
BOOST_DESCRIBE_STRUCT(PoolUse, (), (pool, device_model, nodes, units, used_unit_hours, utilisation))

struct UserRow {
  std::string user;
  int64_t jobs = 0;
  double core_hours = 0;
  double device_hours = 0;
  double mean_wait_s = 0;
  double mean_bounded_slowdown = 0;
};
BOOST_DESCRIBE_STRUCT(UserRow, (),
                      (user, jobs, core_hours, device_hours, mean_wait_s, mean_bounded_slowdown))

// Jobs refused for the same reason; the words are those about the first.
struct RefusedRow {
  std::string reason;
  int64_t jobs = 0;
  int64_t first_trace_id = 0;
};
BOOST_DESCRIBE_STRUCT(RefusedRow, (), (reason, jobs, first_trace_id))

struct ScheduleSummary {
  int64_t submitted = 0;
  int64_t started = 0;
  int64_t completed = 0, failed = 0, timeout = 0, other_ends = 0;
  int64_t refused = 0;  // no state of the machine could ever run them
  int64_t waiting_at_end = 0, running_at_end = 0;
  double span_s = 0;  // first submission to last end
  Spread wait_s;
  Spread bounded_slowdown;  // threshold 10 s
  double utilisation_cores = 0;
  double utilisation_devices = 0;
  double mean_queue = 0;
  int64_t longest_queue = 0;
  int64_t users = 0;
  // Jain's index over the users' mean bounded slowdowns: 1 all alike, 1/users one bears it all.
  double fairness_jain = 1;
  std::vector<PoolUse> pools;
  std::vector<UserRow> most_active_users;  // the first twenty by core-hours and device-hours
  std::vector<RefusedRow> refusals;        // the first ten reasons
};
BOOST_DESCRIBE_STRUCT(ScheduleSummary, (),
                      (submitted, started, completed, failed, timeout, other_ends, refused,
                       waiting_at_end, running_at_end, span_s, wait_s, bounded_slowdown,
                       utilisation_cores, utilisation_devices, mean_queue, longest_queue, users,
                       fairness_jain, pools, most_active_users, refusals))

inline constexpr double kSlowdownThreshold_s = 10;

// max(1, (wait + run) / max(run, 10 s)). Time lost to a plant that was short is wait.
double bounded_slowdown(Duration wait, Duration run);

class ScheduleMeasures : public Observer {
 public:
  explicit ScheduleMeasures(const trace::Machine& machine);

  void time_moves(Time to) override;
  void submitted(const LiveJob& job) override;
  void refused(const trace::TraceJob& job, const Refusal& refusal) override;
  void started(const LiveJob& job) override;
  void stopped(const LiveJob& job, EndKind kind, Time now) override;
  void finished(const LiveJob& job, JobState state, Time now) override;

  ScheduleSummary summary() const;

 private:
  struct User {
    int64_t jobs = 0;
    double core_hours = 0, device_hours = 0, wait_s = 0, slowdown = 0;
  };
  struct Use {
    int64_t nodes = 0;
    double units = 0;
    double busy = 0;  // now
    double busy_seconds = 0;
  };
  using UseKey = std::pair<std::string, std::string>;  // pool, device model
  void account(const LiveJob& job, double sign);

  ScheduleSummary counts_;
  Histogram waits_s_;
  Histogram slowdowns_;
  std::map<UseKey, Use> uses_;
  std::map<std::string, User> users_;
  std::map<std::pair<RefusalCode, std::string>, RefusedRow> refusals_;  // by code and field
  int64_t queued_ = 0;
  int64_t running_ = 0;
  double queue_seconds_ = 0;
  Time first_;  // 0: nothing yet
  Time last_;
  Time last_end_;
};

}  // namespace pentad::twin
