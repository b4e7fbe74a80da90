// Two tenants with people in every role, for the tests of rights and of attacks.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "api/types.h"
#include "app/test_centre.h"
#include "tenancy/names.h"

namespace pentad::app {

inline event::What tenant(const std::string& name) {
  return event::PutTenant{{name, normal_name(name)->key, "title of " + name, {}}, true};
}
inline event::What project(const std::string& tenant, const std::string& name) {
  return event::PutProject{{tenant, name, normal_name(name)->key, "", {}}, true};
}
inline event::What role(const std::string& user, Role role, const std::string& tenant = {},
                        const std::string& project = {}) {
  return event::GrantRole{{user, role, tenant, project}};
}

// Two tenants with people in every role. Each user is called as their role.
struct City {
  TestCentre centre;
  std::map<std::string, std::string> tokens;

  City() {
    for (const char* user : {"boss", "finance", "auditor", "city-auditor", "admin", "manager",
                             "member", "colleague", "foreign-admin", "foreign-member", "nothing"}) {
      tokens[user] = centre.token_of(user);
    }
    centre.tell({tenant("city"), tenant("port"), project("city", "vision"),
                 project("city", "speech"), project("port", "cranes"),
                 role("boss", Role::centre_operator), role("finance", Role::finance),
                 role("auditor", Role::auditor), role("city-auditor", Role::auditor, "city"),
                 role("admin", Role::tenant_admin, "city"),
                 role("manager", Role::project_manager, "city", "vision"),
                 role("member", Role::member, "city", "vision"),
                 role("colleague", Role::member, "city", "vision"),
                 role("foreign-admin", Role::tenant_admin, "port"),
                 role("foreign-member", Role::member, "port", "cranes")});
  }

  net::Response as(const std::string& user, net::Method method, std::string_view target,
                   std::string body = {}) {
    return centre.call_as(tokens.at(user), method, target, std::move(body));
  }
  net::Response get(const std::string& user, std::string_view target) {
    return as(user, net::Method::get, target);
  }
  int64_t submit(const std::string& user, const std::string& more = {}) {
    net::Response made = as(user, net::Method::post, "/api/v1/jobs",
                            R"({"argv":["/bin/true"],"hold":true)" + more + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return from_json<api::Submitted>(made.body)->jobs.at(0);
  }
  std::vector<RoleGrant> roles(const std::string& user) {
    return centre.core().directory()->roles_of(user);
  }
};

// By the router: their roles have nowhere the permission that the endpoint asks for.
inline bool is_refused(const net::Response& response) {
  return response.status == 403 &&
         response.body.find("it needs the permission") != std::string::npos;
}

}  // namespace pentad::app
