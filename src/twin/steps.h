// The schedule as means over steps of equal length (an hour, unless told): what plots, files and
// the plant model work on.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "twin/it_power.h"
#include "twin/replay.h"

namespace pentad::twin {

// What a column of StepRow::busy counts: cores of a pool, or devices of a model in it.
struct UseColumn {
  std::string pool;
  std::string device_model;  // empty: cores
  double units = 0;          // there are
};

// Means over [begin, begin + length).
struct StepRow {
  Time begin;
  Duration length;  // shorter only at the end
  double queued = 0;
  double running = 0;
  std::vector<double> busy;  // by column
  double boards_w = 0;       // wanted by nodes and jobs; 0 without power model
  double drawn_w = 0;        // of it, what the pace of the jobs let them draw
  double idle_w = 0;         // of which not a job's: idle parts of nodes
  double pace = 1;           // of what runs, 1 full
};

class Steps : public Observer {
 public:
  using Sink = std::function<void(const StepRow&)>;

  // `power` may be null; it and `sink` outlive this.
  Steps(const trace::Machine& machine, const ItPower* power, Duration step, Sink sink);

  const std::vector<UseColumn>& columns() const { return columns_; }
  // Hands out the step in progress. Call once, at the end.
  void close();

  void time_moves(Time to) override;
  void submitted(const LiveJob&) override { ++queued_; }
  void started(const LiveJob& job) override;
  void stopped(const LiveJob& job, EndKind kind, Time now) override;
  void finished(const LiveJob&, JobState, Time) override { --queued_; }
  void pace_changes(Time, double pace) override { pace_ = pace; }

 private:
  void add(const LiveJob& job, double sign);
  void accumulate(Time to);
  void hand_out(Time end);

  const ItPower* power_;
  Duration step_;
  Sink sink_;
  std::vector<UseColumn> columns_;
  std::map<std::pair<std::string, std::string>, size_t> column_of_;

  bool open_ = false;
  Time begin_;  // of the step
  Time at_;
  int64_t queued_ = 0;
  int64_t running_ = 0;
  std::vector<double> busy_;
  double jobs_w_ = 0;         // added by running attempts
  double idle_shares_w_ = 0;  // of the idle power, theirs
  double pace_ = 1;
  StepRow sum_;  // integrals so far, per millisecond
};

}  // namespace pentad::twin
