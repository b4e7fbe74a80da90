// A line for each attempt that ended: who, where, when, and the energy, money and carbon that the
// meter saw because of it. Lines wait until their step is complete, since only then is it known
// what the plant added.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <unordered_map>
#include <vector>

#include "twin/it_power.h"
#include "twin/plant_meter.h"
#include "twin/replay.h"

namespace pentad::twin {

// What jobs of one class cost in all.
struct ClassEnergy {
  double jobs = 0;
  double core_hours = 0;
  double device_hours = 0;
  double meter_kwh = 0;
  double carbon_kg = 0;
  double energy_cny = 0;
};
BOOST_DESCRIBE_STRUCT(ClassEnergy, (),
                      (jobs, core_hours, device_hours, meter_kwh, carbon_kg, energy_cny))

class JobLog : public Observer {
 public:
  // Either may be null: no power model; no file. Both outlive this.
  JobLog(const ItPower* power, std::ostream* csv);

  void stopped(const LiveJob& job, EndKind kind, Time now) override;
  void pace_changes(Time now, double pace) override { paces_.emplace_back(now, pace); }

  // The step is complete: lines of attempts that ended in it are written.
  void step_done(const StepRow& step, const PlantRow* plant, double carbon_kg_kwh);
  // What still runs is counted up to `now`, and lines without step are written.
  void close(Time now, const std::unordered_map<JobId, LiveJob>& live);

  const std::map<std::string, ClassEnergy>& classes() const { return classes_; }

 private:
  // Of the factor from a node's watt to the meter, over hours.
  struct Integrals {
    double meter = 0, money = 0, carbon = 0;
    void add(double hours, double factor, double price, double carbon_kg_kwh);
    Integrals between(const Integrals& later, double part) const;
  };
  struct Marks {
    Integrals idle;   // of what a node draws in any case
    Integrals paced;  // of what its jobs add, at their pace
  };
  struct Line {
    LiveJob job;
    EndKind kind = EndKind::exited;
    Time ended;
    bool running = false;  // still, at the end of the run
  };
  Marks at(Time t) const;
  void write(const Line& line);

  const ItPower* power_;
  std::ostream* csv_;
  std::vector<Line> waiting_;
  // At the ends of steps and changes of pace, ascending: between them all grows evenly.
  std::vector<std::pair<Time, Marks>> marks_;
  std::vector<std::pair<Time, double>> paces_;  // that began in the step in progress
  double pace_ = 1;                             // at the last mark
  std::map<std::string, ClassEnergy> classes_;
};

}  // namespace pentad::twin
