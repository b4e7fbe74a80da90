// Runs a trace through the production core on virtual time: the same `Centre`, the simulated
// engine, and nothing in between that decides. All that happens in one moment is told to the core
// before it places anything: submissions in the trace's order, then reports in the order in which
// attempts began or ended.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "centre/centre.h"
#include "engine/simulated.h"
#include "twin/trace/trace.h"
#include "twin/workload.h"

namespace pentad::twin {

// A job between its submission and its end.
struct LiveJob {
  JobId id;
  int64_t trace_id = 0;
  Time submitted;
  Time started;       // of the running attempt; 0 before
  Duration run_time;  // in the trace
  JobRequest request;
  bool fails = false;  // ends with an exit code other than 0, as in the trace
  int32_t attempts = 0;
  Placement placement;       // of the running attempt
  int64_t started_work = 0;  // of it, on the engine's clock of work
  Duration slowed;           // by which it ended later than at full pace; 0 before its end
};

// What an attempt holds over all its nodes; a share of a device counts as that part of one.
double held_cores(const Placement& placement);
double held_devices(const Placement& placement);

inline double seconds_of(Duration d) { return static_cast<double>(d.value) / 1000; }

// Hears what happens, in order of time.
class Observer {
 public:
  virtual ~Observer() = default;
  // Nothing happens between the last call and `to`.
  virtual void time_moves(Time) {}
  virtual void submitted(const LiveJob&) {}
  // The machine could never run it.
  virtual void refused(const trace::TraceJob&, const Refusal&) {}
  virtual void started(const LiveJob&) {}
  // An attempt ended; `job.placement` and `job.started` are its own.
  virtual void stopped(const LiveJob&, EndKind, Time) {}
  // The job has left the centre.
  virtual void finished(const LiveJob&, JobState, Time) {}
  // What runs goes on at this share of its full pace.
  virtual void pace_changes(Time, double) {}
};

// Stands for the site that the machine stands in: what it cannot carry is told to the core and the
// engine. It should also be an observer.
class Governor {
 public:
  virtual ~Governor() = default;
  // When it must be asked again even if nothing happens; later than `now`.
  virtual Time next_change(Time now) const = 0;
  // At the begin of a moment: the policy if it is another from now on.
  virtual std::optional<Policy> policy(Time now) = 0;
  // By which what runs was slowed and may run longer; 0: nothing to give back yet.
  virtual Duration give_time(Time now) = 0;
  // At its end, when all that starts and ends is known: the pace of what runs.
  virtual int64_t pace_ppm(Time now) = 0;
};

struct ReplayOptions {
  WorkloadOptions workload;
  std::optional<Duration> until;  // since the trace's start: nothing later happens
  double arrival_scale = 1;       // all jobs come this many times as fast
  bool closed_loop = false;       // jobs wait for the one before them and its user's think time
};

struct Progress {
  Time now;
  Time start;
  int64_t submitted = 0;
  int64_t finished = 0;
  int64_t events = 0;
};

enum class ReplayEnd { complete, until, interrupted, stuck };

// Everything the core was told, in order.
using EventSink = std::function<Status(const Event&)>;

class Replay : private engine::Script {
 public:
  // `machine` as Workload wants it; `policy` decides. Errors: invalid when the core refuses a node.
  Replay(const trace::Machine& machine, const Policy& policy, ReplayOptions options);
  ~Replay() override;

  void add(Observer* observer) { observers_.push_back(observer); }
  // Outlives this; null: the site carries everything.
  void set_governor(Governor* governor) { governor_ = governor; }
  void set_journal(EventSink sink) { journal_ = std::move(sink); }
  // Asked every few thousand events; false ends the run with what there is.
  void set_progress(std::function<bool(const Progress&)> progress) {
    progress_ = std::move(progress);
  }

  // Errors: those of the trace, of the journal. `stuck`: jobs are left that never start.
  Result<ReplayEnd> run(trace::TraceReader& trace);

  const Centre& centre() const { return centre_; }
  const Adjustments& adjustments() const { return workload_.adjustments(); }
  Progress progress() const;
  // Jobs still waiting or running.
  const std::unordered_map<JobId, LiveJob>& live() const { return live_; }

 private:
  engine::Fate fate(const engine::Order& order) override;

  Status set_up();
  Status fetch(trace::TraceReader& trace);
  Time next_time() const;
  Status moment(Time now, trace::TraceReader& trace);
  Status take_arrivals(Time now, trace::TraceReader& trace);
  bool set_aside(const trace::TraceJob& job);
  Status submit(const trace::TraceJob& job, Time now, bool more);
  Status step(Time now, event::What what, bool more, Effects& effects);
  void handle(const Effects& effects, Time now);
  void note_ends(const Effects& effects, Time now);
  void start(const StartAttempt& order, Time now);
  Status ask_governor(Time now);
  void set_pace(Time now);
  bool goes_on();

  Policy policy_;
  ReplayOptions options_;
  Workload workload_;
  trace::Machine machine_;
  Centre centre_;
  std::unique_ptr<engine::SimulatedEngine> engine_;
  std::vector<Observer*> observers_;
  Governor* governor_ = nullptr;
  int64_t pace_ppm_ = engine::kFullPace_ppm;
  EventSink journal_;
  std::function<bool(const Progress&)> progress_;

  trace::TraceJob next_;  // read and not yet submitted
  bool has_next_ = false;
  Time next_due_;
  std::vector<trace::TraceJob> arrivals_;  // of the moment
  // Closed loop: jobs that wait for the end of another, by its id, and those whose user thinks.
  std::unordered_map<int64_t, std::vector<trace::TraceJob>> set_aside_;
  std::multimap<Time, trace::TraceJob> thinking_;
  std::unordered_set<int64_t> open_;  // ids that have come and not ended
  Time start_;
  Time now_;
  Time changed_;  // when a job last came, started or ended
  std::unordered_map<JobId, LiveJob> live_;
  std::vector<engine::Report> reports_;
  int64_t events_ = 0;
  int64_t submitted_ = 0;
  int64_t finished_ = 0;
  int64_t progress_due_ = 0;
};

}  // namespace pentad::twin
