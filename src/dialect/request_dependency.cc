// Dependencies of the neutral job as the core holds them: by number. Whoever can ask the centre
// puts numbers in the place of names first.
#include <fmt/format.h>

#include "dialect/to_request.h"
#include "dialect/values.h"

namespace pentad::dialect {

namespace {

class Resolver {
 public:
  Resolver(const Translation& t, std::vector<Record>& out) : t_(t), out_(out) {}

  // False after a refusal.
  bool resolve(const Condition& from, Dependency& to) {
    to.kind = from.kind;
    to.delay = seconds(from.delay_s);
    if (from.kind == DependencyKind::all || from.kind == DependencyKind::any) return list(from, to);
    if (from.kind == DependencyKind::singleton) return true;
    if (from.is_name) return no(fmt::format("`{}`: give the number of the job", from.job));
    return numbered(from, to);
  }

 private:
  bool no(std::string reason) {
    out_.push_back({t_.job.dependency.origin, "dependency", Effect::refused, std::move(reason)});
    return false;
  }

  bool list(const Condition& from, Dependency& to) {
    for (const Condition& one : from.of) {
      if (!resolve(one, to.of.emplace_back())) return false;
    }
    return true;
  }

  bool numbered(const Condition& from, Dependency& to) {
    size_t end = from.job.find_first_not_of("0123456789");
    Result<int64_t> id = parse_positive(std::string_view(from.job).substr(0, end));
    if (!id) return no(fmt::format("`{}` is not the number of a job", from.job));
    to.job = JobId{*id};
    std::string_view rest = end == from.job.npos ? "" : std::string_view(from.job).substr(end);
    if (rest.empty()) return true;
    rest.remove_prefix(1);
    Result<int64_t> element = parse_whole(rest.substr(0, rest.find_first_not_of("0123456789")));
    bool names_server = t_.dialect == Dialect::pbspro || t_.dialect == Dialect::torque;
    if (element && (from.job[end] != '.' || !names_server)) to.element = *element;
    return true;
  }

  const Translation& t_;
  std::vector<Record>& out_;
};

}  // namespace

std::optional<Dependency> resolve_dependency(const Translation& translation,
                                             std::vector<Record>& deviations) {
  if (!translation.job.dependency) return {};
  Dependency found;
  if (!Resolver(translation, deviations).resolve(*translation.job.dependency, found)) {
    return {};
  }
  return found;
}

}  // namespace pentad::dialect
