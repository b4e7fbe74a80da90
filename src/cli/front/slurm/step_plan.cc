#include "cli/front/slurm/step_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/front/slurm/commands.h"
#include "cli/table.h"
#include "dialect/reader.h"
#include "dialect/tables.h"
#include "dialect/values.h"
#include "model/index_set.h"

namespace pentad::cli::front::slurm {

namespace {

constexpr int kBadOption = 255;
constexpr int64_t kMostTasks = 100'000;

// Options of srun alone; those of sbatch come from the dialect's table.
enum Own : int {
  kLabel = 'l',
  kUnbuffered = 'u',
  kKill = 'K',
  kWait = kLongOnly,
  kMultiProg,
  kTerminal,
  kOverlap,
  kExact,
  kMpi,
  kHetGroup,
  kQuit,
  kJobId,
  kNothing,
  kContainer,
  kHold,
  kRelative,
};

constexpr std::array kOwn = {
    Switch{kLabel, "label", 'l', 0, "", "the task's number before each line"},
    Switch{kUnbuffered, "unbuffered", 'u', 0, "", "accepted: lines are never held back"},
    Switch{kKill, "kill-on-bad-exit", 'K', '?', "0|1", "end all tasks when one fails"},
    Switch{kWait, "wait", 'W', '=', "sec", "accepted"},
    Switch{kMultiProg, "multi-prog", 0, 0, "", "the program is a file with one for each task"},
    Switch{kTerminal, "pty", 0, 0, "", "task 0 has the terminal"},
    Switch{kOverlap, "overlap", 0, 0, "", "share cores with other steps"},
    Switch{kExact, "exact", 0, 0, "", "accepted: a step has what it asks for"},
    Switch{kNothing, "whole", 0, 0, "", "accepted"},
    Switch{kMpi, "mpi", 0, '=', "type", "none, pmix, pmi2, list"},
    Switch{kHetGroup, "het-group", 0, '=', "n", "component of the job: there is one"},
    Switch{kQuit, "quit-on-interrupt", 0, 0, "", "end at the first Ctrl-C"},
    Switch{kJobId, "jobid", 0, '=', "id", "accepted inside of that job"},
    Switch{kContainer, "container-image", 0, '=', "image", "refused"},
    Switch{kContainer, "container-mounts", 0, '=', "mounts", "refused"},
    Switch{kContainer, "container", 0, '=', "path", "refused"},
    Switch{kRelative, "relative", 'r', '=', "n", "first node: there is one"},
    Switch{kNothing, "disable-status", 'X', 0, "", "accepted"},
    Switch{kNothing, "immediate", 'I', '?', "secs", "accepted"},
    Switch{kNothing, "preserve-env", 'E', 0, "", "accepted"},
    Switch{kNothing, "threads", 'T', '=', "n", "accepted"},
    Switch{kNothing, "prolog", 0, '=', "program", "accepted"},
    Switch{kNothing, "epilog", 0, '=', "program", "accepted"},
    Switch{kNothing, "task-prolog", 0, '=', "program", "accepted"},
    Switch{kNothing, "task-epilog", 0, '=', "program", "accepted"},
    Switch{kNothing, "resv-ports", 0, '?', "n", "accepted"},
    Switch{kNothing, "bcast", 0, '?', "path", "accepted: there is one machine"},
    Switch{kNothing, "msg-timeout", 0, '=', "sec", "accepted"},
    Switch{kNothing, "slurmd-debug", 0, '=', "level", "accepted"},
    Switch{kNothing, "interactive", 0, 0, "", "accepted"},
    Switch{kHold, "pentad-hold", 0, '=', "folder", "holds an allocation; for salloc and srun"},
};

// sbatch's letters that srun does not have, or has for something else.
bool is_letter_of_sbatch_alone(char letter) {
  return letter == 'a' || letter == 'W' || letter == 'h';
}

// One table of both. The names are kept alive by `names`.
struct Table {
  std::vector<Switch> rows;
  std::vector<std::string> names;
  std::vector<const dialect::Option*> options;  // of rows with an id of kShared or more
};
constexpr int kShared = 10'000;

Table make_table() {
  Table out;
  for (const Switch& one : kOwn) out.rows.push_back(one);
  auto is_taken = [&](std::string_view name) {
    return std::ranges::any_of(kOwn, [&](const Switch& s) { return name == s.name; });
  };
  std::span<const dialect::Option> all = dialect::slurm_options();
  out.names.reserve(all.size() * 3);
  for (const dialect::Option& option : all) {
    int id = kShared + static_cast<int>(out.options.size());
    out.options.push_back(&option);
    char letter = 0;
    for (std::string_view word : dialect::split(option.spellings, ' ')) {
      if (word.size() == 2 && !is_letter_of_sbatch_alone(word[1])) letter = word[1];
    }
    bool taken_letter = std::ranges::any_of(
        kOwn, [&](const Switch& s) { return letter != 0 && s.letter == letter; });
    if (taken_letter) letter = 0;
    char argument = option.argument == dialect::Argument::none       ? '\0'
                    : option.argument == dialect::Argument::optional ? '?'
                                                                     : '=';
    for (std::string_view word : dialect::split(option.spellings, ' ')) {
      if (!word.starts_with("--") || is_taken(word.substr(2))) continue;
      out.names.emplace_back(word.substr(2));
      out.rows.push_back({id, out.names.back().c_str(), letter, argument, "", ""});
      letter = 0;
    }
  }
  return out;
}

int64_t count_of(const Call& call, std::string_view option, const std::string& value) {
  auto number = dialect::parse_count(value.substr(0, value.find('-')));
  if (number && *number > 0 && *number <= kMostTasks) return *number;
  throw failure(call, fmt::format("Invalid numeric value \"{}\" for {}.", value, option));
}

int64_t count_in(const char* name) {
  auto number = dialect::parse_positive(variable(name));
  return number ? *number : 0;
}

// The last number of "gpu:h100:2" and the like.
int64_t gpu_count(const std::string& value) {
  auto number = dialect::parse_positive(std::string_view(value).substr(value.rfind(':') + 1));
  return number ? *number : 1;
}

struct Shape {
  int64_t tasks = 0, nodes = 0, per_node = 0, cpus = 0;  // 0: not given
};

class PartReader {
 public:
  PartReader(const Call& call, StepWords& out, bool is_first)
      : call_(call), out_(out), is_first_(is_first) {}

  // False after --help.
  bool read(const Table& table, bool& multi_prog) {
    auto words = read_switches(call_, table.rows, Order::stop_at_word, kBadOption);
    if (!words) return false;
    for (const Given& one : words->given) {
      one.id >= kShared ? shared(*table.options[static_cast<size_t>(one.id - kShared)], one.value)
                        : own(one, multi_prog);
    }
    StepPart part;
    part.argv = words->rest;
    finish(part);
    out_.plan.parts.push_back(std::move(part));
    return true;
  }

 private:
  void own(const Given& one, bool& multi_prog) {
    StepPlan& plan = out_.plan;
    switch (one.id) {
      case kLabel:
        plan.label = true;
        break;
      case kKill:
        plan.end_at_failure = one.value != "0";
        break;
      case kMultiProg:
        multi_prog = true;
        break;
      case kTerminal:
        plan.terminal = true;
        break;
      case kOverlap:
        plan.overlap = true;
        break;
      case kMpi:
        set_mpi(one.value);
        break;
      case kQuit:
        plan.end_at_interrupt = true;
        break;
      case kHold:
        out_.hold = one.value;
        break;
      case kContainer:
        throw failure(call_,
                      "containers are not started here: call apptainer or podman as the "
                      "command");
      case kRelative:
        if (one.value == "0") break;
        throw failure(call_, fmt::format("--relative={}: the job has one node", one.value));
      case kHetGroup:
        if (one.value == "0") break;
        throw failure(call_,
                      fmt::format("--het-group={}: a job has one component here", one.value));
      default:
        break;
    }
  }

  void set_mpi(const std::string& value) {
    constexpr std::array<std::string_view, 4> kKnown = {"none", "pmi2", "pmix", "openmpi"};
    const std::string_view kind = std::string_view(value).substr(0, value.find('_'));
    if (std::ranges::find(kKnown, kind) == kKnown.end()) {
      throw failure(call_, fmt::format("Couldn't find the specified plugin name for mpi/{}; "
                                       "--mpi=list names them",
                                       printable(value)));
    }
    out_.plan.mpi = kind;
  }

  void shared(const dialect::Option& option, const std::string& value) {
    std::string_view name = option.spellings.substr(0, option.spellings.find(' '));
    StepPlan& plan = out_.plan;
    if (name == "--ntasks")
      shape_.tasks = count_of(call_, name, value);
    else if (name == "--nodes")
      shape_.nodes = count_of(call_, name, value);
    else if (name == "--ntasks-per-node")
      shape_.per_node = count_of(call_, name, value);
    else if (name == "--cpus-per-task")
      shape_.cpus = count_of(call_, name, value);
    else if (name == "--output")
      plan.out = value;
    else if (name == "--error")
      plan.error = value;
    else if (name == "--input")
      plan.in = value;
    else if (name == "--chdir")
      plan.directory = value;
    else if (name == "--job-name")
      plan.name = value;
    else if (name == "--export")
      plan.export_words = value;
    else if (name == "--open-mode")
      plan.append = value.starts_with('a');
    else if (name == "--overcommit")
      plan.overcommit = true;
    else if (name == "--oversubscribe")
      plan.overlap = true;
    else if (name == "--quiet")
      plan.quiet = true;
    else if (name == "--gpus-per-task")
      plan.gpus_per_task = gpu_count(value);
    else if (name == "--gpus" || name == "--gres" || name == "--gpus-per-node") {
      if (name != "--gres" || value.starts_with("gpu")) plan.gpus = gpu_count(value);
    } else if (name == "--cpu-bind") {
      plan.bind = value.find("none") == value.npos && value != "no";
    }
    // What a job is asked for; files and folders are the step's own affair.
    constexpr std::array<std::string_view, 7> kOfStep = {
        "--output", "--error", "--input", "--export", "--open-mode", "--quiet", "--overcommit"};
    if (!is_first_ || std::ranges::find(kOfStep, name) != kOfStep.end()) return;
    bool takes = option.argument != dialect::Argument::none;
    bool shows = takes && (!value.empty() || option.argument == dialect::Argument::required);
    out_.outside.push_back(shows ? fmt::format("{}={}", name, value) : std::string(name));
  }

  void finish(StepPart& part) {
    const bool is_inside = !job_here().empty();
    const int64_t asked_nodes = shape_.nodes;
    int64_t tasks = shape_.tasks;
    if (tasks == 0 && shape_.per_node > 0) {
      int64_t nodes =
          asked_nodes > 0 ? asked_nodes : std::max<int64_t>(1, count_in("SLURM_NNODES"));
      tasks = shape_.per_node * nodes;
    }
    if (tasks == 0 && asked_nodes > 0) tasks = asked_nodes;
    out_.tasks_given |= tasks > 0;
    if (tasks == 0 && is_inside && is_first_) tasks = count_in("SLURM_NTASKS");
    part.tasks = std::max<int64_t>(1, tasks);
    int64_t cpus = shape_.cpus;
    if (cpus == 0) cpus = count_in("SRUN_CPUS_PER_TASK");
    out_.plan.asks_cores |= cpus > 0;
    part.cpus_per_task = std::max<int64_t>(1, cpus);
    if (asked_nodes > 0) out_.plan.nodes = std::max(out_.plan.nodes, asked_nodes);
  }

  const Call& call_;
  StepWords& out_;
  const bool is_first_;
  Shape shape_;
};

void from_environment(StepPlan& plan) {
  auto is_on = [](const char* name) {
    std::string value = variable(name);
    return !value.empty() && value != "0";
  };
  plan.label |= is_on("SLURM_LABELIO");
  plan.end_at_failure |= is_on("SLURM_KILL_BAD_EXIT");
  plan.overlap |= is_on("SLURM_OVERLAP");
  if (plan.out.empty()) plan.out = variable("SLURM_STDOUTMODE");
  if (plan.error.empty()) plan.error = variable("SLURM_STDERRMODE");
  if (plan.in.empty()) plan.in = variable("SLURM_STDINMODE");
  if (plan.mpi.empty()) plan.mpi = variable("SLURM_MPI_TYPE");
}

}  // namespace

int64_t StepPlan::tasks() const {
  int64_t sum = 0;
  for (const StepPart& part : parts) sum += part.tasks;
  return sum;
}

int64_t StepPlan::cores() const {
  int64_t sum = 0;
  for (const StepPart& part : parts) sum += part.tasks * part.cpus_per_task;
  return sum;
}

std::optional<StepWords> read_step(const Call& call) {
  const Table table = make_table();
  StepWords out;
  bool multi_prog = false;
  Call part = call;
  part.words.clear();
  for (size_t i = 0; i <= call.words.size(); ++i) {
    if (i < call.words.size() && call.words[i] != ":") {
      part.words.push_back(call.words[i]);
      continue;
    }
    bool is_first = out.plan.parts.empty();
    if (!PartReader(part, out, is_first).read(table, multi_prog)) return {};
    part.words.clear();
  }
  from_environment(out.plan);
  if (!out.hold.empty()) return out;
  for (const StepPart& one : out.plan.parts) {
    if (one.argv.empty()) {
      throw CommandError(kFailed, "srun: fatal: No command given to execute.");
    }
  }
  if (!multi_prog) return out;
  const StepPart config = out.plan.parts.front();
  auto programs = read_multi_prog(call, read_foreign_script(config.argv.front()), config.tasks);
  out.plan.parts.clear();
  for (std::vector<std::string>& argv : programs) {
    out.plan.parts.push_back({std::move(argv), 1, config.cpus_per_task});
  }
  if (out.plan.name.empty()) out.plan.name = config.argv.front();
  return out;
}

std::vector<std::vector<std::string>> read_multi_prog(const Call& call, const std::string& text,
                                                      int64_t tasks) {
  std::vector<std::vector<std::string>> out(static_cast<size_t>(tasks));
  int line_number = 0;
  for (std::string_view line : dialect::split(text, '\n')) {
    ++line_number;
    line = dialect::trim(line);
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> words;
    for (std::string_view word : dialect::split(line, ' ')) {
      if (!dialect::trim(word).empty()) words.emplace_back(dialect::trim(word));
    }
    IndexSet ranks;
    if (words.front() == "*") {
      for (int64_t i = 0; i < tasks; ++i) {
        if (out[static_cast<size_t>(i)].empty()) ranks.insert(i);
      }
    } else if (auto read = IndexSet::parse(words.front(), kMostTasks)) {
      ranks = std::move(*read);
    }
    if (ranks.empty() || words.size() < 2) {
      throw failure(call, fmt::format("Line {} of configuration file invalid: {}", line_number,
                                      printable(line)));
    }
    int64_t offset = 0;
    for (int64_t rank : ranks.expand()) {
      if (rank >= tasks) continue;
      auto& argv = out[static_cast<size_t>(rank)];
      argv.assign(words.begin() + 1, words.end());
      for (std::string& word : argv) {
        for (auto [token, value] : {std::pair{"%t", rank}, std::pair{"%o", offset}}) {
          for (size_t at; (at = word.find(token)) != word.npos;) {
            word.replace(at, 2, fmt::to_string(value));
          }
        }
      }
      ++offset;
    }
  }
  for (size_t i = 0; i < out.size(); ++i) {
    if (!out[i].empty()) continue;
    throw failure(call, fmt::format("Configuration file invalid, no record for task id {}", i));
  }
  return out;
}

}  // namespace pentad::cli::front::slurm
