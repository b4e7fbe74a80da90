// Cores that a command keeps while it runs: salloc, srun outside of a job, qsub -I, qrsh, bsub -I.
// A job whose process waits for orders from this machine and runs each inside of the job.
//
//   client                                   job (srun --pentad-hold FOLDER)
//   listens at FOLDER/client  <----------  connects: the lifeline; sends its environment
//   ... --- order, three descriptors --->  listens at FOLDER/steps, runs it, answers with its code
//   writes the job's exit code, closes ->  ends what runs and then itself
//
// FOLDER is private to the user. When either side dies the other one sees the lifeline closed.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cli/foreign.h"
#include "cli/front/front.h"
#include "cli/session.h"

namespace pentad::cli::front::hold {

using Variables = std::map<std::string, std::string>;

// Where the allocation that this process stands in takes orders; empty: in none.
inline constexpr const char* kStepsVariable = "PENTAD_STEPS";

// What the person in front of it is told, in the words of the command; none: nothing.
struct Sayings {
  using Say = std::function<void(int64_t job)>;
  Say waits;       // it does not start at once
  Say started;     // after that
  Say gives_up;    // interrupted: the job is cancelled
  Say not_at_all;  // not within `patience`: likewise
  std::function<void(int64_t job, const std::string& why)> ended;  // not by itself
};

class Allocation {
 public:
  using Send = std::function<int64_t(const ForeignJob&)>;  // submits it; throws
  // `job` is accepted; what it runs is replaced. Interrupts are caught from here on. Throws.
  Allocation(Session& session, ForeignJob job, const Send& send, Sayings sayings);
  // Lets it go with the last code that was set, if it has not ended.
  ~Allocation();
  Allocation(const Allocation&) = delete;
  Allocation& operator=(const Allocation&) = delete;

  // Waits until it holds its cores, at most so long. False when interrupted, out of patience or
  // when it ended before: it is cancelled then, and why has been said.
  bool wait_for_start(std::optional<Duration> patience = {});
  int64_t job() const { return job_; }
  const Variables& environment() const { return environment_; }
  std::string steps_path() const;
  // Private to this user, gone with this object.
  const std::string& folder() const { return folder_; }
  void set_code(int code) { code_ = code; }
  // Whether the job is still there; false once it was cancelled or ran into its limit.
  bool is_held() const;
  int lifeline() const { return lifeline_; }

 private:
  bool accept_lifeline();
  bool ended_before_start();
  void cancel();

  Session& session_;
  const Sayings sayings_;
  std::string folder_;
  int64_t job_ = 0;
  int listener_ = -1, lifeline_ = -1;
  int code_ = 0;
  Variables environment_;
};

// What to run in it, with this process' standard streams.
struct Order {
  std::vector<std::string> argv;  // a program and its words, or a command of this program: srun ...
  bool is_program = false;
  std::vector<std::string> environment;  // over that of the job
  std::string folder;                    // empty: that of the job
  // The streams are a terminal that the program shall control: it gets one of its own, and this one
  // passes on what is typed and shown.
  bool wants_terminal = false;
};

// Runs it in the allocation that takes orders at `steps_path`; returns its code. Signals are handed
// on. Errors: not_found when the allocation is gone, unavailable when its job ended meanwhile.
Result<int> run_order(const std::string& steps_path, const Order& order);

// The other side, inside of the job: 0 or the code that the client sends, an error when nobody
// waits for it.
Result<int> hold_allocation(const std::string& folder);

// The environment of this process, NAME=value, without what is the allocation's.
std::vector<std::string> own_environment();

}  // namespace pentad::cli::front::hold
