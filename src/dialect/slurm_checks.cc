// Values of options that only the original acts on: what sbatch would refuse is refused here too.
#include <algorithm>
#include <initializer_list>

#include "dialect/actions.h"
#include "dialect/slurm.h"

namespace pentad::dialect::slurm {

namespace {

using WordList = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view word, WordList known) {
  return std::ranges::find(known, word) != known.end();
}

// Refuses the first of the words between commas that is not known.
bool check_words(Target& t, std::string_view value, WordList known) {
  for (std::string_view part : split(value, ',')) {
    std::string word = lower(part);
    if (is_one_of(word, known)) continue;
    return t.refuse(fmt::format("`{}` is none of {}", part, fmt::join(known, ", "))), false;
  }
  return true;
}

}  // namespace

void hint(Target& t, std::string_view value) {
  check_words(t, value, {"compute_bound", "memory_bound", "multithread", "nomultithread"});
}

void switches(Target& t, std::string_view value) {
  size_t at = value.find('@');
  Result<int64_t> count = parse_whole(value.substr(0, at));
  if (!count) return t.refuse(count.error().message);
  if (at == value.npos) return;
  Result<TimeSpan> wait = parse_slurm_time(value.substr(at + 1));
  if (!wait) t.refuse(wait.error().message);
}

void measuring(Target& t, std::string_view value) {
  for (std::string_view part : split(value, ',')) {
    size_t equals = part.find('=');
    bool named = equals != part.npos;
    bool known = !named || is_one_of(lower(part.substr(0, equals)),
                                     {"task", "energy", "network", "filesystem"});
    Result<int64_t> seconds = parse_whole(named ? part.substr(equals + 1) : part);
    if (!known || !seconds) return t.refuse(fmt::format("`{}` is not a number of seconds", part));
  }
}

void gpu_binding(Target& t, std::string_view value) {
  for (std::string_view part : split(value, ',')) {
    std::string word = lower(part.substr(0, part.find(':')));
    bool goes_on =
        part.data() != value.data() && part.find_first_not_of("0123456789x*") == part.npos;
    bool known = is_one_of(
        word, {"closest", "map_gpu", "mask_gpu", "none", "per_task", "single", "verbose", "gpu"});
    if (!known && !(goes_on && !part.empty())) {
      return t.refuse(fmt::format("`{}` is not known of bindings", part));
    }
  }
}

void distribution(Target& t, std::string_view value) {
  std::string word = lower(value);
  size_t comma = word.find(',');
  std::string_view order = std::string_view(word).substr(0, comma);
  bool sound =
      comma == word.npos || is_one_of(std::string_view(word).substr(comma + 1), {"pack", "nopack"});
  if (order.starts_with("plane=")) {
    sound = sound && parse_positive(order.substr(6)).has_value();
  } else if (!is_one_of(order, {"arbitrary", "pack", "nopack"})) {
    std::vector<std::string_view> parts = split(order, ':');
    sound = sound && parts.size() <= 3;
    for (std::string_view part : parts) {
      bool first = part.data() == order.data();
      sound = sound && (is_one_of(part, {"block", "cyclic", "*"}) || (!first && part == "fcyclic"));
    }
  }
  if (!sound) return t.refuse(fmt::format("`{}` is no order of tasks", value));
  t.set(t.part().distribution, word);
}

void profile(Target& t, std::string_view value) {
  check_words(t, value, {"all", "none", "energy", "task", "lustre", "filesystem", "network"});
}

void no_kill(Target& t, std::string_view value) {
  if (!value.empty() && lower(value) != "off" && lower(value) != "no") t.refuse("write off");
}

void propagate(Target& t, std::string_view value) {
  for (std::string_view part : split(value, ',')) {
    bool known = is_one_of(part, {"ALL", "NONE", "AS", "CORE", "CPU", "DATA", "FSIZE", "MEMLOCK",
                                  "NOFILE", "NPROC", "RSS", "STACK", ""});
    if (!known) return t.refuse(fmt::format("`{}` is no limit of a process", part));
  }
}

void whole_number(Target& t, std::string_view value) {
  if (Result<int64_t> n = parse_whole(value); !n) t.refuse(n.error().message);
}

void boot_delay(Target& t, std::string_view value) {
  if (Result<TimeSpan> span = parse_slurm_time(value); !span) t.refuse(span.error().message);
}

void gres_flags(Target& t, std::string_view value) {
  check_words(t, value, {"disable-binding", "enforce-binding"});
}

void memory_binding(Target& t, std::string_view value) {
  for (std::string_view part : split(value, ',')) {
    std::string word = lower(part.substr(0, part.find(':')));
    bool known =
        is_one_of(word, {"local", "map_mem", "mask_mem", "no", "none", "nosort", "p", "prefer", "q",
                         "quiet", "rank", "sort", "v", "verbose"}) ||
        (part.data() != value.data() && part.find_first_not_of("0123456789xabcdef") == part.npos);
    if (!known) return t.refuse(fmt::format("`{}` is not known of bindings", part));
  }
}

void cpu_frequency(Target& t, std::string_view value) {
  size_t colon = value.find(':');
  std::string_view range = value.substr(0, colon);
  for (std::string_view part : split(range, '-')) {
    bool known =
        parse_whole(part).has_value() ||
        is_one_of(lower(part), {"low", "medium", "high", "highm1", "conservative", "ondemand",
                                "performance", "powersave", "userspace", "schedutil"});
    if (!known) return t.refuse(fmt::format("`{}` is no frequency", part));
  }
}

// Of a whole component, once all of its options are read.
std::string contradiction(const Component& c) {
  if (c.tasks_per_node && c.tasks_per_gpu) {
    return "--ntasks-per-node and --ntasks-per-gpu exclude each other";
  }
  if (c.gpus && !c.gpus->empty() && c.gpus->front().scope == Scope::task && c.tasks_per_gpu) {
    return "--gpus-per-task and --ntasks-per-gpu exclude each other";
  }
  if (c.distribution && *c.distribution == "arbitrary" && !c.hosts) {
    return "--distribution=arbitrary needs --nodelist";
  }
  return "";
}

}  // namespace pentad::dialect::slurm
