#include "cli/named_jobs.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include "api/job_views.h"
#include "cli/table.h"

namespace pentad::cli {

namespace {

using dialect::Condition;

class Resolver {
 public:
  Resolver(Session& session, const std::string& user, dialect::Translation& translation)
      : session_(session), user_(user), t_(translation) {}

  void resolve(Condition& condition) {
    for (Condition& one : condition.of) resolve(one);
    if (!condition.is_name) return;
    std::string name = condition.job, element;
    if (size_t open = name.rfind('['); open != name.npos && name.ends_with(']')) {
      element = name.substr(open);
      name.resize(open);
    }
    std::vector<int64_t> found = jobs_named(name);
    if (found.empty() && t_.dialect != dialect::Dialect::sge) {
      return refuse(fmt::format("there is no job called `{}`", printable(name)));
    }
    Condition all;
    all.kind = DependencyKind::all;
    for (int64_t job : found) {
      Condition& one = all.of.emplace_back(condition);
      one.is_name = false;
      one.job = std::to_string(job) + element;
    }
    condition = all.of.size() == 1 ? Condition(all.of[0]) : std::move(all);
  }

 private:
  void refuse(std::string reason) {
    t_.records.push_back(
        {t_.job.dependency.origin, "dependency", dialect::Effect::refused, std::move(reason)});
  }

  std::vector<int64_t> jobs_named(const std::string& pattern) {
    bool is_pattern = pattern.find_first_of("*?") != pattern.npos;
    std::string exact = is_pattern ? "" : "&name=" + net::percent_encode(pattern);
    auto fits = [&](const api::JobSummary& job) {
      return fnmatch(pattern.c_str(), job.name.c_str(), FNM_NOESCAPE) == 0;
    };
    std::vector<int64_t> out;
    std::string cursor;
    for (const char* state : {"active", "finished"}) {
      cursor.clear();
      do {
        auto page = session_.get<api::JobPage>(
            fmt::format("/jobs?state={}&user={}{}&sort=-id&limit=1000{}", state,
                        net::percent_encode(user_), exact, cursor));
        for (const api::JobSummary& job : page.jobs) {
          if (!fits(job)) continue;
          out.push_back(job.id);
          if (state == std::string_view("finished")) return out;
        }
        cursor = page.next ? "&cursor=" + net::percent_encode(*page.next) : "";
      } while (!cursor.empty());
      if (!out.empty()) return out;
    }
    return out;
  }

  Session& session_;
  const std::string& user_;
  dialect::Translation& t_;
};

// A list of nobody holds at once.
bool is_nothing(const Condition& condition) {
  return condition.of.empty() && condition.job.empty() && condition.kind == DependencyKind::all;
}

void drop_nothing(Condition& condition) {
  for (Condition& one : condition.of) drop_nothing(one);
  std::erase_if(condition.of, is_nothing);
}

}  // namespace

void resolve_names(Session& session, const std::string& user, dialect::Translation& translation) {
  dialect::Given<Condition>& dependency = translation.job.dependency;
  if (!dependency) return;
  size_t before = translation.records.size();
  Resolver(session, user, translation).resolve(dependency.value);
  if (translation.records.size() > before) dependency = {};  // one refusal is enough
  drop_nothing(dependency.value);
  if (!dependency || !is_nothing(dependency.value)) return;
  translation.records.push_back({dependency.origin, "dependency", dialect::Effect::approximated,
                                 "no job is called so: there is nothing to wait for"});
  dependency = {};
}

}  // namespace pentad::cli
