#include "dialect/pbs.h"

#include <algorithm>
#include <array>

#include "dialect/actions.h"
#include "dialect/site_actions.h"
#include "dialect/tables.h"

namespace pentad::dialect::pbs {

namespace {

void read_parts(Target& t, std::string_view value, std::string_view flag,
                std::span<const Option> table) {
  bool is_first = true;
  std::string depend;
  for (const std::string& part : split_list(value)) {
    size_t equals = part.find('=');
    std::string text = fmt::format("{} {}", flag, part);
    if (part.empty()) {
      if (is_first) t.record(text, Effect::refused, "it is empty");
      continue;
    }
    is_first = false;
    std::string name = part.substr(0, equals);
    std::string item = equals == part.npos ? "" : part.substr(equals + 1);
    if (equals != part.npos && item.empty()) {
      t.record(text, Effect::refused, "it has no value");
    } else if (flag == "-l" && carry_out_site_resource(t, name, item, text)) {
      continue;
    } else if (!t.carry_out_part(table, name, item, text)) {
      // Sites define resources of their own: kept, so that nothing is lost.
      std::string near = nearest_spelling(table, name);
      bool is_slip = !near.empty() && near.size() > 3;
      if (flag == "-l" && !is_slip) {
        t.change(t.part().generic)[name] = item;
        t.record(text, Effect::ignored, "a resource of the original's site, unknown here");
      } else {
        t.record(text, Effect::refused,
                 near.empty() ? "unknown" : "unknown; the nearest known is " + near);
      }
    }
  }
}

struct ConditionWord {
  std::string_view word;
  DependencyKind kind;
};

constexpr std::array kConditions = {
    ConditionWord{"after", DependencyKind::started},
    ConditionWord{"afterok", DependencyKind::ok},
    ConditionWord{"afternotok", DependencyKind::not_ok},
    ConditionWord{"afterany", DependencyKind::ended},
    ConditionWord{"afterstartarray", DependencyKind::started},
    ConditionWord{"afterokarray", DependencyKind::ok},
    ConditionWord{"afternotokarray", DependencyKind::not_ok},
    ConditionWord{"afteranyarray", DependencyKind::ended},
};

}  // namespace

// Unlike a plain split, a comma before a word without = belongs to what stands before it:
// depend=afterok:1,afterany:2.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts(1);
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quote != 0) {
      c == quote ? void(quote = 0) : parts.back().push_back(c);
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ',') {
      std::string_view rest = text.substr(i + 1);
      std::string_view word = rest.substr(0, rest.find(','));
      bool goes_on = parts.back().starts_with("depend=") && word.find('=') == word.npos;
      goes_on ? parts.back().push_back(c) : void(parts.emplace_back());
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

void resource_list(Target& t, std::string_view value) {
  read_parts(t, value, "-l", pbs_resources());
}

void attribute_list(Target& t, std::string_view value) {
  read_parts(t, value, "-W", pbs_attributes());
}

void destination(Target& t, std::string_view value) {
  size_t at = value.find('@');
  if (at != 0) t.set(t.job.queues, Texts{std::string(value.substr(0, at))});
  if (at != value.npos) t.set(t.job.server, std::string(value.substr(at + 1)));
  if (value.empty()) t.refuse("it names no queue");
}

void join(Target& t, std::string_view value) {
  if (value == "oe") return t.set(t.job.join, Join::error_to_output);
  if (value == "eo") return t.set(t.job.join, Join::output_to_error);
  if (value == "n") return t.set(t.job.join, Join::none);
  t.refuse("write oe, eo or n");
}

void mail_points(Target& t, std::string_view value) {
  Texts events;
  for (char c : value) {
    if (c == 'a') events.emplace_back("FAIL");
    if (c == 'b') events.emplace_back("BEGIN");
    if (c == 'e') events.emplace_back("END");
    if (c == 'j') events.emplace_back("ARRAY_TASKS");
    bool known = c == 'a' || c == 'b' || c == 'e' || c == 'j' || c == ',' || c == 'f';
    if (c == 'f') events.emplace_back("FAIL");
    if (!known && !(value == "n" || value == "p")) {
      return t.refuse("write letters of a, b and e, or n");
    }
  }
  t.set(t.job.mail_events, std::move(events));
}

void array(Target& t, std::string_view value) {
  std::string text(value);
  if (t.dialect == Dialect::torque && text.find_first_of("-,:") == text.npos) {
    Result<int64_t> index = parse_whole(text.substr(0, text.find('%')));
    if (!index) return t.refuse(index.error().message);
  }
  t.take(t.job.array, parse_array(text));
}

void priority(Target& t, std::string_view value) {
  Result<int64_t> number = parse_signed(value);
  if (!number || *number < -1024 || *number > 1023) return t.refuse("write -1024 to 1023");
  t.set(t.job.priority, *number);
}

void begin(Target& t, std::string_view value) { t.take(t.job.begin, parse_touch_moment(value)); }

void shell(Target& t, std::string_view value) {
  std::string_view first = value.substr(0, value.find(','));
  size_t at = first.find('@');
  if (first.size() < value.size()) t.approximate("the first shell of the list is taken");
  t.set(t.job.shell, Texts{std::string(first.substr(0, at))});
}

void workdir(Target& t, std::string_view value) {
  if (value.empty()) return t.refuse("it names no directory");
  t.set<std::string>(t.job.workdir, value == "." ? "{submit}" : literal_path(value));
}

void script_args(Target& t, std::string_view value) {
  Texts words;
  for (std::string_view word : split(value, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  t.set(t.job.script_args, std::move(words));
}

void take_memory(Target& t, std::string_view value, Scope scope, bool is_virtual) {
  Result<Bytes> bytes = parse_pbs_size(value);
  if (!bytes) return t.refuse(bytes.error().message);
  Given<Memory>& field = is_virtual ? t.part().virtual_memory : t.part().memory;
  if (field && field->scope != scope) t.approximate("it replaces the other memory given before");
  t.set(field, Memory{*bytes, scope});
  if (is_virtual) t.approximate("an address space is not limited here");
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
  constexpr std::array kTokens = {Token{"^array_index^", "{array}"},
                                  Token{"$PBS_JOBID", "{job}"},
                                  Token{"${PBS_JOBID}", "{job}"},
                                  Token{"$PBS_ARRAYID", "{array}"},
                                  Token{"${PBS_ARRAYID}", "{array}"},
                                  Token{"$PBS_JOBNAME", "{name}"},
                                  Token{"${PBS_JOBNAME}", "{name}"},
                                  Token{"$HOME", "{home}"},
                                  Token{"$USER", "{user}"}};
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

void dependency(Target& t, std::string_view value) {
  Condition all;
  all.kind = DependencyKind::all;
  for (std::string_view part : split(value, ',')) {
    std::vector<std::string_view> words = split(part, ':');
    auto known = std::ranges::find(kConditions, words[0], &ConditionWord::word);
    if (known == kConditions.end()) {
      bool theirs =
          words[0].starts_with("before") || words[0] == "on" || words[0].starts_with("sync");
      return t.refuse(theirs
                          ? fmt::format("{} changes other jobs: give after... to those", words[0])
                          : fmt::format("`{}` is no condition", words[0]));
    }
    if (words.size() < 2) return t.refuse(fmt::format("{} names no job", words[0]));
    for (size_t i = 1; i < words.size(); ++i) {
      std::string_view id = words[i];
      if (id.empty() || id[0] < '0' || id[0] > '9') {
        return t.refuse(fmt::format("`{}` is not the id of a job", id));
      }
      Condition leaf;
      leaf.kind = known->kind;
      leaf.job = id;
      all.of.push_back(std::move(leaf));
    }
  }
  t.set(t.job.dependency, all.of.size() == 1 ? Condition(all.of[0]) : all);
}

}  // namespace pentad::dialect::pbs
