// What each role may do: one table, from which the check and docs/permissions.md are made.
#pragma once

#include <bitset>
#include <boost/describe.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/people.h"
#include "tenancy/directory.h"

namespace pentad {

// What an endpoint can ask for. `open`: nothing at all, not even who asks. `own_*`: one's own
// account. A `_view` changes nothing.
BOOST_DEFINE_ENUM_CLASS(Permission, open, own_view, own_change, centre_view, job_view, job_content,
                        job_submit, job_control, job_submit_for, job_operate, node_operate,
                        reservation_view, reservation_change, metrics_view, tenant_view,
                        tenant_change, project_view, project_change, user_view, user_change,
                        role_view, role_change, session_end, price_view, price_change, money_view,
                        money_change, budget_change, quota_view, quota_change, voucher_view,
                        voucher_change, grant_apply, grant_review, statement_view, statement_close,
                        meter, audit_view, backup)

inline constexpr size_t kPermissions = static_cast<size_t>(Permission::backup) + 1;
using PermissionSet = std::bitset<kPermissions>;

// How far a role's permission reaches, within what the role was granted for: an auditor of one
// tenant reads that tenant.
BOOST_DEFINE_ENUM_CLASS(Reach, none, own, project, tenant, centre)

// What something belongs to. Things of the whole centre have no tenant; what belongs to nobody in
// particular has no user.
struct Target {
  std::string_view tenant{};
  std::string_view project{};  // name within the tenant
  std::string_view user{};
};

// May somebody with these roles do it there? `user` is their name; it decides what is their own.
// `permission` may not be `open`.
bool allowed(std::string_view user, std::span<const RoleGrant> roles, Permission permission,
             const Target& target);

// May they do it anywhere at all? Then a list can be answered, with what they may see of it.
bool allowed_somewhere(std::span<const RoleGrant> roles, Permission permission);
// May they do it everywhere?
bool allowed_everywhere(std::span<const RoleGrant> roles, Permission permission);

// What counts as a user's roles: those they were given. While the centre has no tenant there is
// nothing to be a member of: whoever has an account and no role at all computes there.
std::vector<RoleGrant> effective_roles(const Directory& directory, std::string_view user);

struct PermissionRow {
  Permission permission;
  std::string_view what;
  Reach anyone;  // who has signed in, whatever their roles
  Reach centre_operator;
  Reach finance;
  Reach auditor;
  Reach tenant_admin;
  Reach project_manager;
  Reach member;

  Reach of(Role role) const;
};

// One row each, in the order of the enumerators.
std::span<const PermissionRow> permission_table();

// What a token may do at most: words are names of permissions and "all", "read" (every `_view` and
// what jobs wrote), "jobs" (all about jobs that is no operator's, and own_view). Nothing when a
// word is unknown or there is none.
std::optional<PermissionSet> scopes_from(const std::vector<std::string>& words);

// docs/permissions.md.
std::string permissions_document();

}  // namespace pentad
