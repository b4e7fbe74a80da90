#include "dialect/lsf.h"

#include <algorithm>

#include "dialect/actions.h"
#include "dialect/tables.h"

namespace pentad::dialect::lsf {

namespace {

// Job conditions: done(1) && (ended("a*") || !exit(3)), read by recursive descent.
class Expression {
 public:
  explicit Expression(std::string_view text) : text_(text) {}

  bool read(Condition& to) {
    bool sound = read_list(to, 0);
    skip();
    return sound && at_ == text_.size();
  }
  const std::string& reason() const { return reason_; }

 private:
  static constexpr int kMaxDepth = 50;

  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view word) {
    skip();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool no(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
    return false;
  }

  bool read_list(Condition& to, int depth) {
    if (depth > kMaxDepth) return no("too many brackets");
    Condition any;
    any.kind = DependencyKind::any;
    do {
      Condition all;
      all.kind = DependencyKind::all;
      do {
        Condition one;
        if (!read_one(one, depth)) return false;
        all.of.push_back(std::move(one));
      } while (take("&&"));
      any.of.push_back(all.of.size() == 1 ? Condition(all.of[0]) : std::move(all));
    } while (take("||"));
    to = any.of.size() == 1 ? Condition(any.of[0]) : std::move(any);
    return true;
  }

  bool read_one(Condition& to, int depth) {
    if (take("!")) return no("`!` is not known here: write exit(ID) for not done(ID)");
    if (take("(")) return read_list(to, depth + 1) && (take(")") || no("`)` is missing"));
    skip();
    size_t end = at_;
    while (end < text_.size() && std::string_view(" ()&|,").find(text_[end]) == text_.npos) ++end;
    std::string word(text_.substr(at_, end - at_));
    at_ = end;
    if (!take("(")) return leaf(word, DependencyKind::ok, to);
    size_t close = text_.find(')', at_);
    if (close == text_.npos) return no("`)` is missing");
    std::string_view inside = trim(text_.substr(at_, close - at_));
    at_ = close + 1;
    if (word == "done" || word == "post_done") return leaf(inside, DependencyKind::ok, to);
    if (word == "ended") return leaf(inside, DependencyKind::ended, to);
    if (word == "started") return leaf(inside, DependencyKind::started, to);
    if (word == "exit" && inside.find(',') == inside.npos) {
      return leaf(inside, DependencyKind::not_ok, to);
    }
    return no(fmt::format("{}({}) is not known here", word, inside));
  }

  bool leaf(std::string_view job, DependencyKind kind, Condition& to) {
    std::string name(job);
    std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
    if (name.empty()) return no("a condition names no job");
    to.kind =
        name.ends_with("[*]") && kind == DependencyKind::ok ? DependencyKind::elementwise : kind;
    if (name.ends_with("[*]")) name.resize(name.size() - 3);
    to.is_name = name.find_first_not_of("0123456789[]") != name.npos;
    to.job = std::move(name);
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string reason_;
};

}  // namespace

void name(Target& t, std::string_view value) {
  size_t open = value.find('[');
  if (open == value.npos) return set_text<&Job::name>(t, value);
  size_t close = value.find(']', open);
  if (close == value.npos) return t.refuse("`]` is missing");
  std::string_view rest = value.substr(close + 1);
  if (!rest.empty() && rest[0] != '%') return t.refuse("only %N may follow `]`");
  std::string indices(value.substr(open + 1, close - open - 1));
  if (!t.take(t.job.array, parse_array(indices + std::string(rest)))) return;
  if (t.job.array->indices.contains(0)) return t.refuse("indices start at 1");
  if (open > 0) t.set(t.job.name, std::string(value.substr(0, open)));
}

void slots(Target& t, std::string_view value) {
  size_t comma = value.find(',');
  Result<int64_t> min = parse_positive(value.substr(0, comma));
  Result<int64_t> max = comma == value.npos ? min : parse_positive(value.substr(comma + 1));
  if (!min || !max || *min > *max) {
    return t.refuse(fmt::format("`{}` is not a number of slots", value));
  }
  t.set(t.part().tasks, CountRange{*min, *max});
}

void walltime(Target& t, std::string_view value) {
  if (t.take(t.job.walltime, parse_lsf_time(value)) && value.find('/') != value.npos) {
    t.approximate("the host that time is measured on is left out");
  }
}

void memory_limit(Target& t, std::string_view value) {
  Result<Bytes> bytes = parse_lsf_size(value, t.site.lsf_limit_unit_bytes);
  if (!bytes) return t.refuse(bytes.error().message);
  bool has_unit = value.find_first_not_of("0123456789.") != value.npos;
  if (!has_unit && bytes->value < int64_t{16} << 20) {
    t.approximate(fmt::format("{} is little: LSF counts in KB unless the site says otherwise",
                              size_text(*bytes)));
  }
  // A limit, not a reservation: what rusage reserves goes first.
  Given<Memory>& field = t.part().virtual_memory;
  t.set(field, Memory{*bytes, Scope::task});
}

void gpu(Target& t, std::string_view value) {
  Gpus g;
  g.count = 1;
  if (value != "-") {
    for (std::string_view part : split(value, ':')) {
      size_t equals = part.find('=');
      std::string_view key = part.substr(0, equals);
      std::string_view item = equals == part.npos ? "" : part.substr(equals + 1);
      const Option* row = find_option(lsf_gpu(), key);
      if (!row || item.empty()) {
        return t.refuse(
            fmt::format("`{}` is not known of GPUs{}", part, row ? ": it needs a value" : ""));
      }
      if (row->effect == Effect::ignored) t.ignore(fmt::format("{}: {}", key, row->reason));
      if (key == "num") {
        size_t slash = item.find('/');
        Result<int64_t> n = parse_positive(item.substr(0, slash));
        if (!n) return t.refuse(n.error().message);
        g.count = *n;
        if (slash != item.npos && item.substr(slash) == "/task") g.scope = Scope::task;
      }
      if (key == "mode") g.mode = item;
      if (key == "mps") g.mps = item.starts_with("yes");
      if (key == "gmodel") g.type = item;
    }
  }
  t.set(t.part().gpus, std::vector<Gpus>{g});
}

void dependency(Target& t, std::string_view value) {
  Expression expression(value);
  Condition condition;
  if (!expression.read(condition)) {
    return t.refuse(expression.reason().empty() ? "the expression cannot be read"
                                                : expression.reason());
  }
  t.set(t.job.dependency, std::move(condition));
}

void hosts(Target& t, std::string_view value) {
  Texts hosts;
  for (std::string_view host : split(value, ' ')) {
    size_t plus = host.find('+');
    if (host == "others" || host.starts_with("others+")) {
      t.approximate("`others` is not known here: the hosts named are used");
      continue;
    }
    if (plus != host.npos || host.ends_with('!'))
      t.approximate("preferences among hosts are left out");
    host = host.substr(0, plus);
    if (host.ends_with('!')) host.remove_suffix(1);
    if (!host.empty()) hosts.emplace_back(host);
  }
  if (hosts.empty()) return t.refuse("it names no host");
  t.set(t.part().hosts, std::move(hosts));
}

void environment(Target& t, std::string_view value) {
  Environment e;
  Texts words;
  e.set = parse_assignments(value, words);
  for (const std::string& word : words) {
    if (word == "all") {
      e.mode = ExportMode::all;
    } else if (word == "none") {
      e.mode = ExportMode::none;
    } else if (word[0] == '~') {
      e.removed.push_back(word.substr(1));
    } else {
      e.names.push_back(word);
      e.mode = e.mode == ExportMode::all ? ExportMode::all : ExportMode::list;
    }
  }
  t.set(t.job.environment, std::move(e));
}

void whole_nodes(Target& t, std::string_view value) {
  Result<int64_t> count = parse_positive(value);
  if (!count) return t.refuse(count.error().message);
  t.set(t.part().nodes, CountRange{*count, *count});
  t.set(t.part().sharing, Sharing::whole_node);
}

void exit_codes(Target& t, std::string_view value) {
  std::vector<int32_t> codes;
  for (std::string_view word : split(value, ' ')) {
    if (word.empty()) continue;
    Result<int64_t> code = parse_whole(word);
    if (!code || *code > 255) return t.refuse(fmt::format("`{}` is not an exit code", word));
    codes.push_back(static_cast<int32_t>(*code));
  }
  t.set(t.job.requeue_exit_codes, std::move(codes));
}

void before_end_signal(Target& t, std::string_view value) {
  Result<int32_t> number = parse_signal(value);
  if (!number) return t.refuse(number.error().message);
  Signal& s = t.change(t.job.signal);
  s.number = *number;
  s.to = SignalTo::both;
}

void before_end_time(Target& t, std::string_view value) {
  Result<TimeSpan> lead = parse_lsf_time(value);
  if (!lead) return t.refuse(lead.error().message);
  Signal& s = t.change(t.job.signal);
  s.before_end_s = lead->duration_s;
  s.to = SignalTo::both;
}

std::string neutral_path(std::string_view path) {
  std::string out;
  for (size_t i = 0; i < path.size(); ++i) {
    char next = i + 1 < path.size() ? path[i + 1] : ' ';
    bool is_token = path[i] == '%' && (next == 'J' || next == 'I' || next == 'U');
    if (!is_token) {
      if (path[i] == '{') out += '{';
      out += path[i];
      continue;
    }
    ++i;
    out += next == 'J' ? "{array_job}" : next == 'I' ? "{array}" : "{user}";
  }
  return out;
}

}  // namespace pentad::dialect::lsf
