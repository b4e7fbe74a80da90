// Tenants, projects, users and roles.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/answer.h"
#include "api/authenticate.h"
#include "api/checks.h"
#include "api/handlers.h"
#include "api/people_types.h"
#include "identity/identity.h"

namespace pentad::api {

namespace {

Problem not_there(std::string_view what, std::string_view name) {
  return problem("not-found", fmt::format("there is no {} {}", what, name));
}

// The name as it is kept and its key, or what is wrong with it.
Answer<NormalName> read_name(const std::string& text, const char* field) {
  auto name = normal_name(text);
  if (name) return std::move(*name);
  return tl::unexpected(problem("invalid-value",
                                "a name holds up to 64 bytes of letters, digits and . _ - @ +, and "
                                "begins with a letter or a digit",
                                field));
}

std::optional<Problem> check_text(const std::string& text, const char* field) {
  if (text.empty()) return {};
  auto complaint = check_line(text);
  if (!complaint) return {};
  return problem("invalid-value", *complaint, field);
}

// The core's fields begin with the record's name, the API's do not.
Problem refused(const Refusal& refusal) {
  Problem p = problem_of(refusal);
  for (std::string_view record : {"/tenant", "/project", "/user", "/grant"}) {
    if (!refusal.field.starts_with(record)) continue;
    std::string field = refusal.field.substr(record.size());
    p.field = field.empty() ? std::nullopt : std::optional(field);
    break;
  }
  return p;
}

// Carries out an event about people; `answer` makes the response from the directory after it.
template <class MakeAnswer>
void carry_out(const Services& services, const Request& request, event::What what,
               net::Responder responder, MakeAnswer answer) {
  std::vector<store::Command> commands;
  commands.push_back(command_of(request, std::move(what)));
  services.core.post(std::move(commands), [responder, answer](const auto& done, CoreView& view) {
    if (!done) return responder.send(problem_response(problem_of(done.error())));
    const Refusal& refusal = done->front().effects.reply.refusal;
    if (refusal.code != RefusalCode::none) {
      return responder.send(problem_response(refused(refusal)));
    }
    answer(view.centre().directory());
  });
}

TenantView view_of(const Tenant& tenant, const Directory& directory) {
  return {tenant.name, tenant.title, tenant.state,
          static_cast<int64_t>(directory.projects_in(tenant.name).size())};
}
ProjectView view_of(const Project& p) {
  return {p.tenant, p.name, full_name(p.tenant, p.name), p.title, p.state};
}
UserView view_of(const User& user) {
  return {user.name, user.title, user.email, user.unix_user, user.state};
}

Problem forbidden(const Caller& caller, Permission permission) {
  return problem("not-permitted",
                 fmt::format("{} may not do this there: it needs the permission {}", caller.user,
                             boost::describe::enum_to_string(permission, "?")));
}

// May the caller see this user: themselves, everybody, or who has a role in a tenant of theirs.
bool may_see_user(const Caller& caller, const std::string& user) {
  if (caller.may(Permission::user_view, {{}, {}, user})) return true;
  for (const RoleGrant& role : caller.directory->roles_of(user)) {
    if (!role.tenant.empty() &&
        caller.may(Permission::user_view, {role.tenant, role.project, user})) {
      return true;
    }
  }
  return false;
}

std::optional<Problem> unknown_to(const Caller& caller, const RoleGrant& grant) {
  if (may_see_user(caller, grant.user)) return {};
  Problem p = problem_of(
      Refusal{RefusalCode::unknown_user, "/user",
              fmt::format("tenant {} has nobody of the name {}", grant.tenant, grant.user)});
  p.hint = "an operator brings people into a tenant: `pentad role grant`";
  return p;
}

// Role to grant or take away: within what the caller may. Managers make members only, and
// administrators everything of their tenant. Both only of people they know: whoever has no role in
// their tenant is for them like nobody at all, so that nobody finds out who else has an account
// here, nor gets to read a title and an address by granting a role. The operator brings people in.
std::optional<Problem> check_role_change(const Caller& caller, const RoleGrant& grant) {
  const Target target{grant.tenant, grant.project, grant.user};
  const bool may = caller.may(Permission::role_change, target);
  if (!may || (grant.tenant.empty() && !caller.may_everywhere(Permission::role_change))) {
    return forbidden(caller, Permission::role_change);
  }
  if (caller.may_everywhere(Permission::role_change)) return {};
  bool is_admin = false;
  for (const RoleGrant& own : caller.roles) {
    is_admin |= own.role == Role::tenant_admin && own.tenant == grant.tenant;
  }
  const bool is_membership = grant.role == Role::member && !grant.project.empty();
  if (is_admin || is_membership) return unknown_to(caller, grant);
  return problem("not-permitted", "a project manager gives and takes memberships alone", "/role");
}

}  // namespace

void list_tenants(const Services&, Request request, net::Responder responder) {
  const Caller& caller = request.caller;
  TenantList out;
  for (const auto& [name, tenant] : caller.directory->tenants()) {
    if (caller.may(Permission::tenant_view, {name})) {
      out.tenants.push_back(view_of(tenant, *caller.directory));
    }
  }
  responder.send(json_response(out));
}

void create_tenant(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<NewTenant>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  auto name = read_name(body->name, "/name");
  if (!name) return responder.send(problem_response(name.error()));
  if (auto p = check_text(body->title, "/title")) return responder.send(problem_response(*p));
  Tenant tenant{name->name, name->key, std::move(body->title), AccountState::active};
  carry_out(services, request, event::PutTenant{tenant, true}, responder,
            [responder, tenant](const Directory& directory) {
              responder.send(json_response(view_of(tenant, directory), 201));
            });
}

void change_tenant(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<AccountChange>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  const std::string name(request.path_parameter("name"));
  const Tenant* old = request.caller.directory->find_tenant(name);
  if (!old || !request.caller.may(Permission::tenant_change, {name})) {
    return responder.send(problem_response(not_there("tenant", name)));
  }
  Tenant tenant = *old;
  if (body->title) tenant.title = *body->title;
  if (body->state) tenant.state = *body->state;
  if (auto p = check_text(tenant.title, "/title")) return responder.send(problem_response(*p));
  carry_out(services, request, event::PutTenant{tenant, false}, responder,
            [responder, tenant](const Directory& directory) {
              responder.send(json_response(view_of(tenant, directory)));
            });
}

void list_projects(const Services&, Request request, net::Responder responder) {
  const Caller& caller = request.caller;
  const std::string_view tenant = request.query_value("tenant");
  ProjectList out;
  for (const Project* project : caller.directory->projects()) {
    if (!tenant.empty() && project->tenant != tenant) continue;
    if (caller.may(Permission::project_view, {project->tenant, project->name})) {
      out.projects.push_back(view_of(*project));
    }
  }
  responder.send(json_response(out));
}

void create_project(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<NewProject>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  auto name = read_name(body->name, "/name");
  if (!name) return responder.send(problem_response(name.error()));
  if (auto p = check_text(body->title, "/title")) return responder.send(problem_response(*p));
  if (!request.caller.may(Permission::project_change, {body->tenant})) {
    if (!request.caller.may(Permission::tenant_view, {body->tenant})) {
      return responder.send(problem_response(not_there("tenant", body->tenant)));
    }
    return responder.send(problem_response(forbidden(request.caller, Permission::project_change)));
  }
  Project project{body->tenant, name->name, name->key, std::move(body->title),
                  AccountState::active};
  carry_out(services, request, event::PutProject{project, true}, responder,
            [responder, project](const Directory&) {
              responder.send(json_response(view_of(project), 201));
            });
}

void change_project(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<AccountChange>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  const std::string tenant(request.path_parameter("tenant"));
  const std::string name(request.path_parameter("name"));
  const Project* old = request.caller.directory->find_project(tenant, name);
  if (!old || !request.caller.may(Permission::project_view, {tenant, name})) {
    return responder.send(problem_response(not_there("project", full_name(tenant, name))));
  }
  if (!request.caller.may(Permission::project_change, {tenant, name})) {
    return responder.send(problem_response(forbidden(request.caller, Permission::project_change)));
  }
  Project project = *old;
  if (body->title) project.title = *body->title;
  if (body->state) project.state = *body->state;
  if (auto p = check_text(project.title, "/title")) return responder.send(problem_response(*p));
  carry_out(
      services, request, event::PutProject{project, false}, responder,
      [responder, project](const Directory&) { responder.send(json_response(view_of(project))); });
}

void list_users(const Services&, Request request, net::Responder responder) {
  UserList out;
  for (const auto& [name, user] : request.caller.directory->users()) {
    if (may_see_user(request.caller, name)) out.users.push_back(view_of(user));
  }
  responder.send(json_response(out));
}

void get_user(const Services&, Request request, net::Responder responder) {
  const std::string name(request.path_parameter("name"));
  const User* user = request.caller.directory->find_user(name);
  if (!user || !may_see_user(request.caller, name)) {
    return responder.send(problem_response(not_there("user", name)));
  }
  responder.send(json_response(view_of(*user)));
}

void create_user(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<NewUser>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  auto name = read_name(body->name, "/name");
  if (!name) return responder.send(problem_response(name.error()));
  if (auto p = check_text(body->title, "/title")) return responder.send(problem_response(*p));
  if (auto p = check_text(body->email, "/email")) return responder.send(problem_response(*p));
  User user{name->name,      name->key,           std::move(body->title), std::move(body->email),
            body->unix_user, AccountState::active};
  carry_out(services, request, event::PutUser{user, true}, responder,
            [&services, responder, user, wanted = body->password](const Directory&) {
              UserMade made{view_of(user), {}};
              if (!wanted || !services.identity) {
                return responder.send(json_response(made, 201));
              }
              services.identity->reset_password(
                  user.name, true, [responder, made](Result<std::string> password) mutable {
                    if (password) made.password = *password;
                    responder.send(json_response(made, 201));
                  });
            });
}

void change_user(const Services& services, Request request, net::Responder responder) {
  auto body = read_body<UserChange>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  const std::string name(request.path_parameter("name"));
  const User* old = request.caller.directory->find_user(name);
  if (!old || !request.caller.may(Permission::user_change, {{}, {}, name})) {
    return responder.send(problem_response(not_there("user", name)));
  }
  User user = *old;
  if (body->title) user.title = *body->title;
  if (body->email) user.email = *body->email;
  if (body->unix_user) user.unix_user = *body->unix_user;
  if (body->state) user.state = *body->state;
  if (auto p = check_text(user.title, "/title")) return responder.send(problem_response(*p));
  if (auto p = check_text(user.email, "/email")) return responder.send(problem_response(*p));
  carry_out(services, request, event::PutUser{user, false}, responder,
            [responder, user](const Directory&) { responder.send(json_response(view_of(user))); });
}

void list_roles(const Services&, Request request, net::Responder responder) {
  const Caller& caller = request.caller;
  const std::string_view user = request.query_value("user");
  const std::string_view tenant = request.query_value("tenant");
  RoleList out;
  for (const RoleGrant& grant : caller.directory->grants()) {
    if ((!user.empty() && grant.user != user) || (!tenant.empty() && grant.tenant != tenant)) {
      continue;
    }
    if (caller.may(Permission::role_view, {grant.tenant, grant.project, grant.user})) {
      out.roles.push_back(grant);
    }
  }
  responder.send(json_response(out));
}

namespace {

template <class Event>
void change_role(const Services& services, Request& request, net::Responder responder) {
  auto body = read_body<RoleGrant>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  if (auto p = check_role_change(request.caller, *body)) {
    return responder.send(problem_response(*p));
  }
  carry_out(services, request, Event{*body}, responder,
            [responder, user = body->user, caller = request.caller](const Directory& directory) {
              RoleList out{directory.roles_of(user)};
              std::erase_if(out.roles, [&](const RoleGrant& role) {
                return !caller.may(Permission::role_view, {role.tenant, role.project, role.user});
              });
              responder.send(json_response(out));
            });
}

}  // namespace

void grant_role(const Services& services, Request request, net::Responder responder) {
  change_role<event::GrantRole>(services, request, std::move(responder));
}

void revoke_role(const Services& services, Request request, net::Responder responder) {
  change_role<event::RevokeRole>(services, request, std::move(responder));
}

}  // namespace pentad::api
