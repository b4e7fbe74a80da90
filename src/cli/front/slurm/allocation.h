// Cores that salloc, or srun outside of a job, holds: a job whose process waits for orders from
// this machine and runs each as an srun of its own inside of the job.
//
//   client                                   job (srun --pentad-hold FOLDER)
//   listens at FOLDER/client  <----------  connects: the lifeline; sends its environment
//   ... --- order, three descriptors --->  listens at FOLDER/steps, runs it, answers with its code
//   writes the job's exit code, closes ->  ends what runs and then itself
//
// FOLDER is private to the user. When either side dies the other one sees the lifeline closed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/front/slurm/step_plan.h"

namespace pentad::cli::front::slurm {

using Variables = std::map<std::string, std::string>;

// Where the allocation that this process stands in takes orders; empty: in none.
inline constexpr const char* kStepsVariable = "PENTAD_STEPS";

class Allocation {
 public:
  // Submits the job; says on standard error what it waits for. Throws.
  Allocation(const Call& call, Session& session, const std::vector<std::string>& options,
             const std::string& name);
  // Lets it go with the last code that was set, if it has not ended.
  ~Allocation();
  Allocation(const Allocation&) = delete;
  Allocation& operator=(const Allocation&) = delete;

  // Waits until it holds its cores. False when interrupted or when it ended before: it is
  // cancelled then, and why has been said.
  bool wait_for_start();
  int64_t job() const { return job_; }
  const Variables& environment() const { return environment_; }
  std::string steps_path() const;
  void set_code(int code) { code_ = code; }
  // Whether the job is still there; false once it was cancelled or ran into its limit.
  bool is_held() const;
  int lifeline() const { return lifeline_; }

 private:
  bool accept_lifeline();
  bool ended_before_start();

  const Call& call_;
  Session& session_;
  std::string folder_;
  int64_t job_ = 0;
  int listener_ = -1, lifeline_ = -1;
  int code_ = 0;
  Variables environment_;
};

// Runs srun with these words in the allocation that takes orders at `steps_path`, with this
// process' standard streams and folder; returns its code. Signals are handed on.
int order_step(const Call& call, const std::string& steps_path,
               const std::vector<std::string>& words);

// The other side: inside of the job.
int hold_allocation(const Call& call, const std::string& folder);

}  // namespace pentad::cli::front::slurm
