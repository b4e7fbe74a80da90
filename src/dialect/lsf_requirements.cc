// -R of bsub: sections such as "select[...] rusage[...] span[...]", and compound 2*{...}+1*{...}.
#include "dialect/actions.h"
#include "dialect/lsf.h"
#include "dialect/site_actions.h"
#include "dialect/tables.h"

namespace pentad::dialect::lsf {

namespace {

void add_constraint(Target& t, std::string_view expression) {
  std::string& all = t.change(t.part().constraint);
  if (!all.empty()) all += " && ";
  all += expression;
}

void usage(Target& t, std::string_view inside) {
  std::string text(inside);
  for (char& c : text) {
    if (c == ':') c = ',';
  }
  for (std::string_view part : split(text, ',')) {
    part = trim(part);
    if (part.empty()) continue;
    size_t equals = part.find('=');
    std::string_view key = trim(part.substr(0, equals));
    std::string_view value = equals == part.npos ? "" : trim(part.substr(equals + 1));
    if (apply_site_resource(t, t.part(), key, value)) continue;
    const Option* row = find_option(lsf_usage(), key);
    if (!row) {
      if (equals == part.npos) return t.refuse(fmt::format("`{}` in rusage needs a value", key));
      t.change(t.part().generic)[std::string(key)] = value;
      t.approximate(fmt::format("rusage {} is a resource of the original's site", key));
      continue;
    }
    if (row->effect == Effect::ignored) t.approximate(fmt::format("{}: {}", key, row->reason));
    if (row->apply) row->apply(t, value);
  }
}

void span(Target& t, std::string_view inside) {
  size_t equals = inside.find('=');
  std::string_view key = trim(inside.substr(0, equals));
  std::string_view value = equals == inside.npos ? "" : trim(inside.substr(equals + 1));
  if (key == "hosts") {
    Result<int64_t> hosts = parse_signed(value);
    if (!hosts || (*hosts != 1 && *hosts != -1)) return t.refuse("only hosts=1 and hosts=-1");
    if (*hosts == 1) t.set(t.part().nodes, CountRange{1, 1});
  } else if (key == "ptile") {
    Result<int64_t> count = parse_positive(value);
    if (!count) return t.refuse("ptile: " + count.error().message);
    t.set(t.part().tasks_per_node, *count);
  } else if (key == "block" || key == "stripe") {
    t.set(t.part().distribution, std::string(inside));
    t.approximate("slots are laid out evenly");
  } else {
    t.refuse(fmt::format("span[{}] is not known", inside));
  }
}

void affinity(Target& t, std::string_view inside) {
  size_t open = inside.find('(');
  size_t close = inside.find(')');
  std::string_view unit = trim(inside.substr(0, std::min(open, inside.find(':'))));
  int64_t count = 1;
  if (open != inside.npos && close != inside.npos && open < close) {
    std::string_view number = inside.substr(open + 1, close - open - 1);
    Result<int64_t> n = parse_positive(number.substr(0, number.find(',')));
    if (!n) return t.refuse("affinity: " + n.error().message);
    count = *n;
  }
  if (unit == "core" || unit == "thread" || unit == "pu") {
    t.set(t.part().cpus_per_task, count);
  } else {
    t.approximate(fmt::format("affinity to {} is left to the centre", unit));
  }
}

// One name[inside].
void section(Target& t, std::string_view name, std::string_view inside) {
  if (name == "select") return add_constraint(t, inside);
  if (name == "rusage") return usage(t, inside);
  if (name == "span") return span(t, inside);
  if (name == "affinity") return affinity(t, inside);
  if (name == "order" || name == "same" || name == "cu") {
    return t.approximate(fmt::format("{}[] is left to the centre", name));
  }
  t.refuse(fmt::format("there is no section `{}`", name));
}

void sections(Target& t, std::string_view text) {
  while (true) {
    text = trim(text);
    if (text.empty()) return;
    size_t open = text.find('[');
    std::string_view name = trim(text.substr(0, open));
    bool is_section =
        open != text.npos && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == name.npos;
    if (!is_section) return add_constraint(t, text);  // a bare string selects
    size_t close = open + 1;
    for (int depth = 1; close < text.size(); ++close) {
      depth += text[close] == '[' ? 1 : text[close] == ']' ? -1 : 0;
      if (depth == 0) break;
    }
    if (close >= text.size()) return t.refuse("`]` is missing");
    section(t, name, trim(text.substr(open + 1, close - open - 1)));
    text.remove_prefix(close + 1);
  }
}

// 2*{...}+4*{...}
void compound(Target& t, std::string_view text) {
  std::vector<Component> parts;
  const Component base = t.part();  // of -gpu and the like, for every term
  while (!text.empty()) {
    if (parts.size() == Target::kMostComponents) return t.refuse("so many parts are a mistake");
    size_t star = text.find('*');
    size_t close = text.find('}');
    bool sound = star != text.npos && close != text.npos && star + 1 < text.size() &&
                 text[star + 1] == '{' && close > star;
    Result<int64_t> count = parse_positive(trim(text.substr(0, star)));
    if (!sound || !count) return t.refuse("write N*{...}+M*{...}");
    t.job.components = {base};
    t.set(t.part().tasks, CountRange{*count, *count});
    sections(t, text.substr(star + 2, close - star - 2));
    parts.push_back(t.part());
    text = trim(text.substr(close + 1));
    if (!text.empty() && text[0] != '+') return t.refuse("terms are joined by +");
    if (!text.empty()) text = trim(text.substr(1));
  }
  if (!parts.empty()) t.job.components = std::move(parts);
}

}  // namespace

void requirements(Target& t, std::string_view value) {
  value = trim(value);
  if (value.empty()) return t.refuse("it is empty");
  if (value.find("*{") != value.npos) return compound(t, value);
  sections(t, value);
}

}  // namespace pentad::dialect::lsf
