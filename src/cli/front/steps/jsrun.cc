// jsrun: tasks in resource sets, all on this machine.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "cli/front/steps/steps.h"
#include "cli/table.h"
#include "dialect/values.h"

namespace pentad::cli::front::steps {

namespace {

constexpr std::array kSwitches = {
    Switch{"-n --nrs", "N", "resource sets; without it as many as the job's slots are enough for"},
    Switch{"-p --np", "N", "tasks, instead of -n and -a"},
    Switch{"-a --tasks_per_rs", "N", "tasks in each set, 1"},
    Switch{"-c --cpu_per_rs", "N", "cores of each set, 1"},
    Switch{"-g --gpu_per_rs", "N", "GPUs of each set, 0"},
    Switch{"-r --rs_per_host", "N", "sets on a host: all of them, for there is one"},
    Switch{"-E --env", "NAME=VALUE", "a variable of the tasks"},
    Switch{"-h --chdir", "FOLDER", "where they run"},
    Switch{"-d --launch_distribution", "WORD", "the order of tasks: no matter on one host"},
    Switch{"-b --bind", "WORD", "binding: the job's cores are shared"},
    Switch{"-l --latency_priority", "WORD", "how sets are placed: no matter on one host"},
    Switch{"-m --memory_per_rs", "MB", "the job's memory is shared"},
    Switch{"-M --smpiargs", "WORDS", "of another MPI"},
    Switch{"-X --exit_on_error", "0|1", "the largest exit code is the answer anyway"},
    Switch{"-i --immediate", "", "without waiting for its end: add & instead"},
    Switch{"-K --rs_per_socket", "N", "no matter"},
    Switch{"-e --stdio_mode", "WORD", "how output is merged: as it comes"},
};

// The GPUs of one set, out of those the job sees.
std::string devices_of_set(int64_t set, int64_t each) {
  const char* text = std::getenv("CUDA_VISIBLE_DEVICES");
  std::vector<std::string_view> all = dialect::split(text ? text : "", ',');
  std::string out;
  for (int64_t i = set * each; i < (set + 1) * each; ++i) {
    if (i >= static_cast<int64_t>(all.size()) || all[static_cast<size_t>(i)].empty()) {
      throw CommandError(kFailed, fmt::format("jsrun: the job has fewer than {} GPUs: ask bsub for "
                                              "more with -gpu",
                                              (set + 1) * each));
    }
    out += (out.empty() ? "" : ",") + std::string(all[static_cast<size_t>(i)]);
  }
  return out;
}

std::map<std::string, std::string> variables(const Switches& s) {
  std::map<std::string, std::string> out;
  auto given = s.given.find("-E");
  if (given == s.given.end()) return out;
  for (const std::string& entry : given->second) {
    size_t equals = entry.find('=');
    if (equals != entry.npos) out[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return out;
}

}  // namespace

int jsrun(const Call& call) {
  auto s = read_switches(call.name, call.words, kSwitches, "program [arguments]");
  if (!s) return 0;
  if (s->rest.empty()) throw CommandError(kUsage, "jsrun: which program? See --help");
  if (s->has("-h") && chdir(s->value("-h").c_str()) != 0) {
    throw CommandError(kFailed, fmt::format("jsrun: -h {}: no such folder", s->value("-h")));
  }
  int64_t slots = static_cast<int64_t>(slots_of_job(call.name).size());
  int64_t cores = s->count("-c", 1), per_set = s->count("-a", 1);
  int64_t gpus = s->value("-g") == "0" ? 0 : s->count("-g", 0);
  int64_t sets = s->count("-n", s->count("-r", std::max<int64_t>(1, slots / cores)));
  if (s->has("-r") && sets > s->count("-r", 1)) {
    throw CommandError(kFailed, fmt::format("jsrun: {} sets with {} on a host need more than one "
                                            "host: the centre's engine has this machine only",
                                            sets, s->count("-r", 1)));
  }
  int64_t tasks_wanted = s->count("-p", sets * per_set);
  std::map<std::string, std::string> common = variables(*s);
  if (s->has("-c") && !std::getenv("OMP_NUM_THREADS")) {
    common.emplace("OMP_NUM_THREADS", std::to_string(std::max<int64_t>(1, cores / per_set)));
  }
  if (gpus == 0 && is_mpi_program(s->rest[0])) {
    for (const auto& [name, value] : common) setenv(name.c_str(), value.c_str(), 1);
    std::vector<std::string> words = {"-np", std::to_string(tasks_wanted)};
    words.insert(words.end(), s->rest.begin(), s->rest.end());
    become_mpirun(call, std::move(words));
  }
  std::vector<Task> tasks;
  for (int64_t rank = 0; rank < tasks_wanted; ++rank) {
    Task& task = tasks.emplace_back(Task{s->rest, common, rank > 0});
    task.environment["JSM_NAMESPACE_RANK"] = std::to_string(rank);
    task.environment["JSM_NAMESPACE_LOCAL_RANK"] = std::to_string(rank);
    task.environment["JSM_NAMESPACE_SIZE"] = std::to_string(tasks_wanted);
    if (gpus > 0) task.environment["CUDA_VISIBLE_DEVICES"] = devices_of_set(rank / per_set, gpus);
  }
  return run_tasks(call.name, tasks);
}

}  // namespace pentad::cli::front::steps
