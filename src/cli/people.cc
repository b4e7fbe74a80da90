// tenant, project, user, role.
#include <fmt/format.h>

#include "api/people_types.h"
#include "cli/commands.h"
#include "cli/job_text.h"
#include "cli/table.h"

namespace pentad::cli {

namespace {

std::string word(AccountState state) { return boost::describe::enum_to_string(state, "?"); }

AccountState state_from(const std::string& verb) {
  if (verb == "freeze") return AccountState::frozen;
  return verb == "close" ? AccountState::closed : AccountState::active;
}

std::pair<std::string, std::string> both_names(const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == text.size()) {
    throw CommandError(kUsage, "name a project as TENANT/PROJECT");
  }
  return {text.substr(0, slash), text.substr(slash + 1)};
}

template <class T>
std::optional<T> given(const T& value) {
  return value.empty() ? std::nullopt : std::optional(value);
}

RoleGrant grant_from(const PeopleOptions& o) {
  RoleGrant grant;
  grant.user = o.user;
  if (!boost::describe::enum_from_string(o.role.c_str(), grant.role)) {
    throw CommandError(kUsage,
                       "a role is one of centre_operator, finance, auditor, tenant_admin, "
                       "project_manager, member");
  }
  const size_t slash = o.where.find('/');
  grant.tenant = o.where.substr(0, slash);
  if (slash != std::string::npos) grant.project = o.where.substr(slash + 1);
  return grant;
}

void show(Session& session, const Table& table) {
  fmt::print("{}", table.render(session.width(), session.colour()));
}

}  // namespace

int tenants(Session& session) {
  auto list = session.get<api::TenantList>("/tenants");
  if (print_json(session, list)) return kOk;
  Table table({{"TENANT"}, {"STATE"}, {"PROJECTS", Align::right}, {"TITLE", Align::left, 8}});
  for (const api::TenantView& t : list.tenants) {
    table.add({printable(t.name), word(t.state), std::to_string(t.projects), printable(t.title)});
  }
  show(session, table);
  return kOk;
}

int projects(Session& session, const PeopleOptions& o) {
  const std::string query = o.tenant.empty() ? "" : "?tenant=" + net::percent_encode(o.tenant);
  auto list = session.get<api::ProjectList>("/projects" + query);
  if (print_json(session, list)) return kOk;
  Table table({{"PROJECT"}, {"STATE"}, {"TITLE", Align::left, 8}});
  for (const api::ProjectView& p : list.projects) {
    table.add({printable(p.full_name), word(p.state), printable(p.title)});
  }
  show(session, table);
  return kOk;
}

int users(Session& session) {
  auto list = session.get<api::UserList>("/users");
  if (print_json(session, list)) return kOk;
  Table table(
      {{"USER"}, {"STATE"}, {"UNIX USER"}, {"EMAIL", Align::left, 8}, {"NAME", Align::left, 8}});
  for (const api::UserView& u : list.users) {
    table.add({printable(u.name), word(u.state), printable(u.unix_user), printable(u.email),
               printable(u.title)});
  }
  show(session, table);
  return kOk;
}

int roles(Session& session, const PeopleOptions& o) {
  std::string query;
  if (!o.user.empty()) query = "?user=" + net::percent_encode(o.user);
  if (!o.tenant.empty()) {
    query += (query.empty() ? "?tenant=" : "&tenant=") + net::percent_encode(o.tenant);
  }
  auto list = session.get<api::RoleList>("/roles" + query);
  if (print_json(session, list)) return kOk;
  Table table({{"USER"}, {"ROLE"}, {"OF"}});
  for (const RoleGrant& r : list.roles) {
    table.add({printable(r.user), boost::describe::enum_to_string(r.role, "?"),
               r.tenant.empty()    ? "the centre"
               : r.project.empty() ? printable(r.tenant)
                                   : printable(r.tenant + "/" + r.project)});
  }
  show(session, table);
  return kOk;
}

int add_tenant(Session& session, const PeopleOptions& o) {
  auto made =
      session.send<api::TenantView>(net::Method::post, "/tenants", api::NewTenant{o.name, o.title});
  if (!print_json(session, made)) fmt::print("tenant {}\n", printable(made.name));
  return kOk;
}

int add_project(Session& session, const PeopleOptions& o) {
  auto [tenant, name] = both_names(o.name);
  auto made = session.send<api::ProjectView>(net::Method::post, "/projects",
                                             api::NewProject{tenant, name, o.title});
  if (!print_json(session, made)) fmt::print("project {}\n", printable(made.full_name));
  return kOk;
}

int add_user(Session& session, const PeopleOptions& o) {
  api::NewUser form{o.name, o.title, o.email, o.unix_user, !o.no_password};
  auto made = session.send<api::UserMade>(net::Method::post, "/users", form);
  if (print_json(session, made)) return kOk;
  fmt::print("user {}\n", printable(made.user.name));
  if (made.password) fmt::print("first password (shown this once): {}\n", *made.password);
  return kOk;
}

int change_state(Session& session, const std::string& noun, const std::string& verb,
                 const PeopleOptions& o) {
  std::string target = "/" + noun + "s/";
  if (noun == "project") {
    auto [tenant, name] = both_names(o.name);
    target += net::percent_encode(tenant) + "/" + net::percent_encode(name);
  } else {
    target += net::percent_encode(o.name);
  }
  api::AccountChange change;
  change.state = state_from(verb);
  const std::string body =
      session.call(net::Method::patch, target, to_json(change, WriteMode::compact));
  if (session.json()) {
    fmt::print("{}\n", body);
  } else {
    fmt::print("{} {}: {}\n", noun, printable(o.name), word(*change.state));
  }
  return kOk;
}

int change_user(Session& session, const PeopleOptions& o) {
  api::UserChange change{given(o.title), given(o.email), given(o.unix_user), {}};
  auto changed = session.send<api::UserView>(net::Method::patch,
                                             "/users/" + net::percent_encode(o.name), change);
  if (!print_json(session, changed)) fmt::print("user {} changed\n", printable(changed.name));
  return kOk;
}

int change_role(Session& session, const std::string& verb, const PeopleOptions& o) {
  const char* target = verb == "grant" ? "/roles" : "/roles/revoke";
  auto list = session.send<api::RoleList>(net::Method::post, target, grant_from(o));
  if (print_json(session, list)) return kOk;
  fmt::print("{} has {} role{} now\n", printable(o.user), list.roles.size(),
             list.roles.size() == 1 ? "" : "s");
  return kOk;
}

}  // namespace pentad::cli
