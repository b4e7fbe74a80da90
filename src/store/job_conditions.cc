#include "store/job_conditions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "base/json_text.h"
#include "store/row_codes.h"
#include "store/storable.h"

namespace pentad::store {

namespace {

// The condition whose index finds the rows; the others only test what it found. Statistics would
// tell the database as much, but they would have to be kept; these rules hold for what jobs are
// like.
enum class Driver {
  none,
  ids,
  name,
  live_states,
  user,
  name_prefix,
  application,
  project,
  states,
  tested,  // never chosen
};

bool are_live(const std::vector<JobState>& states) {
  return !states.empty() && std::none_of(states.begin(), states.end(), is_final);
}

// Most rows are completed jobs: to find those by state and then sort them would read nearly all.
bool are_few(const std::vector<JobState>& states, JobSort sort) {
  if (states.size() == 1 && (sort == JobSort::id || sort == JobSort::submitted)) return true;
  return !states.empty() &&
         std::find(states.begin(), states.end(), JobState::completed) == states.end();
}

Driver driver_of(const JobFilter& f, JobSort sort) {
  if (!f.ids.empty()) return Driver::ids;
  if (f.name) return Driver::name;
  if (are_live(f.states)) return Driver::live_states;
  if (f.user || (f.scope && f.scope->projects.empty() && f.scope->tenants.empty())) {
    return Driver::user;
  }
  if (f.name_prefix && !f.name_prefix->empty()) return Driver::name_prefix;
  if (f.application && !f.application->empty()) return Driver::application;
  if (f.project) return Driver::project;
  if (are_few(f.states, sort)) return Driver::states;
  return Driver::none;
}

// The least text above every text that begins with `prefix`; empty when there is none.
std::string above(std::string prefix) {
  while (!prefix.empty()) {
    size_t at = prefix.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(prefix[at]) & 0xC0) == 0x80) --at;
    // The next code point in place of the last; the very last one has none, so drop it.
    uint32_t code = static_cast<unsigned char>(prefix[at]);
    if (code >= 0xF0) {
      code &= 0x07;
    } else if (code >= 0xE0) {
      code &= 0x0F;
    } else if (code >= 0xC0) {
      code &= 0x1F;
    }
    for (size_t i = at + 1; i < prefix.size(); ++i) {
      code = code << 6 | (static_cast<unsigned char>(prefix[i]) & 0x3F);
    }
    prefix.resize(at);
    if (code == 0x10FFFF) continue;
    append_utf8(prefix, code + 1 == 0xD800 ? 0xE000 : code + 1);
    return prefix;
  }
  return {};
}

// Ids ascend with the time of submission, so a range of times is a range of ids.
std::string first_id_from(QueryBuilder& query, Time time) {
  return fmt::format(
      "COALESCE((SELECT id FROM jobs WHERE submitted_ms >= {} ORDER BY submitted_ms, id LIMIT 1), "
      "9223372036854775807)",
      query.bind(time.value));
}

class Conditions {
 public:
  Conditions(QueryBuilder& query, const Backend& backend, Driver driver)
      : query_(query), backend_(backend), driver_(driver) {}

  void equal(std::string_view name, const std::optional<std::string>& value, Driver driver) {
    if (value) query_.require(column(name, driver) + " = " + query_.bind(*value));
  }

  template <class List, class Number>
  void any_of(std::string_view name, const List& list, Number number, Driver driver) {
    if (list.empty()) return;
    std::vector<int64_t> numbers;
    for (const auto& item : list) numbers.push_back(number(item));
    query_.require(fmt::format("{} IN ({})", column(name, driver), fmt::join(numbers, ", ")));
  }

  void prefix(const std::string& prefix) {
    if (prefix.empty()) return;
    std::string name = column("name", Driver::name_prefix);
    query_.require(name + " >= " + query_.bind(prefix));
    std::string end = above(prefix);
    if (!end.empty()) query_.require(name + " < " + query_.bind(end));
  }

  std::string column(std::string_view name, Driver driver) const {
    return driver == driver_ ? std::string(name) : backend_.without_index(name);
  }

 private:
  QueryBuilder& query_;
  const Backend& backend_;
  Driver driver_;
};

// Their own jobs by index when there is nothing else; a test of each row otherwise.
void add_scope(QueryBuilder& query, const JobScope& scope, const Conditions& add) {
  const bool own_only = scope.projects.empty() && scope.tenants.empty();
  const std::string user = add.column("user_name", own_only ? Driver::user : Driver::tested);
  const std::string in = add.column("project", Driver::tested);
  std::string any = user + " = " + query.bind(scope.user);
  for (const std::string& project : scope.projects) {
    any += " OR " + in + " = " + query.bind(project);
  }
  for (const std::string& tenant : scope.tenants) {
    // All that begins with "tenant/"; '0' follows '/'.
    any += " OR (" + in + " >= " + query.bind(tenant + "/") + " AND " + in + " < " +
           query.bind(tenant + "0") + ")";
  }
  query.require("(" + any + ")");
}

bool is_in(const JobScope& scope, const std::string& project) {
  const auto& names = scope.projects;
  if (std::find(names.begin(), names.end(), project) != names.end()) return true;
  return std::any_of(scope.tenants.begin(), scope.tenants.end(),
                     [&](const std::string& tenant) { return project.starts_with(tenant + "/"); });
}

}  // namespace

Status check_text(const JobFilter& f) {
  for (const auto* text :
       {&f.user, &f.project, &f.application, &f.name, &f.name_prefix, &f.name_part}) {
    if (*text && !is_storable(**text)) {
      return fail(ErrorCode::invalid, "the text is not UTF-8 or holds a NUL character");
    }
  }
  if (!f.scope) return {};
  bool good = is_storable(f.scope->user);
  for (const std::string& project : f.scope->projects) good = good && is_storable(project);
  for (const std::string& tenant : f.scope->tenants) good = good && is_storable(tenant);
  if (good) return {};
  return fail(ErrorCode::invalid, "the name is not UTF-8 or holds a NUL character");
}

JobFilter simplified(const JobFilter& filter) {
  JobFilter f = filter;
  if (!f.scope) return f;
  if (f.user == f.scope->user) {
    f.scope.reset();
  } else if (f.project && is_in(*f.scope, *f.project)) {
    f.scope.reset();
  } else if (f.project) {
    f.scope->projects.clear();
    f.scope->tenants.clear();
  }
  return f;
}

bool wants_branches(const JobFilter& f, JobSort sort) {
  if (!f.scope || (f.scope->projects.empty() && f.scope->tenants.empty())) return false;
  if (column_of(sort).is_text || sort == JobSort::state) return false;
  switch (driver_of(f, sort)) {
    case Driver::none:
    case Driver::states:
    case Driver::name_prefix:
    case Driver::application:
      return true;
    default:
      return false;
  }
}

std::vector<ScopeBranch> branches_of(
    const JobScope& scope,
    const std::function<std::vector<std::string>(const std::string& tenant)>& projects_of) {
  std::set<std::string> projects(scope.projects.begin(), scope.projects.end());
  for (const std::string& tenant : scope.tenants) {
    const std::vector<std::string> found = projects_of(tenant);
    projects.insert(found.begin(), found.end());
  }
  std::vector<ScopeBranch> branches{{"user_name", scope.user}};
  for (const std::string& project : projects) branches.push_back({"project", project});
  return branches;
}

SortColumn column_of(JobSort sort) {
  switch (sort) {
    case JobSort::id:
    case JobSort::submitted:
      return {"id"};
    case JobSort::ended:
      return {"ended_ms"};
    case JobSort::name:
      return {"name", true};
    case JobSort::user:
      return {"user_name", true};
    case JobSort::project:
      return {"project", true};
    case JobSort::state:
      return {"state"};
  }
  return {"id"};
}

namespace {

void add_all(QueryBuilder& query, const Backend& backend, const JobFilter& f, Driver driver) {
  Conditions add(query, backend, driver);
  add.any_of(
      "id", f.ids, [](JobId id) { return id.value; }, Driver::ids);
  add.any_of(
      "state", f.states, [](JobState s) { return code_of(s); },
      are_live(f.states) ? Driver::live_states : Driver::states);
  add.equal("user_name", f.user, Driver::user);
  add.equal("project", f.project, Driver::project);
  add.equal("application", f.application, Driver::application);
  // Lets the index be used, which leaves out jobs made from none.
  if (f.application && !f.application->empty()) query.require("application <> ''");
  add.equal("name", f.name, Driver::name);
  if (f.name_prefix) add.prefix(*f.name_prefix);
  if (f.scope) add_scope(query, *f.scope, add);
  if (f.name_part) query.require(backend.contains("name", query.bind(*f.name_part)));
  if (f.workload_class) {
    query.require("workload_class = " + query.bind(code_of(*f.workload_class)));
  }
  if (f.submitted_from) query.require("id >= " + first_id_from(query, *f.submitted_from));
  if (f.submitted_until) query.require("id < " + first_id_from(query, *f.submitted_until));
  if (f.ended_from || f.ended_until) {
    Time from = std::max(f.ended_from.value_or(Time{1}), Time{1});
    query.require("ended_ms >= " + query.bind(from.value));
  }
  if (f.ended_until) query.require("ended_ms < " + query.bind(f.ended_until->value));
}

}  // namespace

void add_conditions(QueryBuilder& query, const Backend& backend, const JobFilter& f, JobSort sort) {
  add_all(query, backend, f, driver_of(f, sort));
}

void add_tests(QueryBuilder& query, const Backend& backend, const JobFilter& f) {
  add_all(query, backend, f, Driver::none);
}

uint64_t digest_of(const JobListing& listing) {
  const JobFilter& f = listing.filter;
  Hasher hasher;
  hasher.add(f.ids.size());
  for (JobId id : f.ids) hasher.add(static_cast<uint64_t>(id.value));
  hasher.add(f.states.size());
  for (JobState state : f.states) hasher.add(static_cast<uint64_t>(state));
  for (const auto* text :
       {&f.user, &f.project, &f.application, &f.name, &f.name_prefix, &f.name_part}) {
    hasher.add(text->has_value()).add(std::string_view(text->value_or("")));
  }
  hasher.add(f.workload_class ? 1 + static_cast<uint64_t>(*f.workload_class) : 0);
  hasher.add(f.scope.has_value());
  if (f.scope) {
    hasher.add(std::string_view(f.scope->user)).add(f.scope->projects.size());
    for (const std::string& project : f.scope->projects) hasher.add(std::string_view(project));
    for (const std::string& tenant : f.scope->tenants) hasher.add(std::string_view(tenant));
  }
  for (const auto* time : {&f.submitted_from, &f.submitted_until, &f.ended_from, &f.ended_until}) {
    hasher.add(time->has_value()).add(static_cast<uint64_t>(time->value_or(Time{}).value));
  }
  return hasher.add(static_cast<uint64_t>(listing.sort)).add(listing.descending).digest();
}

}  // namespace pentad::store
