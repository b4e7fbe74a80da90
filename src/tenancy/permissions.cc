#include "tenancy/permissions.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace pentad {

namespace {

constexpr Reach N = Reach::none, O = Reach::own, P = Reach::project, T = Reach::tenant,
                C = Reach::centre;

// Columns: anyone, centre_operator, finance, auditor, tenant_admin, project_manager, member.
constexpr PermissionRow kTable[] = {
    {Permission::open, "Whether the centre lives, its API document, signing in", C, C, C, C, C, C,
     C},
    {Permission::own_view, "See who one is, one's sessions and tokens", O, O, O, O, O, O, O},
    {Permission::own_change,
     "Change one's password and second factor, make and end one's tokens and sessions", O, O, O, O,
     O, O, O},
    {Permission::centre_view, "See nodes, pools, device models, applications, the centre's state",
     C, C, C, C, C, C, C},
    {Permission::job_view, "See jobs, their attempts and events", O, C, C, C, T, P, O},
    {Permission::job_content, "Read scripts and output of jobs", O, C, N, C, T, P, O},
    {Permission::job_submit, "Submit jobs of one's own", N, O, N, N, O, O, O},
    {Permission::job_control, "Change, cancel, hold, release, requeue and signal jobs", N, C, N, N,
     T, P, O},
    {Permission::job_submit_for, "Submit jobs in another user's name", N, C, N, N, N, N, N},
    {Permission::job_operate, "Hold jobs so that only an operator can release them", N, C, N, N, N,
     N, N},
    {Permission::node_operate, "Drain, stop, resume and calibrate nodes", N, C, N, N, N, N, N},
    {Permission::reservation_view,
     "See advance reservations; those without the permission see when, not for whom", O, C, N, C, O,
     O, O},
    {Permission::reservation_change, "Make and delete advance reservations", N, C, N, N, N, N, N},
    {Permission::metrics_view, "Read the figures for Prometheus", N, C, N, C, N, N, N},
    {Permission::tenant_view, "See tenants", N, C, C, C, T, T, T},
    {Permission::tenant_change, "Make, freeze and close tenants", N, C, N, N, N, N, N},
    {Permission::project_view, "See projects", N, C, C, C, T, P, P},
    {Permission::project_change, "Make, freeze and close projects", N, C, N, N, T, N, N},
    {Permission::user_view, "See users", O, C, C, C, T, T, O},
    {Permission::user_change, "Make, freeze and close users, set their passwords anew", N, C, N, N,
     N, N, N},
    {Permission::role_view, "See who has which role", O, C, C, C, T, P, O},
    {Permission::role_change,
     "Give and take roles: within the tenant, or membership of the project", N, C, N, N, T, P, N},
    {Permission::session_end, "See and end the sessions and tokens of others", N, C, N, N, N, N, N},
    {Permission::price_view, "See prices; those of one tenant only in that tenant", C, C, C, C, C,
     C, C},
    {Permission::price_change, "Set and end prices", N, C, C, N, N, N, N},
    {Permission::money_view, "See balances, entries and charges", O, C, C, C, T, P, O},
    {Permission::money_change, "Top up, correct, set credit lines", N, C, C, N, N, N, N},
    {Permission::budget_change, "Set budgets of projects", N, C, C, N, T, N, N},
    {Permission::quota_view, "See quotas", O, C, C, C, T, P, P},
    {Permission::quota_change, "Set quotas", N, C, N, N, N, N, N},
    {Permission::voucher_view, "See vouchers", N, C, C, C, T, P, P},
    {Permission::voucher_change, "Issue and cancel vouchers", N, C, C, N, N, N, N},
    {Permission::grant_apply, "Apply for grants", N, C, N, N, T, P, N},
    {Permission::grant_review, "Open calls, review applications, award grants", N, C, C, N, N, N,
     N},
    {Permission::statement_view, "See statements", N, C, C, C, T, P, N},
    {Permission::statement_close, "Close statements", N, C, C, N, N, N, N},
    {Permission::meter, "Charge use that was metered elsewhere", N, C, C, N, N, N, N},
    {Permission::audit_view, "Read and export the audit log of the whole centre", N, C, N, C, N, N,
     N},
    {Permission::backup, "Take backups", N, C, N, N, N, N, N},
};
static_assert(std::size(kTable) == kPermissions);

constexpr bool rows_in_order() {
  for (size_t i = 0; i < std::size(kTable); ++i) {
    if (static_cast<size_t>(kTable[i].permission) != i) return false;
  }
  return true;
}
static_assert(rows_in_order());

const PermissionRow& row_of(Permission permission) {
  return kTable[static_cast<size_t>(permission)];
}

bool covers(const RoleGrant& grant, const Target& target) {
  if (grant.tenant.empty()) return true;
  return grant.tenant == target.tenant &&
         (grant.project.empty() || grant.project == target.project);
}

bool reaches(Reach reach, std::string_view user, const RoleGrant& grant, const Target& target) {
  switch (reach) {
    case Reach::none:
      return false;
    case Reach::own:
      return !target.user.empty() && target.user == user;
    case Reach::project:
      return !target.tenant.empty() && covers(grant, target);
    case Reach::tenant:  // also for a role in one project of it
      return !target.tenant.empty() && grant.tenant == target.tenant;
    case Reach::centre:
      return covers(grant, target);
  }
  return false;
}

}  // namespace

Reach PermissionRow::of(Role role) const {
  switch (role) {
    case Role::centre_operator:
      return centre_operator;
    case Role::finance:
      return finance;
    case Role::auditor:
      return auditor;
    case Role::tenant_admin:
      return tenant_admin;
    case Role::project_manager:
      return project_manager;
    case Role::member:
      return member;
  }
  return Reach::none;
}

std::span<const PermissionRow> permission_table() { return kTable; }

bool allowed(std::string_view user, std::span<const RoleGrant> roles, Permission permission,
             const Target& target) {
  PENTAD_ASSERT(permission != Permission::open, "nobody is asked for that");
  const PermissionRow& row = row_of(permission);
  if (row.anyone == Reach::centre) return true;
  if (row.anyone == Reach::own && !target.user.empty() && target.user == user) return true;
  return std::any_of(roles.begin(), roles.end(), [&](const RoleGrant& grant) {
    return reaches(row.of(grant.role), user, grant, target);
  });
}

bool allowed_somewhere(std::span<const RoleGrant> roles, Permission permission) {
  const PermissionRow& row = row_of(permission);
  if (row.anyone != Reach::none) return true;
  return std::any_of(roles.begin(), roles.end(),
                     [&](const RoleGrant& grant) { return row.of(grant.role) != Reach::none; });
}

bool allowed_everywhere(std::span<const RoleGrant> roles, Permission permission) {
  const PermissionRow& row = row_of(permission);
  if (row.anyone == Reach::centre) return true;
  return std::any_of(roles.begin(), roles.end(), [&](const RoleGrant& grant) {
    return row.of(grant.role) == Reach::centre && grant.tenant.empty();
  });
}

std::vector<RoleGrant> effective_roles(const Directory& directory, std::string_view user) {
  std::vector<RoleGrant> roles = directory.roles_of(user);
  if (roles.empty() && directory.tenants().empty() && directory.find_user(user)) {
    roles.push_back({std::string(user), Role::member, "", ""});
  }
  return roles;
}

std::optional<PermissionSet> scopes_from(const std::vector<std::string>& words) {
  PermissionSet set;
  for (const std::string& word : words) {
    Permission one{};
    if (word == "all") {
      set.set();
    } else if (word == "read" || word == "jobs") {
      for (const PermissionRow& row : kTable) {
        const std::string_view name = boost::describe::enum_to_string(row.permission, "");
        const bool reads = name.ends_with("_view") || row.permission == Permission::job_content;
        const bool of_jobs =
            row.permission == Permission::job_view || row.permission == Permission::job_content ||
            row.permission == Permission::job_submit || row.permission == Permission::job_control ||
            row.permission == Permission::centre_view || row.permission == Permission::price_view ||
            row.permission == Permission::own_view;
        if (word == "read" ? reads : of_jobs) set.set(static_cast<size_t>(row.permission));
      }
    } else if (boost::describe::enum_from_string(word.c_str(), one)) {
      set.set(static_cast<size_t>(one));
    } else {
      return {};
    }
  }
  set.set(static_cast<size_t>(Permission::open));
  if (words.empty()) return {};
  return set;
}

}  // namespace pentad
