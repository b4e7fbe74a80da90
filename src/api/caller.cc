#include "api/caller.h"

namespace pentad::api {

namespace {

bool in_scopes(const Caller& caller, Permission permission) {
  return !caller.scopes || caller.scopes->test(static_cast<size_t>(permission));
}

}  // namespace

bool Caller::may(Permission permission, const Target& target) const {
  return in_scopes(*this, permission) && allowed(user, roles, permission, target);
}

bool Caller::may_somewhere(Permission permission) const {
  return in_scopes(*this, permission) && allowed_somewhere(roles, permission);
}

bool Caller::may_everywhere(Permission permission) const {
  return in_scopes(*this, permission) && allowed_everywhere(roles, permission);
}

bool Caller::may_about(Permission permission, std::string_view whose,
                       std::string_view project) const {
  const size_t slash = project.find('/');
  if (slash == std::string_view::npos) return may(permission, {{}, {}, whose});
  return may(permission, {project.substr(0, slash), project.substr(slash + 1), whose});
}

std::optional<store::JobScope> Caller::scope_of(Permission permission) const {
  if (may_everywhere(permission)) return {};
  store::JobScope scope;
  scope.user = user;
  for (const RoleGrant& role : roles) {
    if (role.tenant.empty()) continue;
    const std::string_view project = role.project.empty() ? "*" : std::string_view(role.project);
    // Would a job of somebody else there be shown because of this role?
    if (!allowed(user, {&role, 1}, permission, {role.tenant, project, "*"})) continue;
    if (role.project.empty()) {
      scope.tenants.push_back(role.tenant);
    } else {
      scope.projects.push_back(full_name(role.tenant, role.project));
    }
  }
  return scope;
}

}  // namespace pentad::api
