#include "dialect/sge.h"

#include <algorithm>
#include <array>

#include "dialect/actions.h"
#include "dialect/site_actions.h"
#include "dialect/tables.h"

namespace pentad::dialect::sge {

namespace {

// Parallel environments by the names that sites give them, unless the profile says otherwise.
constexpr std::array kOneNode = {"smp",   "openmp", "omp",    "shared",   "sharedmem",
                                 "shmem", "local",  "thread", "threaded", "threads"};

void conditions(Target& t, std::string_view value, DependencyKind kind) {
  Condition all;
  all.kind = DependencyKind::all;
  for (std::string_view id : split(value, ',')) {
    if (id.empty()) continue;
    Condition leaf;
    leaf.kind = kind;
    leaf.job = id;
    leaf.is_name = id.find_first_not_of("0123456789.-") != id.npos;
    all.of.push_back(std::move(leaf));
  }
  if (all.of.empty()) return t.refuse("it names no job");
  Given<Condition>& field = t.job.dependency;
  if (field && field->kind == DependencyKind::all) {
    all.of.insert(all.of.begin(), field->of.begin(), field->of.end());
  } else if (field) {
    all.of.insert(all.of.begin(), Condition(*field));
  }
  t.set(field, all.of.size() == 1 ? Condition(all.of[0]) : all);
}

// "4", "2-8", "4-" (any number from 4), "-8".
Result<CountRange> parse_slots(std::string_view text) {
  constexpr int64_t kMost = 9'999'999;
  size_t dash = text.find('-');
  std::string_view low = text.substr(0, dash);
  std::string_view high = dash == text.npos ? low : text.substr(dash + 1);
  Result<int64_t> min = low.empty() && dash == 0 ? Result<int64_t>(1) : parse_positive(low);
  Result<int64_t> max =
      high.empty() && dash != text.npos ? Result<int64_t>(kMost) : parse_positive(high);
  if (!min || !max) {
    return fail(ErrorCode::invalid, fmt::format("`{}` is not a number of slots", text));
  }
  return CountRange{std::min(*min, *max), std::min(std::max(*min, *max), kMost)};
}

}  // namespace

void name(Target& t, std::string_view value) {
  if (value.empty() || value.find_first_of("\n\t\r/:@\\*?") != value.npos) {
    return t.refuse(fmt::format("`{}` cannot be the name of a job", value));
  }
  if (value[0] >= '0' && value[0] <= '9') {
    t.approximate("Grid Engine itself refuses names that start with a digit");
  }
  t.set(t.job.name, std::string(value));
}

void resource_list(Target& t, std::string_view value) {
  bool any = false;
  for (std::string_view part : split(value, ',')) {
    part = trim(part);
    if (part.empty()) continue;
    any = true;
    size_t equals = part.find('=');
    std::string_view name = part.substr(0, equals);
    std::string_view item = equals == part.npos ? "" : part.substr(equals + 1);
    std::string text = fmt::format("-l {}", part);
    if (t.is_wish) {
      t.record(text, Effect::ignored, "a wish, behind -soft: placement does not know wishes");
    } else if (equals != part.npos && item.empty()) {
      t.record(text, Effect::refused, "it has no value");
    } else if (!carry_out_site_resource(t, name, item, text) &&
               !t.carry_out_part(sge_resources(), name, item, text)) {
      t.change(t.part().generic)[std::string(name)] = item.empty() ? "true" : item;
      t.record(text, Effect::ignored, "a resource of the original's site, unknown here");
    }
  }
  if (!any) t.record("-l", Effect::refused, "it names no resource");
}

void parallel_environment(Target& t, std::string_view value) {
  size_t blank = value.find(' ');
  std::string_view name = value.substr(0, blank);
  std::vector<std::string_view> terms = split(value.substr(blank + 1), ',');
  Result<CountRange> slots = parse_slots(terms[0]);
  if (!slots) return t.refuse(slots.error().message);
  for (std::string_view term : terms) {
    Result<CountRange> more = parse_slots(term);
    if (!more) return t.refuse(more.error().message);
    slots->min = std::min(slots->min, more->min);
    slots->max = std::max(slots->max, more->max);
  }
  auto profile = t.site.sge_pe_kinds.find(std::string(name));
  std::string kind = profile == t.site.sge_pe_kinds.end() ? "" : profile->second;
  if (kind.empty()) {
    std::string_view stem = name.substr(0, name.find_first_of("-_."));
    bool one_node = std::ranges::find(kOneNode, stem) != kOneNode.end();
    kind = one_node ? "node" : "spread";
    if (!one_node && !stem.starts_with("mpi") && !stem.starts_with("orte") &&
        !stem.starts_with("make")) {
      t.approximate(
          fmt::format("the site profile does not say what `{}` is: slots anywhere", name));
    }
  }
  Component& c = t.part();
  t.set(c.tasks, *slots);
  t.set(c.parallel_environment, std::string(name));
  if (kind == "node") {
    t.set(c.nodes, CountRange{1, 1});
  } else if (kind != "spread") {
    Result<int64_t> fixed = parse_positive(kind);
    if (fixed) t.set(c.tasks_per_node, *fixed);
  }
}

// "5", "1-10:2"; "1,3" is 1-3:2 and "10-1" is 1-10 to Grid Engine.
void tasks(Target& t, std::string_view value) {
  std::string_view range = value.substr(0, value.find(':'));
  size_t mark = range.find_first_of("-,");
  bool is_list = mark != range.npos && range[mark] == ',';
  std::string_view step = range.size() < value.size() ? value.substr(range.size() + 1) : "";
  if (range.size() < value.size() && !parse_positive(step)) {
    return t.refuse(fmt::format("`{}` is not a step", step));
  }
  Result<int64_t> low = parse_positive(range.substr(0, mark));
  Result<int64_t> high = mark == range.npos ? low : parse_positive(range.substr(mark + 1));
  if (!low || !high) {
    bool many = range.find(',') != range.rfind(',');
    return t.refuse(many ? "Grid Engine reads no list of indices: write n-m:s"
                         : fmt::format("`{}` is not a range from 1", value));
  }
  std::string text = fmt::format("{}-{}", std::min(*low, *high), std::max(*low, *high));
  if (is_list && *low != *high) step = {};
  std::string by =
      is_list && *low != *high ? std::to_string(std::abs(*high - *low)) : std::string(step);
  if (!by.empty()) text += ':' + by;
  if (is_list || *low > *high) t.approximate(fmt::format("read as {}, as Grid Engine does", text));
  Result<ArraySpec> array = parse_array(text);
  if (!array) return t.refuse(array.error().message);
  array->max_running = t.job.array.value.max_running;
  t.set(t.job.array, std::move(*array));
}

void task_limit(Target& t, std::string_view value) {
  Result<int64_t> limit = parse_whole(value);
  if (!limit) return t.refuse(limit.error().message);
  // -t may still follow; without one the limit is of nothing.
  t.job.array.value.max_running = *limit;
}

// Unlike elsewhere, no word for truth.
Result<bool> parse_answer(std::string_view value) {
  std::string word = lower(value);
  if (word == "y" || word == "yes") return true;
  if (word == "n" || word == "no") return false;
  return fail(ErrorCode::invalid, fmt::format("`{}` is neither y nor n", value));
}

void yes_no(Target& t, std::string_view value) {
  if (Result<bool> answer = parse_answer(value); !answer) t.refuse(answer.error().message);
}

void queues(Target& t, std::string_view value) {
  if (t.is_wish) return t.ignore("a wish, behind -soft: placement does not know wishes");
  // Those of several options of a script add up; a command line replaces them.
  Given<Texts>& field = t.job.queues;
  if (field.origin.kind != t.origin.kind) field = {};
  for (std::string_view part : split(value, ',')) {
    std::string name(trim(part));
    if (name.empty()) continue;
    Texts& all = t.change(field);
    if (std::ranges::find(all, name) == all.end()) all.push_back(std::move(name));
  }
  if (!field) t.refuse("it names no queue");
}

void reservation(Target& t, std::string_view value) {
  Result<int64_t> id = parse_whole(value);
  id ? t.set(t.job.reservation, std::string(value)) : t.refuse(id.error().message);
}

void check_checkpoint(Target& t, std::string_view value) {
  bool letters = !value.empty() && value.find_first_not_of("nsmx") == value.npos;
  bool time = std::ranges::count(value, ':') == 2 && parse_clock_time(value, true);
  if (!letters && !time) t.refuse("write letters of n, s, m and x, or h:m:s");
}

void share(Target& t, std::string_view value) {
  if (Result<int64_t> n = parse_whole(value); !n) t.refuse(n.error().message);
}

void check_when(Target& t, std::string_view value) {
  if (value.size() != 1 || std::string_view("ewnpv").find(value) == std::string_view::npos) {
    return t.refuse("write e, w, n, p or v");
  }
  if (value == "v" || value == "p") t.set(t.job.verify_only, true);
}

void join(Target& t, std::string_view value) {
  Result<bool> yes = parse_answer(value);
  if (!yes) return t.refuse(value == "oe" ? "`oe` is PBS: write -j y" : yes.error().message);
  t.set(t.job.join, *yes ? Join::error_to_output : Join::none);
}

void mail_points(Target& t, std::string_view value) {
  Texts events;
  for (char c : value) {
    if (c == 'b') events.emplace_back("BEGIN");
    if (c == 'e') events.emplace_back("END");
    if (c == 'a') events.emplace_back("FAIL");
    if (c == 's') events.emplace_back("SUSPEND");
    if (std::string_view("beasn").find(c) == std::string_view::npos) {
      return t.refuse("write letters of b, e, a, s and n without commas");
    }
  }
  if (value.find('n') != value.npos) events.clear();
  t.set(t.job.mail_events, std::move(events));
}

void hold_jobs(Target& t, std::string_view value) { conditions(t, value, DependencyKind::ended); }

void hold_elements(Target& t, std::string_view value) {
  conditions(t, value, DependencyKind::elementwise);
  t.approximate("an element also has to succeed");
}

void priority(Target& t, std::string_view value) {
  Result<int64_t> number = parse_signed(value);
  if (!number || *number < -1023 || *number > 1024) return t.refuse("write -1023 to 0");
  t.set(t.job.priority, *number);
}

void begin(Target& t, std::string_view value) {
  if (value.substr(0, value.find('.')).size() < 8) return t.refuse("write [[CC]YY]MMDDhhmm[.SS]");
  t.take(t.job.begin, parse_touch_moment(value));
}

void take_memory(Target& t, std::string_view value, bool is_virtual) {
  Result<Bytes> bytes = parse_sge_size(value);
  if (!bytes) return t.refuse(bytes.error().message);
  t.set(is_virtual ? t.part().virtual_memory : t.part().memory, Memory{*bytes, Scope::slot});
}

Result<std::string> neutral_path(std::string_view path) {
  if (path.empty()) return fail(ErrorCode::invalid, "it names no file");
  size_t colon = path.find(':');
  if (colon != path.npos && path.substr(0, colon).find('/') == path.npos) {
    path.remove_prefix(colon + 1);
  }
  struct Token {
    std::string_view theirs, ours;
  };
  constexpr std::array kTokens = {Token{"$JOB_ID", "{array_job}"}, Token{"$JOB_NAME", "{name}"},
                                  Token{"$TASK_ID", "{array}"},    Token{"$HOSTNAME", "{host}"},
                                  Token{"$USER", "{user}"},        Token{"$HOME", "{home}"}};
  std::string out;
  while (!path.empty()) {
    auto token = std::ranges::find_if(
        kTokens, [&](const Token& one) { return path.starts_with(one.theirs); });
    if (token != kTokens.end()) {
      out += token->ours;
      path.remove_prefix(token->theirs.size());
      continue;
    }
    if (path[0] == '{') out += '{';
    out += path[0];
    path.remove_prefix(1);
  }
  return out;
}

}  // namespace pentad::dialect::sge
