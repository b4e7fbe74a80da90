// What follows when the plant cannot carry what the nodes would draw: the core gets a power cap for
// as long as that holds, so that less starts, and what runs beyond it is throttled and does its
// work later. Decides nothing itself: the cap is the core's own, the pace the engine's.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <string>
#include <vector>

#include "twin/it_power.h"
#include "twin/plant_meter.h"
#include "twin/replay.h"

namespace pentad::twin {

struct HeatSummary {
  double hours_capped = 0;            // the core had a cap because of the plant
  double hours_capped_and_queue = 0;  // of these, with jobs waiting
  double hours_throttled = 0;         // something ran slower
  double least_pace = 1;              // the slowest, share of full
  int64_t jobs_slowed = 0;            // that ended a second or more later
  double lost_job_hours = 0;          // by which they ended later, summed
  double given_hours = 0;             // by which limits of what ran were moved, for that
};
BOOST_DESCRIBE_STRUCT(HeatSummary, (),
                      (hours_capped, hours_capped_and_queue, hours_throttled, least_pace,
                       jobs_slowed, lost_job_hours, given_hours))

// Works in steps as Steps does: all of a step has the weather of its begin.
class HeatLimit : public Observer, public Governor {
 public:
  // `policy` is what holds while the plant can carry all; `power` outlives this.
  HeatLimit(const PlantMeter& plant, const ItPower& power, const trace::Machine& machine,
            Policy policy, Duration step);

  // Whether there is an hour of the year in which the plant cannot carry all nodes at full power.
  bool any() const { return any_; }
  const HeatSummary& summary() const { return summary_; }

  Time next_change(Time now) const override;
  std::optional<Policy> policy(Time now) override;
  Duration give_time(Time now) override;
  int64_t pace_ppm(Time) override;

  void time_moves(Time to) override;
  void submitted(const LiveJob&) override { ++queued_; }
  void started(const LiveJob& job) override;
  void stopped(const LiveJob& job, EndKind kind, Time now) override;
  void finished(const LiveJob&, JobState, Time) override { --queued_; }

 private:
  double limit_w(Time at) const;  // of the boards; no limit: infinity
  Time next_limit(Time now) const;
  double core_added_w(const Placement& placement) const;
  Policy capped(double limit_w) const;
  void add(const LiveJob& job, double sign);

  const ItPower& power_;
  Policy base_;
  Duration step_;
  Duration utc_offset_;
  std::vector<double> limits_w_;  // by hour of the year
  bool any_ = false;
  // The core's own idea of power: chips only, each at full power.
  std::map<std::string, double> core_chip_w_;  // what a core or device adds, by model
  std::map<std::string, std::string> cpu_of_;  // by pool
  double core_idle_w_ = 0;
  double core_full_w_ = 0;  // added when all is held

  double jobs_w_ = 0;       // added by what runs, at full pace
  double core_jobs_w_ = 0;  // the same as the core sees it
  int64_t running_ = 0;
  int64_t queued_ = 0;
  double limit_now_w_;  // that the core knows of
  Time limit_changes_;  // to another
  int64_t pace_ppm_ = engine::kFullPace_ppm;
  int64_t lost_ = 0;  // and not given back: millionths of milliseconds
  Time at_;
  HeatSummary summary_;
};

}  // namespace pentad::twin
