// One small world from its first moment to its last: draws what happens next from the seed, checks
// after every step, and ends by letting everything come to rest.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "auditor.h"
#include "clients.h"
#include "daemon.h"
#include "disk.h"
#include "fates.h"
#include "mutants.h"
#include "reached.h"
#include "scenario.h"
#include "store/replay.h"

namespace pentad::sim {

struct Options {
  int64_t steps = 0;   // 0: as the scenario says
  bool trace = false;  // keep what happened
  bool disk = false;   // changes of the disk, too
  bool print = false;  // and print it at once
  Mutant mutant = Mutant::none;
};

struct Verdict {
  std::string failure;  // empty: all well
  std::vector<std::string> trace;
  Reached reached;
  uint64_t digest = 0;  // of all that happened
  int64_t events = 0;
};

class Simulation : private Watcher {
 public:
  Simulation(uint64_t seed, const Scenario& scenario, const Options& options);
  Verdict run();

 private:
  // Watcher
  void committed(const std::vector<store::Command>& batch) override;
  void refused(const Error& error, bool in_doubt) override;
  void told(const store::Command& command, const store::Applied& applied) override;
  void answered(const std::string& call, const store::Applied& answer) override;
  void failed(const std::string& call, bool in_doubt) override;
  void recovered() override;

  // --- what happens ---
  void step();
  void pass_time();
  void vanish();
  void work();
  void work(size_t most, const Death& death);
  void bring_back();
  void die();
  void take_snapshot();
  void stop_cleanly();
  void trouble_disk();
  Death draw_death();

  // --- checks ---
  void check_state();
  void follow();
  void copy_state();
  void look();  // what a client sees who reads everything again
  void mark(const store::Command& command, const store::Applied& applied);
  void mark(const JobStatus& status);
  void mark_money(const event::What& what, const Effects& effects);
  void mark_refusal(const Error& error);
  std::vector<Auditor::Stored> stored_jobs();

  // --- the end ---
  void come_to_rest();
  void check_journal();
  void check_money(bool at_rest);
  void check_attempts(JobId job);

  template <class... Parts>
  void note(fmt::format_string<Parts...> format, Parts&&... parts) {
    if (options_.trace) write_down(fmt::format(format, std::forward<Parts>(parts)...));
  }
  void write_down(const std::string& line);

  const Scenario& scenario_;
  Options options_;
  CoreFault fault_;
  Random random_;
  Reached reached_;
  Time now_{1'700'000'000'000};
  Disk disk_;
  Auditor auditor_{reached_};
  Fates fates_;
  World world_;
  engine::SimulatedEngine engine_;
  Daemon daemon_;
  Clients clients_;

  bool in_doubt_ = false;  // the last batch may be on disk or not
  bool ever_alive_ = false;
  bool stopped_cleanly_ = false;
  bool resting_ = false;
  bool refused_ = false;  // the last batch met an error of the disk
  Disk::Counts failures_seen_;
  uint64_t state_digest_ = 0;
  // A copy of the centre that went through a snapshot some time ago and has followed since.
  std::optional<store::Replay> copy_;
  int64_t last_event_ = 0;
  std::vector<std::string> lost_nodes_;
  std::set<AttemptId> ended_;  // whose end is in the journal
  Hasher digest_;
  std::vector<std::string> trace_;
};

}  // namespace pentad::sim
