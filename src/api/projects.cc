#include "api/projects.h"

#include <fmt/format.h>

#include <vector>

namespace pentad::api {

namespace {

Problem unknown(const std::string& project, std::string_view user, const std::string& at) {
  Problem p = problem_of(Refusal{RefusalCode::unknown_project, at + "/project",
                                 fmt::format("{} is no member of a project {}", user, project)});
  p.hint = "`pentad whoami` lists the projects";
  return p;
}

}  // namespace

std::optional<Problem> take_project(const Caller& caller, std::string_view user,
                                    std::string& project, const std::string& at) {
  const Directory& directory = *caller.directory;
  if (directory.tenants().empty()) return {};
  if (const auto parts = split_full_name(project)) {
    // An operator's word is enough; the core still refuses what is not there.
    if (caller.may_everywhere(Permission::job_submit_for)) return {};
    if (directory.is_member(user, parts->first, parts->second)) return {};
    return unknown(project, user, at);
  }
  std::vector<std::string> found;
  for (const Project* own : directory.projects_of(user)) {
    if (project.empty() || own->name == project) found.push_back(full_name(own->tenant, own->name));
  }
  if (found.size() == 1) project = found[0];
  if (found.size() <= 1) return {};
  std::string names;
  for (const std::string& name : found) names += (names.empty() ? "" : ", ") + name;
  Problem p = problem_of(Refusal{RefusalCode::unknown_project, at + "/project",
                                 fmt::format("{} has several such projects", user)});
  p.hint = "name one of " + names;
  return p;
}

}  // namespace pentad::api
