// Who is there: tenants, projects, users and the roles they hold, and the rules by which that
// changes. Part of the core's state.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/people.h"
#include "model/refusal.h"

namespace pentad {

// All of a directory, each list ascending.
struct People {
  std::vector<Tenant> tenants;
  std::vector<Project> projects;
  std::vector<User> users;
  std::vector<RoleGrant> grants;
};
BOOST_DESCRIBE_STRUCT(People, (), (tenants, projects, users, grants))

// "tenant/name", by which jobs, prices and statements call a project.
std::string full_name(std::string_view tenant, std::string_view project);
// The two parts; nothing for a name without a slash.
std::optional<std::pair<std::string, std::string>> split_full_name(std::string_view name);

class Directory {
 public:
  // --- who is there; null or empty for what is not ---
  const Tenant* find_tenant(std::string_view name) const;
  const Project* find_project(std::string_view tenant, std::string_view name) const;
  const Project* find_project(std::string_view full_name) const;
  const User* find_user(std::string_view name) const;
  // Whose jobs run as that Unix user: who says so, else the user of that name.
  const User* find_user_by_unix(std::string_view unix_user) const;
  // By the key of a name (see people.h): who has that name in any spelling.
  const User* find_user_by_key(std::string_view key) const;

  // Ascending by role, tenant, project.
  std::vector<RoleGrant> roles_of(std::string_view user) const;
  std::vector<RoleGrant> members_of(std::string_view tenant) const;  // that name the tenant
  // May the user compute in this project? Members and managers of it or of the whole tenant, and
  // the tenant's administrators.
  bool is_member(std::string_view user, std::string_view tenant, std::string_view project) const;
  // The projects the user may compute in, ascending.
  std::vector<const Project*> projects_of(std::string_view user) const;

  // The worst state of the three; nobody and nothing by that name counts as closed. An empty
  // project or user is left out.
  AccountState standing(std::string_view tenant, std::string_view project,
                        std::string_view user) const;

  const std::map<std::string, Tenant, std::less<>>& tenants() const { return tenants_; }
  const std::map<std::string, User, std::less<>>& users() const { return users_; }
  std::vector<const Project*> projects_in(std::string_view tenant) const;
  std::vector<const Project*> projects() const;
  const std::set<RoleGrant>& grants() const { return grants_; }
  bool empty() const { return users_.empty() && tenants_.empty(); }
  int64_t operators() const;  // active users who are centre_operator

  // --- changes: the reason why not, or none ---
  std::optional<Refusal> put(const Tenant& tenant, bool is_new);
  std::optional<Refusal> put(const Project& project, bool is_new);
  std::optional<Refusal> put(const User& user, bool is_new);
  std::optional<Refusal> grant(const RoleGrant& grant);  // one that is there already is no error
  std::optional<Refusal> revoke(const RoleGrant& grant);

  // --- as values, for the snapshot ---
  People people() const;
  // Fails (corrupt) when the lists contradict each other.
  static Result<Directory> restore(People people);
  // What should hold and does not; empty when all does.
  std::vector<std::string> check_invariants() const;

 private:
  using Pair = std::pair<std::string, std::string>;

  std::optional<Refusal> check_grant(const RoleGrant& grant) const;
  bool is_last_operator(std::string_view user) const;

  std::map<std::string, Tenant, std::less<>> tenants_;
  std::map<Pair, Project> projects_;  // by tenant and name
  std::map<std::string, User, std::less<>> users_;
  std::set<RoleGrant> grants_;  // by user first

  // Names in use by their keys: two spellings of one name are one.
  std::map<std::string, std::string, std::less<>> tenant_keys_;
  std::map<Pair, std::string> project_keys_;
  std::map<std::string, std::string, std::less<>> user_keys_;
  std::map<std::string, std::string, std::less<>> unix_users_;  // that users name, to the user
};

}  // namespace pentad
