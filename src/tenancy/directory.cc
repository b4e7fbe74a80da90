#include "tenancy/directory.h"

#include <fmt/format.h>

#include <algorithm>

#include "tenancy/names.h"

namespace pentad {

namespace {

Refusal refusal(RefusalCode code, std::string field, std::string detail) {
  return {code, std::move(field), std::move(detail)};
}

// Of a name, its key and its title. `at` is the JSON pointer of the record.
std::optional<Refusal> check_words(const std::string& at, const std::string& name,
                                   const std::string& key, const std::string& title) {
  if (auto complaint = name_complaint(name)) {
    return refusal(RefusalCode::invalid_value, at + "/name", *complaint);
  }
  if (key.empty() || key.size() > 18 * kMaxNameBytes) {
    return refusal(RefusalCode::invalid_value, at + "/key",
                   "the folded form of the name is needed");
  }
  if (title.size() > kMaxTitleBytes) {
    return refusal(RefusalCode::invalid_value, at + "/title", "a title has at most 256 bytes");
  }
  return {};
}

Refusal taken(const std::string& at, const std::string& what, const std::string& name,
              const std::string& holder) {
  return refusal(RefusalCode::already_exists, at + "/name",
                 name == holder ? fmt::format("there is a {} {} already", what, name)
                                : fmt::format("{} is the name of the {} {} in another spelling",
                                              name, what, holder));
}

Refusal closed_for_good(const std::string& at) {
  return refusal(RefusalCode::wrong_state, at + "/state", "what is closed stays closed");
}

template <class Map, class Key>
auto* value_of(Map& map, const Key& key) {
  auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

// Unix users that jobs may not be mapped to by a name alone: accounts of the system.
bool is_unix_name(std::string_view name) {
  if (name.empty()) return true;
  if (name.size() > 32 || name == "root") return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (!letter(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || (c >= 'A' && c <= 'Z');
  });
}

}  // namespace

std::string full_name(std::string_view tenant, std::string_view project) {
  return fmt::format("{}/{}", tenant, project);
}

std::optional<std::pair<std::string, std::string>> split_full_name(std::string_view name) {
  const size_t slash = name.find('/');
  if (slash == std::string_view::npos) return {};
  return std::pair(std::string(name.substr(0, slash)), std::string(name.substr(slash + 1)));
}

const Tenant* Directory::find_tenant(std::string_view name) const {
  return value_of(tenants_, name);
}

const Project* Directory::find_project(std::string_view tenant, std::string_view name) const {
  return value_of(projects_, Pair(tenant, name));
}

const Project* Directory::find_project(std::string_view full_name) const {
  auto parts = split_full_name(full_name);
  return parts ? value_of(projects_, *parts) : nullptr;
}

const User* Directory::find_user(std::string_view name) const { return value_of(users_, name); }

const User* Directory::find_user_by_unix(std::string_view unix_user) const {
  if (const std::string* name = value_of(unix_users_, unix_user)) return find_user(*name);
  const User* namesake = find_user(unix_user);
  return namesake && namesake->unix_user.empty() ? namesake : nullptr;
}

const User* Directory::find_user_by_key(std::string_view key) const {
  const std::string* name = value_of(user_keys_, key);
  return name ? find_user(*name) : nullptr;
}

std::vector<RoleGrant> Directory::roles_of(std::string_view user) const {
  RoleGrant first;
  first.user = user;
  first.role = Role::centre_operator;
  std::vector<RoleGrant> roles;
  for (auto i = grants_.lower_bound(first); i != grants_.end() && i->user == user; ++i) {
    roles.push_back(*i);
  }
  return roles;
}

std::vector<RoleGrant> Directory::members_of(std::string_view tenant) const {
  std::vector<RoleGrant> members;
  for (const RoleGrant& grant : grants_) {
    if (grant.tenant == tenant) members.push_back(grant);
  }
  return members;
}

namespace {

bool lets_compute(const RoleGrant& grant, std::string_view tenant, std::string_view project) {
  if (grant.tenant.empty() || grant.tenant != tenant) return false;
  if (grant.role == Role::tenant_admin) return true;
  if (grant.role != Role::member && grant.role != Role::project_manager) return false;
  return grant.project.empty() || grant.project == project;
}

}  // namespace

bool Directory::is_member(std::string_view user, std::string_view tenant,
                          std::string_view project) const {
  if (!find_project(tenant, project)) return false;
  RoleGrant first;
  first.user = user;
  first.role = Role::centre_operator;
  for (auto i = grants_.lower_bound(first); i != grants_.end() && i->user == user; ++i) {
    if (lets_compute(*i, tenant, project)) return true;
  }
  return false;
}

std::vector<const Project*> Directory::projects_of(std::string_view user) const {
  std::vector<const Project*> found;
  for (const RoleGrant& grant : roles_of(user)) {
    for (const Project* project : projects_in(grant.tenant)) {
      if (lets_compute(grant, project->tenant, project->name)) found.push_back(project);
    }
  }
  const auto order = [](const Project* a, const Project* b) {
    return std::tie(a->tenant, a->name) < std::tie(b->tenant, b->name);
  };
  std::sort(found.begin(), found.end(), order);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

AccountState Directory::standing(std::string_view tenant, std::string_view project,
                                 std::string_view user) const {
  AccountState worst = AccountState::active;
  const auto count = [&](const auto* record) {
    worst = std::max(worst, record ? record->state : AccountState::closed);
  };
  count(find_tenant(tenant));
  if (!project.empty()) count(find_project(tenant, project));
  if (!user.empty()) count(find_user(user));
  return worst;
}

std::vector<const Project*> Directory::projects_in(std::string_view tenant) const {
  std::vector<const Project*> found;
  for (auto i = projects_.lower_bound(Pair(tenant, "")); i != projects_.end(); ++i) {
    if (i->first.first != tenant) break;
    found.push_back(&i->second);
  }
  return found;
}

std::vector<const Project*> Directory::projects() const {
  std::vector<const Project*> found;
  for (const auto& [name, project] : projects_) found.push_back(&project);
  return found;
}

int64_t Directory::operators() const {
  int64_t count = 0;
  for (const RoleGrant& grant : grants_) {
    if (grant.role != Role::centre_operator) continue;
    const User* user = find_user(grant.user);
    count += user && user->state == AccountState::active;
  }
  return count;
}

bool Directory::is_last_operator(std::string_view user) const {
  const User* found = find_user(user);
  RoleGrant grant{std::string(user), Role::centre_operator, "", ""};
  return found && found->state == AccountState::active && grants_.count(grant) && operators() == 1;
}

std::optional<Refusal> Directory::put(const Tenant& tenant, bool is_new) {
  if (auto bad = check_words("/tenant", tenant.name, tenant.key, tenant.title)) return bad;
  Tenant* old = value_of(tenants_, tenant.name);
  if (!old && !is_new) {
    return refusal(RefusalCode::unknown_tenant, "/tenant/name",
                   fmt::format("there is no tenant {}", tenant.name));
  }
  const std::string* holder = value_of(tenant_keys_, tenant.key);
  if (is_new && (old || holder)) {
    return taken("/tenant", "tenant", tenant.name, old ? tenant.name : *holder);
  }
  if (old && old->key != tenant.key) {
    return refusal(RefusalCode::invalid_value, "/tenant/key", "it is not the one of this name");
  }
  if (old && old->state == AccountState::closed && tenant.state != AccountState::closed) {
    return closed_for_good("/tenant");
  }
  tenants_[tenant.name] = tenant;
  tenant_keys_[tenant.key] = tenant.name;
  return {};
}

std::optional<Refusal> Directory::put(const Project& project, bool is_new) {
  if (auto bad = check_words("/project", project.name, project.key, project.title)) return bad;
  const Tenant* tenant = find_tenant(project.tenant);
  if (!tenant) {
    return refusal(RefusalCode::unknown_tenant, "/project/tenant",
                   fmt::format("there is no tenant {}", project.tenant));
  }
  Project* old = value_of(projects_, Pair(project.tenant, project.name));
  if (!old && !is_new) {
    return refusal(RefusalCode::unknown_project, "/project/name",
                   fmt::format("tenant {} has no project {}", project.tenant, project.name));
  }
  const Pair key(project.tenant, project.key);
  const std::string* holder = value_of(project_keys_, key);
  if (is_new && (old || holder)) {
    return taken("/project", "project", project.name, old ? project.name : *holder);
  }
  if (old && old->key != project.key) {
    return refusal(RefusalCode::invalid_value, "/project/key", "it is not the one of this name");
  }
  if (is_new && tenant->state == AccountState::closed) {
    return refusal(RefusalCode::wrong_state, "/project/tenant",
                   fmt::format("tenant {} is closed", project.tenant));
  }
  if (old && old->state == AccountState::closed && project.state != AccountState::closed) {
    return closed_for_good("/project");
  }
  projects_[Pair(project.tenant, project.name)] = project;
  project_keys_[key] = project.name;
  return {};
}

std::optional<Refusal> Directory::put(const User& user, bool is_new) {
  if (auto bad = check_words("/user", user.name, user.key, user.title)) return bad;
  if (user.email.size() > kMaxTitleBytes) {
    return refusal(RefusalCode::invalid_value, "/user/email", "it has at most 256 bytes");
  }
  if (!is_unix_name(user.unix_user)) {
    return refusal(RefusalCode::invalid_value, "/user/unix_user",
                   "jobs cannot run as that; expected the name of a Unix user other than root");
  }
  User* old = value_of(users_, user.name);
  if (!old && !is_new) {
    return refusal(RefusalCode::unknown_user, "/user/name",
                   fmt::format("there is no user {}", user.name));
  }
  const std::string* holder = value_of(user_keys_, user.key);
  if (is_new && (old || holder)) {
    return taken("/user", "user", user.name, old ? user.name : *holder);
  }
  if (old && old->key != user.key) {
    return refusal(RefusalCode::invalid_value, "/user/key", "it is not the one of this name");
  }
  const std::string* mapped = value_of(unix_users_, user.unix_user);
  if (!user.unix_user.empty() && mapped && *mapped != user.name) {
    return refusal(RefusalCode::already_exists, "/user/unix_user",
                   fmt::format("jobs of {} run as {} already", *mapped, user.unix_user));
  }
  if (old && old->state == AccountState::closed && user.state != AccountState::closed) {
    return closed_for_good("/user");
  }
  if (user.state != AccountState::active && is_last_operator(user.name)) {
    return refusal(RefusalCode::wrong_state, "/user/state",
                   "nobody else is an operator; make another one first");
  }
  if (old && !old->unix_user.empty()) unix_users_.erase(old->unix_user);
  if (!user.unix_user.empty()) unix_users_[user.unix_user] = user.name;
  users_[user.name] = user;
  user_keys_[user.key] = user.name;
  return {};
}

std::optional<Refusal> Directory::check_grant(const RoleGrant& grant) const {
  const bool of_centre = grant.role == Role::centre_operator || grant.role == Role::finance;
  const bool of_project = grant.role == Role::project_manager || grant.role == Role::member;
  const bool may_be_of_centre = of_centre || grant.role == Role::auditor;
  if (of_centre && !grant.tenant.empty()) {
    return refusal(RefusalCode::invalid_value, "/grant/tenant", "this role is of the whole centre");
  }
  if (!may_be_of_centre && grant.tenant.empty()) {
    return refusal(RefusalCode::invalid_value, "/grant/tenant", "this role is of a tenant");
  }
  if (!of_project && !grant.project.empty()) {
    return refusal(RefusalCode::invalid_value, "/grant/project", "this role is of no project");
  }
  if (!grant.tenant.empty() && !find_tenant(grant.tenant)) {
    return refusal(RefusalCode::unknown_tenant, "/grant/tenant",
                   fmt::format("there is no tenant {}", grant.tenant));
  }
  if (!grant.project.empty() && !find_project(grant.tenant, grant.project)) {
    return refusal(RefusalCode::unknown_project, "/grant/project",
                   fmt::format("tenant {} has no project {}", grant.tenant, grant.project));
  }
  if (!find_user(grant.user)) {
    return refusal(RefusalCode::unknown_user, "/grant/user",
                   fmt::format("there is no user {}", grant.user));
  }
  return {};
}

std::optional<Refusal> Directory::grant(const RoleGrant& grant) {
  if (auto bad = check_grant(grant)) return bad;
  if (grants_.count(grant)) return {};
  if (!grant.tenant.empty() &&
      standing(grant.tenant, grant.project, grant.user) == AccountState::closed) {
    return refusal(RefusalCode::wrong_state, "/grant", "the tenant, project or user is closed");
  }
  if (find_user(grant.user)->state == AccountState::closed) {
    return refusal(RefusalCode::wrong_state, "/grant/user", "the user is closed");
  }
  grants_.insert(grant);
  return {};
}

std::optional<Refusal> Directory::revoke(const RoleGrant& grant) {
  auto found = grants_.find(grant);
  if (found == grants_.end()) {
    return refusal(RefusalCode::not_found, "/grant", "they do not have this role");
  }
  if (grant.role == Role::centre_operator && is_last_operator(grant.user)) {
    return refusal(RefusalCode::wrong_state, "/grant/user",
                   "nobody else is an operator; make another one first");
  }
  grants_.erase(found);
  return {};
}

People Directory::people() const {
  People out;
  for (const auto& [name, tenant] : tenants_) out.tenants.push_back(tenant);
  for (const auto& [name, project] : projects_) out.projects.push_back(project);
  for (const auto& [name, user] : users_) out.users.push_back(user);
  out.grants.assign(grants_.begin(), grants_.end());
  return out;
}

Result<Directory> Directory::restore(People people) {
  Directory out;
  std::optional<Refusal> bad;
  for (const Tenant& tenant : people.tenants) bad = bad ? bad : out.put(tenant, true);
  for (Project project : people.projects) {
    if (bad) break;
    // Made while its tenant was open.
    Tenant* tenant = value_of(out.tenants_, project.tenant);
    const AccountState state = tenant ? tenant->state : AccountState::active;
    if (tenant) tenant->state = AccountState::active;
    bad = out.put(project, true);
    if (tenant) tenant->state = state;
  }
  for (const User& user : people.users) bad = bad ? bad : out.put(user, true);
  for (const RoleGrant& grant : people.grants) {
    bad = bad ? bad : out.check_grant(grant);
    out.grants_.insert(grant);
  }
  if (bad) return fail(ErrorCode::corrupt, bad->detail, "/people" + bad->field);
  return out;
}

std::vector<std::string> Directory::check_invariants() const {
  std::vector<std::string> failures;
  for (const RoleGrant& grant : grants_) {
    if (auto bad = check_grant(grant)) failures.push_back("roles_of_who_is_there: " + bad->detail);
  }
  for (const auto& [name, project] : projects_) {
    if (!find_tenant(name.first)) failures.push_back("projects_have_tenants: " + name.second);
  }
  const bool one_key_each = tenant_keys_.size() == tenants_.size() &&
                            project_keys_.size() == projects_.size() &&
                            user_keys_.size() == users_.size();
  if (!one_key_each) failures.push_back("names_are_unique: a name has no key or two");
  return failures;
}

}  // namespace pentad
