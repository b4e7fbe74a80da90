// Who one is; sessions and tokens.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/checks.h"
#include "api/people_types.h"
#include "api/sign_in_common.h"

namespace pentad::api {

namespace {

// The user that the request is about: the caller, or another one for who may see to sessions.
Answer<std::string> whose(const Request& request) {
  const std::string name(request.query_value("user"));
  if (name.empty() || name == request.caller.user) return request.caller.user;
  if (request.caller.may_everywhere(Permission::session_end)) return name;
  return tl::unexpected(
      problem("not-permitted", "only an operator sees to those of others", "user"));
}

TokenView view_of(const std::string& id, const identity::TokenRecord& record) {
  return {id,
          record.name,
          record.scopes,
          record.created.value,
          record.expires.value,
          record.last_used.value,
          record.last_from,
          {}};
}

}  // namespace

void who_am_i(const Services& services, Request request, net::Responder responder) {
  const Caller& caller = request.caller;
  WhoAmI out;
  out.user = caller.user;
  if (const User* user = caller.directory->find_user(caller.user)) {
    out.title = user->title;
    out.email = user->email;
  }
  out.roles = caller.roles;
  // Not given by anybody; see effective_roles().
  std::erase_if(out.roles, [](const RoleGrant& role) {
    return role.role == Role::member && role.tenant.empty();
  });
  for (const Project* project : caller.directory->projects_of(caller.user)) {
    out.projects.push_back(full_name(project->tenant, project->name));
  }
  out.proof = caller.proof == Proof::unix_socket ? "unix_socket"
              : caller.proof == Proof::token     ? "token"
                                                 : "session";
  out.session = caller.session;
  if (services.identity) {
    out.second_factor = services.identity->has_second_factor(caller.user);
    out.has_password = services.identity->has_password(caller.user);
  }
  responder.send(json_response(out));
}

void list_sessions(const Services& services, Request request, net::Responder responder) {
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  auto user = whose(request);
  if (!user) return refuse(responder, user.error());
  SessionList out;
  for (const auto& [id, record] : identity->sessions_of(*user)) {
    out.sessions.push_back({id, record.by, record.from, record.agent, record.created.value,
                            record.last_used.value, record.expires.value,
                            id == request.caller.session});
  }
  responder.send(json_response(out));
}

void list_tokens(const Services& services, Request request, net::Responder responder) {
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  auto user = whose(request);
  if (!user) return refuse(responder, user.error());
  TokenList out;
  for (const auto& [id, record] : identity->tokens_of(*user)) {
    out.tokens.push_back(view_of(id, record));
  }
  responder.send(json_response(out));
}

// A session or a token.
void end_session(const Services& services, Request request, net::Responder responder) {
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  auto user = whose(request);
  if (!user) return refuse(responder, user.error());
  const std::string id(request.path_parameter("name"));
  auto shared = std::make_shared<Request>(std::move(request));
  identity->end(*user, id, [&services, shared, user = *user, id, responder](Result<bool> ended) {
    if (!ended) return refuse(responder, problem_of(ended.error()));
    note(services, *shared, shared->caller.user, "session or token ended", user, loggable(id));
    responder.send(no_content());
  });
}

void create_token(const Services& services, Request request, net::Responder responder) {
  auto form = read_body<TokenForm>(request.body);
  if (!form) return refuse(responder, form.error());
  if (auto complaint = check_line(form->name)) {
    return refuse(responder, problem("invalid-value", *complaint, "/name"));
  }
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  const Caller& caller = request.caller;
  const auto wanted = scopes_from(form->scopes);
  // A token makes no token that can do more.
  if (caller.scopes && wanted && (*wanted & ~*caller.scopes).any()) {
    return refuse(responder,
                  problem("not-permitted", "this token cannot do all of that itself", "/scopes"));
  }
  if (!caller.directory->find_user(caller.user)) {
    return refuse(responder, problem("invalid-value", "tokens belong to users of the centre", {},
                                     "`pentad user add` makes one"));
  }
  auto shared = std::make_shared<Request>(std::move(request));
  const Time end = services.now() + hours(24) * form->days;
  identity->make_token(shared->caller.user, std::move(form->name), std::move(form->scopes), end,
                       [&services, shared, responder](Result<identity::NewToken> token) {
                         if (!token) return refuse(responder, problem_of(token.error()));
                         note(services, *shared, shared->caller.user, "token made", token->id,
                              token->record.name);
                         TokenView out = view_of(token->id, token->record);
                         out.secret = token->secret;
                         responder.send(never_stored(json_response(out, 201)));
                       });
}

}  // namespace pentad::api
