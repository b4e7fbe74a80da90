// aprun, and the wrappers around mpirun.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "cli/front/steps/steps.h"
#include "cli/table.h"

namespace pentad::cli::front::steps {

namespace {

constexpr std::array kAprun = {
    Switch{"-n --pes", "N", "tasks, 1"},
    Switch{"-N --pes-per-node", "N", "tasks on a node: at least -n, for there is one"},
    Switch{"-d --cpus-per-pe", "N", "cores of each task"},
    Switch{"-e --environment-override", "NAME=VALUE", "a variable of the tasks"},
    Switch{"-cc --cpu-binding", "WORD", "binding: the job's cores are shared"},
    Switch{"-j --cpus-per-cu", "N", "no matter"},
    Switch{"-S --pes-per-numa-node", "N", "no matter"},
    Switch{"-m --memory-per-pe", "SIZE", "the job's memory is shared"},
    Switch{"-L --node-list", "NODES", "no matter: there is one"},
    Switch{"-ss --strict-memory-containment", "", "no matter"},
    Switch{"-b --bypass-app-transfer", "", "no matter"},
    Switch{"-q --quiet", "", "no matter"},
    Switch{"-B --batch-args", "", "as many tasks as the job has slots"},
};

constexpr std::array kWrapper = {
    Switch{"-n -np", "N", "tasks; without it as many as the job has slots"},
    Switch{"-o", "OFFSET", "the first slot: no matter on one machine"},
};

void add_part(const Call& call, std::span<const std::string> words, std::vector<Task>& tasks) {
  auto s = read_switches(call.name, words, kAprun, "program [arguments] [: ...]");
  if (!s) return;
  if (s->rest.empty()) throw CommandError(kUsage, "aprun: which program? See --help");
  int64_t slots = static_cast<int64_t>(slots_of_job(call.name).size());
  int64_t count = s->count("-n", s->has("-B") ? slots : 1);
  if (s->has("-N") && s->count("-N", 1) < count) {
    throw CommandError(kFailed, fmt::format("aprun: {} tasks with {} on a node need more than one "
                                            "node: the centre's engine has this machine only",
                                            count, s->count("-N", 1)));
  }
  std::map<std::string, std::string> variables;
  auto given = s->given.find("-e");
  if (given != s->given.end()) {
    for (const std::string& entry : given->second) {
      variables[entry.substr(0, entry.find('='))] =
          entry.find('=') == entry.npos ? "" : entry.substr(entry.find('=') + 1);
    }
  }
  for (int64_t i = 0; i < count; ++i) {
    Task& task = tasks.emplace_back(Task{s->rest, variables, !tasks.empty()});
    task.environment["ALPS_APP_PE"] = std::to_string(tasks.size() - 1);
  }
}

}  // namespace

int aprun(const Call& call) {
  std::vector<Task> tasks;
  auto begin = call.words.begin();
  while (true) {
    auto end = std::find(begin, call.words.end(), ":");
    add_part(call, {begin, end}, tasks);
    if (end == call.words.end()) break;
    begin = end + 1;
  }
  if (tasks.empty()) return 0;
  if (!is_mpi_program(tasks.front().argv.front())) return run_tasks(call.name, tasks);
  std::vector<std::string> words;
  for (const Task& task : tasks) {
    if (!words.empty()) words.emplace_back(":");
    words.insert(words.end(), {"-np", "1"});
    words.insert(words.end(), task.argv.begin(), task.argv.end());
  }
  for (const auto& [name, value] : tasks.front().environment) {
    if (name != "ALPS_APP_PE") setenv(name.c_str(), value.c_str(), 1);
  }
  become_mpirun(call, std::move(words));
}

int mpi_wrapper(const Call& call) {
  auto s = read_switches(call.name, call.words, kWrapper, "program [arguments]");
  if (!s) return 0;
  if (s->rest.empty()) throw CommandError(kUsage, call.name + ": which program? See --help");
  int64_t slots = static_cast<int64_t>(slots_of_job(call.name).size());
  std::vector<std::string> words = {"-np", std::to_string(s->count("-n", slots))};
  words.insert(words.end(), s->rest.begin(), s->rest.end());
  become_mpirun(call, std::move(words));
}

}  // namespace pentad::cli::front::steps
