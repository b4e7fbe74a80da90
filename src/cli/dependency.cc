#include "cli/dependency.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "cli/units.h"

namespace pentad::cli {

namespace {

constexpr int kMaxDepth = 16;

// Recursive descent: any := all ('|' all)*, all := term ((',' | '&') term)*, term := '(' any ')' |
// leaf.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<api::JobDependency> parse() {
    api::JobDependency d;
    if (!any(d, 0)) return fail(ErrorCode::invalid, problem_);
    skip();
    if (at_ < text_.size()) {
      complain(fmt::format("`{}` is left over", text_.substr(at_)));
      return fail(ErrorCode::invalid, problem_);
    }
    return d;
  }

 private:
  bool complain(std::string what) {
    problem_ = fmt::format(
        "`{}` is no condition on other jobs: {}; write it like ok:12, ended:12|ok:13", text_, what);
    return false;
  }

  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take(char c) {
    skip();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool list(api::JobDependency& d, int depth, DependencyKind kind) {
    bool is_any = kind == DependencyKind::any;
    std::vector<api::JobDependency> parts(1);
    if (!(is_any ? list(parts[0], depth, DependencyKind::all) : term(parts[0], depth)))
      return false;
    while (is_any ? take('|') : take(',') || take('&')) {
      parts.emplace_back();
      if (!(is_any ? list(parts.back(), depth, DependencyKind::all) : term(parts.back(), depth))) {
        return false;
      }
    }
    if (parts.size() == 1) {
      d = std::move(parts[0]);
    } else {
      d.kind = kind;
      d.of = std::move(parts);
    }
    return true;
  }

  bool any(api::JobDependency& d, int depth) {
    if (depth > kMaxDepth) return complain("brackets are nested too deeply");
    return list(d, depth, DependencyKind::any);
  }

  bool term(api::JobDependency& d, int depth) {
    if (!take('(')) return leaf(d);
    return any(d, depth + 1) && (take(')') || complain("a bracket is not closed"));
  }

  bool leaf(api::JobDependency& d) {
    skip();
    size_t end = text_.find_first_of(",&|()", at_);
    std::string_view word = text_.substr(at_, end == text_.npos ? text_.npos : end - at_);
    at_ += word.size();
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (word == "singleton") {
      d.kind = DependencyKind::singleton;
      return true;
    }
    std::string_view target = word;
    if (size_t colon = word.find(':'); colon != word.npos) {
      if (!kind(word.substr(0, colon), d.kind)) return false;
      target.remove_prefix(colon + 1);
    }
    if (size_t plus = target.find('+'); plus != target.npos && d.kind == DependencyKind::started) {
      Result<Duration> delay = parse_duration(target.substr(plus + 1));
      if (!delay) return complain(delay.error().message);
      d.delay_s = delay->value / 1000;
      target = target.substr(0, plus);
    }
    return job(target, d);
  }

  bool kind(std::string_view name, DependencyKind& kind) {
    if (name == "each") name = "elementwise";
    std::string word(name);
    bool known = boost::describe::enum_from_string(word.c_str(), kind) &&
                 kind != DependencyKind::all && kind != DependencyKind::any;
    return known || complain(fmt::format("`{}` is none of ok, not_ok, ended, started, each", name));
  }

  bool job(std::string_view text, api::JobDependency& d) {
    auto number = [&](std::string_view digits, std::optional<int64_t>& out) {
      int64_t value = 0;
      auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return false;
      out = value;
      return true;
    };
    size_t underscore = text.find('_');
    bool valid = number(text.substr(0, underscore), d.job) && *d.job > 0;
    if (underscore != text.npos) valid = valid && number(text.substr(underscore + 1), d.element);
    return valid || complain(fmt::format("`{}` is no job number", text));
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string problem_;
};

}  // namespace

Result<api::JobDependency> parse_dependency(std::string_view text) { return Parser(text).parse(); }

}  // namespace pentad::cli
