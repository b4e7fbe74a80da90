// Events about people: tenants, projects, users and their roles. Secrets (passwords, tokens) are
// never part of an event.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "model/money.h"
#include "model/people.h"

namespace pentad::event {

// Makes a tenant, or changes the one of that name.
struct PutTenant {
  static constexpr std::string_view type_name = "put_tenant";
  Tenant tenant;
  bool is_new = false;  // refused when there is one
};
BOOST_DESCRIBE_STRUCT(PutTenant, (), (tenant, is_new))

struct PutProject {
  static constexpr std::string_view type_name = "put_project";
  Project project;
  bool is_new = false;
};
BOOST_DESCRIBE_STRUCT(PutProject, (), (project, is_new))

struct PutUser {
  static constexpr std::string_view type_name = "put_user";
  User user;
  bool is_new = false;
};
BOOST_DESCRIBE_STRUCT(PutUser, (), (user, is_new))

struct GrantRole {
  static constexpr std::string_view type_name = "grant_role";
  RoleGrant grant;
};
BOOST_DESCRIBE_STRUCT(GrantRole, (), (grant))

struct RevokeRole {
  static constexpr std::string_view type_name = "revoke_role";
  RoleGrant grant;
};
BOOST_DESCRIBE_STRUCT(RevokeRole, (), (grant))

// Something that the audit log shall know and that changes nothing here: a sign-in, a sign-in that
// failed, a token made or ended, an export read. `what` is a word such as "sign-in".
struct Note {
  static constexpr std::string_view type_name = "note";
  std::string what;
  std::string subject;  // the user, token or record it is about
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(Note, (), (what, subject, detail))

}  // namespace pentad::event
