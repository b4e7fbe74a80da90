// pbsdsh and blaunch: one program on the slots of a job.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "cli/front/steps/steps.h"
#include "cli/table.h"

namespace pentad::cli::front::steps {

namespace {

constexpr std::array kPbsdsh = {
    Switch{"-c", "COPIES", "on that many slots, from the first"},
    Switch{"-n", "NODE", "on one slot, counted from 0"},
    Switch{"-s", "", "one after the other"},
    Switch{"-u", "", "once on each host"},
    Switch{"-v", "", "say what is started"},
    Switch{"-o", "", "do not wait for output"},
};
constexpr std::array kBlaunch = {
    Switch{"-n", "", "standard input is empty"},
    Switch{"-u", "FILE", "on the hosts of a file, one a line"},
    Switch{"-z", "\"HOST ...\"", "on these hosts"},
    Switch{"-use-login-shell", "", "through a login shell"},
    Switch{"-no-shell", "", "without a shell"},
};

void must_have_program(const std::string& tool, const Switches& s) {
  if (s.rest.empty()) throw CommandError(kUsage, tool + ": which program? See --help");
}

}  // namespace

int pbsdsh(const Call& call) {
  auto s = read_switches(call.name, call.words, kPbsdsh, "program [arguments]");
  if (!s) return 0;
  must_have_program(call.name, *s);
  std::vector<std::string> slots = slots_of_job(call.name);
  size_t first = 0, last = slots.size();
  if (s->has("-n")) {
    int64_t wanted = s->value("-n") == "0" ? 0 : s->count("-n", 0);
    if (wanted >= static_cast<int64_t>(slots.size())) {
      throw CommandError(kUsage, fmt::format("pbsdsh: -n {}: the job has the slots 0 to {}", wanted,
                                             slots.size() - 1));
    }
    first = static_cast<size_t>(wanted);
    last = first + 1;
  }
  if (s->has("-u")) last = std::min(last, first + 1);  // all slots are on this machine
  // More copies than slots start again at the first.
  size_t copies = s->has("-c") ? static_cast<size_t>(s->count("-c", 1)) : last - first;
  std::vector<Task> tasks;
  for (size_t i = 0; i < copies; ++i) {
    size_t slot = first + i % (last - first);
    if (s->has("-v")) fmt::print(stderr, "pbsdsh: task {} on {}\n", i, slots[slot]);
    tasks.push_back({s->rest,
                     {{"PBS_NODENUM", "0"},
                      {"PBS_VNODENUM", std::to_string(slot)},
                      {"PBS_TASKNUM", std::to_string(i + 2)}},  // the script itself is 1
                     false});
  }
  if (!s->has("-s")) return run_tasks(call.name, tasks);
  int worst = 0;
  for (const Task& task : tasks) worst = std::max(worst, run_tasks(call.name, {task}));
  return worst;
}

int blaunch(const Call& call) {
  auto s = read_switches(call.name, call.words, kBlaunch, "[host] command [arguments]");
  if (!s) return 0;
  std::vector<std::string> hosts;
  auto add = [&](std::istream& in) {
    for (std::string word; in >> word;) hosts.push_back(word);
  };
  if (s->has("-u")) {
    std::ifstream in(s->value("-u"));
    if (!in) throw CommandError(kFailed, "blaunch: cannot read " + printable(s->value("-u")));
    add(in);
  } else if (s->has("-z")) {
    std::istringstream in(s->value("-z"));
    add(in);
  } else if (!s->rest.empty()) {
    hosts.push_back(s->rest.front());
    s->rest.erase(s->rest.begin());
  }
  must_have_program(call.name, *s);
  std::vector<Task> tasks;
  for (const std::string& host : hosts) {
    must_be_here(call.name, host);
    tasks.push_back({s->rest, {{"LSF_PM_TASKID", std::to_string(tasks.size() + 1)}}, s->has("-n")});
    if (s->has("-use-login-shell")) {
      tasks.back().argv.insert(tasks.back().argv.begin(), {"/bin/sh", "-lc", "exec \"$@\"", "sh"});
    }
  }
  return run_tasks(call.name, tasks);
}

}  // namespace pentad::cli::front::steps
