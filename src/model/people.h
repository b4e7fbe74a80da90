// Who computes here: tenants, their projects and the people in them, with their roles. What each
// role may do stands in tenancy/permissions.h.
#pragma once

#include <boost/describe.hpp>
#include <string>

#include "base/ids.h"
#include "base/units.h"

namespace pentad {

// active: all is as it should be. frozen: what runs runs on, nothing new is taken or started.
// closed: likewise, and never opened again.
BOOST_DEFINE_ENUM_CLASS(AccountState, active, frozen, closed)

// `name` is what people type and read, in NFC; `key` is its NFKC case-folded form, made by whoever
// sends the event: two names with one key are the same name in two spellings and are refused.
struct Tenant {
  std::string name;
  std::string key;
  std::string title;
  AccountState state = AccountState::active;
  bool operator==(const Tenant&) const = default;
};
BOOST_DESCRIBE_STRUCT(Tenant, (), (name, key, title, state))

// A project's full name, by which jobs, prices and statements call it, is "tenant/name".
struct Project {
  std::string tenant;
  std::string name;
  std::string key;
  std::string title;
  AccountState state = AccountState::active;
  bool operator==(const Project&) const = default;
};
BOOST_DESCRIBE_STRUCT(Project, (), (tenant, name, key, title, state))

// `unix_user` is who their jobs run as on the machines; empty: a user of that name.
struct User {
  std::string name;
  std::string key;
  std::string title;
  std::string email;
  std::string unix_user;
  AccountState state = AccountState::active;
  bool operator==(const User&) const = default;
};
BOOST_DESCRIBE_STRUCT(User, (), (name, key, title, email, unix_user, state))

// centre_operator, finance and auditor are of the whole centre; an auditor can also be of one
// tenant. tenant_admin has a tenant; project_manager and member have a tenant and a project.
BOOST_DEFINE_ENUM_CLASS(Role, centre_operator, finance, auditor, tenant_admin, project_manager,
                        member)

struct RoleGrant {
  std::string user;
  Role role = Role::member;
  std::string tenant;   // empty: of the whole centre
  std::string project;  // name within the tenant; empty: of the whole tenant
  auto operator<=>(const RoleGrant&) const = default;
};
BOOST_DESCRIBE_STRUCT(RoleGrant, (), (user, role, tenant, project))

}  // namespace pentad
