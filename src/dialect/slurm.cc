#include "dialect/slurm.h"

#include <algorithm>
#include <array>

#include "dialect/actions.h"
#include "dialect/site_actions.h"

namespace pentad::dialect::slurm {

namespace {

struct ConditionWord {
  std::string_view word;
  DependencyKind kind;
};

constexpr std::array kConditions = {
    ConditionWord{"after", DependencyKind::started},
    ConditionWord{"afterok", DependencyKind::ok},
    ConditionWord{"afternotok", DependencyKind::not_ok},
    ConditionWord{"afterany", DependencyKind::ended},
    ConditionWord{"aftercorr", DependencyKind::elementwise},
    ConditionWord{"afterburstbuffer", DependencyKind::ended},
};

constexpr std::array kMailEvents = {
    "NONE",          "BEGIN",          "END",        "FAIL",       "REQUEUE",
    "ALL",           "INVALID_DEPEND", "STAGE_OUT",  "TIME_LIMIT", "TIME_LIMIT_90",
    "TIME_LIMIT_80", "TIME_LIMIT_50",  "ARRAY_TASKS"};

constexpr std::array kSignals = {"HUP",  "INT",  "QUIT", "ABRT", "KILL", "USR1", "USR2", "ALRM",
                                 "TERM", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",  "XCPU"};

std::string upper(std::string_view text) {
  std::string out = lower(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  }
  return out;
}

// One id of afterok:ID[+min] with its kind.
bool read_job(Target& t, std::string_view id, DependencyKind kind, Condition& to) {
  Condition leaf;
  leaf.kind = kind;
  size_t plus = id.find('+');
  if (plus != id.npos) {
    Result<int64_t> minutes = parse_whole(id.substr(plus + 1));
    if (kind != DependencyKind::started || !minutes || *minutes > 100'000'000) {
      return t.refuse(fmt::format("`{}` is not a job", id)), false;
    }
    leaf.delay_s = *minutes * 60;
    id = id.substr(0, plus);
  }
  bool is_id = !id.empty() && id.find_first_not_of("0123456789_") == id.npos && id[0] != '_';
  if (!is_id) return t.refuse(fmt::format("`{}` is not the number of a job", id)), false;
  leaf.job = id;
  to.of.push_back(std::move(leaf));
  return true;
}

bool read_condition(Target& t, std::string_view text, Condition& to) {
  std::vector<std::string_view> parts = split(text, ':');
  if (parts[0] == "singleton" && parts.size() == 1) {
    Condition leaf;
    leaf.kind = DependencyKind::singleton;
    to.of.push_back(std::move(leaf));
    return true;
  }
  auto known = std::ranges::find(kConditions, parts[0], &ConditionWord::word);
  DependencyKind kind = DependencyKind::ended;  // a bare number: after its end
  size_t first = 0;
  if (known != kConditions.end()) {
    kind = known->kind;
    first = 1;
    if (parts.size() < 2) return t.refuse(fmt::format("{} names no job", text)), false;
    if (known->word == "afterburstbuffer") t.approximate("after the end of the job");
  }
  for (size_t i = first; i < parts.size(); ++i) {
    if (!read_job(t, parts[i], kind, to)) return false;
  }
  return true;
}

Result<Gpus> parse_gpus(std::string_view text, Scope scope) {
  std::vector<std::string_view> part = split(text, ':');
  Gpus gpus;
  gpus.scope = scope;
  gpus.count = 1;
  std::string_view last = part.back();
  if (last.starts_with('-') || part[0].empty()) {
    return fail(ErrorCode::invalid, fmt::format("`{}` is not a number of GPUs", text));
  }
  bool has_count = !last.empty() && last[0] >= '0' && last[0] <= '9' && parse_count(last);
  if (part.size() > 2 || last.empty() || (part.size() == 2 && !has_count)) {
    return fail(ErrorCode::invalid, fmt::format("`{}` is not a number of GPUs", text));
  }
  if (has_count) gpus.count = *parse_count(last);
  if (part.size() == 2 || !has_count) gpus.type = part[0];
  return gpus;
}

}  // namespace

std::string neutral_path(std::string_view pattern) {
  std::string out;
  bool is_plain = pattern.find('\\') != pattern.npos;
  for (size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (is_plain && c == '\\') continue;
    if (c == '{') out += '{';
    if (is_plain || c != '%') {
      out += c;
      continue;
    }
    size_t at = i + 1;
    while (at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9') ++at;
    std::string width(pattern.substr(i + 1, at - i - 1));
    constexpr std::string_view kLetters = "jJAaxuNnstb%";
    constexpr std::array kTokens = {"job",  "job_step", "array_job", "array", "name",       "user",
                                    "host", "node",     "step",      "task",  "array_mod10"};
    size_t letter = at < pattern.size() ? kLetters.find(pattern[at]) : kLetters.npos;
    if (letter == kLetters.npos) {
      out += c;
      continue;
    }
    i = at;
    if (kLetters[letter] == '%') {
      out += '%';
    } else {
      out += fmt::format("{{{}{}{}}}", kTokens[letter], width.empty() ? "" : ":", width);
    }
  }
  return out;
}

std::vector<std::string> split_hosts(std::string_view text) {
  std::vector<std::string> hosts(1);
  int depth = 0;
  for (char c : text) {
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == ',' && depth <= 0) {
      hosts.emplace_back();
    } else {
      hosts.back() += c;
    }
  }
  std::erase(hosts, "");
  return hosts;
}

void time(Target& t, std::string_view value) { t.take(t.job.walltime, parse_slurm_time(value)); }

void time_min(Target& t, std::string_view value) {
  if (t.take(t.job.min_walltime, parse_slurm_time(value))) {
    t.approximate("the full walltime is asked for");
  }
}

// "-8": up to 8.
void nodes(Target& t, std::string_view value) {
  bool up_to = value.starts_with('-') && value.find('-', 1) == value.npos;
  t.take(t.part().nodes, parse_count_range(up_to ? "1" + std::string(value) : std::string(value)));
}

void ntasks(Target& t, std::string_view value) {
  Result<int64_t> count = parse_positive(value);
  if (!count) return t.refuse(count.error().message);
  t.set(t.part().tasks, CountRange{*count, *count});
}

void extra_node_info(Target& t, std::string_view value) {
  std::vector<std::string_view> parts = split(value, ':');
  Given<int64_t>* fields[] = {&t.part().sockets_per_node, &t.part().cores_per_socket,
                              &t.part().threads_per_core};
  if (parts.size() > 3) t.ignore("what follows sockets:cores:threads is left out");
  for (size_t i = 0; i < std::min(parts.size(), std::size(fields)); ++i) {
    if (parts[i] != "*" && !t.take(*fields[i], parse_positive(parts[i]))) return;
  }
}

void take_memory(Target& t, std::string_view value, Scope scope) {
  Result<Bytes> bytes = parse_slurm_size(value);
  if (!bytes) return t.refuse(bytes.error().message);
  const Given<Memory>& before = t.part().memory;
  if (before && before->scope != scope) {
    if (before.origin.kind == t.origin.kind) {
      return t.refuse("only one of --mem, --mem-per-cpu and --mem-per-gpu may be given");
    }
    t.approximate("it replaces the memory given in the " + to_text(before.origin));
  }
  t.set(t.part().memory, Memory{*bytes, scope});
}

void tmp(Target& t, std::string_view value) {
  Result<Bytes> bytes = parse_slurm_size(value);
  if (!bytes) return t.refuse(bytes.error().message);
  t.set(t.part().local_disk, Memory{*bytes, Scope::node});
}

void take_gpus(Target& t, std::string_view value, Scope scope) {
  if (is_empty(t, t.part().gpus, value)) return;
  std::vector<Gpus> list;
  for (std::string_view part : split(value, ',')) {
    Result<Gpus> gpus = parse_gpus(part, scope);
    if (!gpus) return t.refuse(gpus.error().message);
    list.push_back(std::move(*gpus));
  }
  const Given<std::vector<Gpus>>& before = t.part().gpus;
  bool replaces =
      before && !before->empty() && (before->front().scope != scope || before->front().is_generic);
  if (replaces) {
    t.approximate("it replaces the GPUs given before (" + to_text(before.origin) + ")");
  }
  t.set(t.part().gpus, std::move(list));
}

void gres(Target& t, std::string_view value) {
  std::vector<Gpus> gpus;
  std::map<std::string, std::string> generic;
  for (std::string_view part : split(value, ',')) {
    if (part.starts_with("gres:")) part.remove_prefix(5);
    if (part == "none" || part.empty()) continue;
    size_t colon = part.find(':');
    std::string_view name = part.substr(0, colon);
    std::string_view rest = colon == part.npos ? "1" : part.substr(colon + 1);
    if (apply_site_resource(t, t.part(), name, rest)) continue;
    if (name == "gpu") {
      Result<Gpus> one = parse_gpus(rest, Scope::node);
      if (!one) return t.refuse(one.error().message);
      one->is_generic = true;
      gpus.push_back(std::move(*one));
    } else {
      generic[std::string(name)] = rest;
    }
  }
  // The last --gres alone counts, with what it does not name.
  Given<std::vector<Gpus>>& before = t.part().gpus;
  if (before && !before->empty() && before->front().is_generic) before = {};
  t.part().generic = {};
  if (!gpus.empty()) {
    if (before) t.approximate("it replaces the GPUs given before (" + to_text(before.origin) + ")");
    t.set(before, std::move(gpus));
  }
  if (!generic.empty()) t.set(t.part().generic, std::move(generic));
}

void exclusive(Target& t, std::string_view value) {
  if (value == "mcs") return t.refuse("security labels are not known here");
  if (!value.empty() && value != "user") return t.refuse(fmt::format("`{}` is not known", value));
  t.set(t.part().sharing, value.empty() ? Sharing::whole_node : Sharing::own_user);
}

void licences(Target& t, std::string_view value) {
  if (!is_empty(t, t.job.licences, value)) t.take(t.job.licences, parse_licences(value));
}

void array(Target& t, std::string_view value) {
  if (is_empty(t, t.job.array, value)) return;
  if (value.starts_with('[') && value.ends_with(']')) value = value.substr(1, value.size() - 2);
  t.take(t.job.array, parse_array(value));
}

void dependency(Target& t, std::string_view value) {
  if (is_empty(t, t.job.dependency, value)) return;
  bool is_any = value.find('?') != value.npos;
  if (is_any && value.find(',') != value.npos) return t.refuse("`,` and `?` cannot be mixed");
  Condition all;
  all.kind = is_any ? DependencyKind::any : DependencyKind::all;
  for (std::string_view part : split(value, is_any ? '?' : ',')) {
    if (!read_condition(t, part, all)) return;
  }
  t.set(t.job.dependency, all.of.size() == 1 ? Condition(all.of[0]) : all);
}

void open_mode(Target& t, std::string_view value) {
  // The first letter is enough for sbatch.
  char first = lower(value.substr(0, 1)).c_str()[0];
  if (first != 'a' && first != 't') return t.refuse("write append or truncate");
  t.set(t.job.open_mode, first == 'a' ? OpenMode::append : OpenMode::truncate);
}

void workdir(Target& t, std::string_view value) {
  if (!is_empty(t, t.job.workdir, value)) set_path<&Job::workdir>(t, value);
}

void export_environment(Target& t, std::string_view value) {
  if (is_empty(t, t.job.environment, value)) return;
  Environment e;
  e.set = parse_assignments(value, e.names);
  auto take = [&](std::string_view word) { return std::erase(e.names, word) > 0; };
  bool all = take("ALL");
  bool none = take("NONE") || take("NIL");
  e.mode = all ? ExportMode::all : none ? ExportMode::none : ExportMode::list;
  t.set(t.job.environment, std::move(e));
}

// Events add to those of options before; NONE anywhere in a list empties that list.
void mail_type(Target& t, std::string_view value) {
  if (value.find_first_not_of(',') == value.npos) return t.refuse("it names no event");
  Texts more;
  bool none = false;
  for (std::string_view part : split(value, ',')) {
    std::string event = upper(part);
    if (event.empty()) continue;
    if (std::ranges::find(kMailEvents, event) == kMailEvents.end()) {
      return t.refuse(fmt::format("`{}` is no event that can be mailed", part));
    }
    none = none || event == "NONE";
    if (event != "ALL") {
      more.push_back(std::move(event));
      continue;
    }
    for (const char* one : {"BEGIN", "END", "FAIL", "INVALID_DEPEND", "REQUEUE", "STAGE_OUT"}) {
      more.emplace_back(one);
    }
  }
  Texts& events = t.change(t.job.mail_events);
  if (none) return;
  events.insert(events.end(), more.begin(), more.end());
  std::ranges::sort(events);
  events.erase(std::unique(events.begin(), events.end()), events.end());
}

void signal(Target& t, std::string_view value) {
  Signal s;
  size_t colon = value.find(':');
  if (colon != value.npos) {
    std::string_view flags = value.substr(0, colon);
    if (flags.empty() || flags.find_first_not_of("RB") != flags.npos) {
      return t.refuse(fmt::format("`{}` is neither B nor R", flags));
    }
    if (flags.find('B') != flags.npos) s.to = SignalTo::batch;
    s.on_reservation = flags.find('R') != flags.npos;
    if (s.on_reservation) t.approximate("R, the start of a reservation, sends nothing");
    value.remove_prefix(colon + 1);
  }
  size_t at = value.find('@');
  Result<int32_t> number = parse_signal(value.substr(0, at));
  if (!number) return t.refuse(number.error().message);
  bool is_name = value[0] < '0' || value[0] > '9';
  if (is_name && std::ranges::find(kSignals, signal_name(*number)) == kSignals.end()) {
    return t.refuse(fmt::format("sbatch does not know the signal `{}`", value.substr(0, at)));
  }
  s.number = *number;
  if (at != value.npos) {
    // "@" alone: at the end.
    bool none = at + 1 == value.size();
    Result<int64_t> lead = none ? Result<int64_t>(0) : parse_whole(value.substr(at + 1));
    if (!lead || *lead > 65535) return t.refuse("the time after @ is in seconds, at most 65535");
    s.before_end_s = *lead;
  }
  t.set(t.job.signal, s);
}

void nice(Target& t, std::string_view value) {
  Result<int64_t> number = value.empty() ? Result<int64_t>(100) : parse_signed(value);
  if (number && std::abs(*number) > 2147483645) return t.refuse("it is out of range");
  t.take(t.job.nice, std::move(number));
}

void priority(Target& t, std::string_view value) {
  if (lower(value) != "top") t.take(t.job.priority, parse_whole(value));
}

void contiguous(Target& t, std::string_view) { t.set(t.part().contiguous, true); }

void zero_or_one(Target& t, std::string_view value) {
  if (value != "0" && value != "1") t.refuse("write 0 or 1");
}

}  // namespace pentad::dialect::slurm
