// srun: tasks in the job it is called in, or in one of their own.
#include <fmt/format.h>

#include <filesystem>

#include "cli/front/slurm/commands.h"
#include "cli/front/slurm/own_job.h"
#include "cli/front/slurm/step.h"
#include "cli/front/slurm/step_plan.h"

namespace pentad::cli::front::slurm {

namespace {

// Of a job of its own: what is asked for, and tasks as they add up over its parts.
std::vector<std::string> options_of_job(const StepWords& words) {
  std::vector<std::string> out = words.outside;
  if (words.plan.parts.size() > 1) {
    std::erase_if(out, [](const std::string& w) {
      return w.starts_with("--ntasks=") || w.starts_with("--cpus-per-task=");
    });
    out.push_back(fmt::format("--ntasks={}", words.plan.cores()));
  }
  return out;
}

int run_in_own_job(const Call& call, const StepWords& words) {
  Session session(call.globals);
  std::string name = words.plan.name;
  if (name.empty()) {
    name = std::filesystem::path(words.plan.parts.front().argv.front()).filename().string();
  }
  hold::Allocation allocation = own_job(call, session, options_of_job(words), name);
  if (!allocation.wait_for_start()) return 1;
  int code = order_step(call, allocation.steps_path());
  allocation.set_code(code);
  return code;
}

bool lists_mpi(const Call& call) {
  for (const std::string& word : call.words) {
    if (word == "--mpi=list") return true;
  }
  return false;
}

}  // namespace

int srun(const Call& call) {
  if (lists_mpi(call)) {
    fmt::print("MPI plugin types are...\n\tnone\n\tpmi2\n\tpmix\n");
    return kOk;
  }
  auto words = read_step(call);
  if (!words) return kOk;
  if (!words->hold.empty()) {
    Result<int> code = hold::hold_allocation(words->hold);
    return code ? *code : throw failure(call, code.error().message);
  }
  std::string steps = variable(hold::kStepsVariable);
  if (!steps.empty()) return order_step(call, steps);
  if (!job_here().empty()) return run_step(call, words->plan);
  return run_in_own_job(call, *words);
}

}  // namespace pentad::cli::front::slurm
