// Signing in and out, sessions, tokens, passwords, second factors.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/answer.h"
#include "api/authenticate.h"
#include "api/checks.h"
#include "api/cookie.h"
#include "api/handlers.h"
#include "api/people_types.h"
#include "identity/identity.h"
#include "identity/oidc.h"

namespace pentad::api {

namespace {

using identity::SignInEnd;
using identity::SignInResult;

void refuse(const net::Responder& responder, const Problem& p) {
  responder.send(problem_response(p));
}

net::Response no_content() {
  net::Response response;
  response.status = 204;
  response.media_type.clear();
  return response;
}

// For the audit log; nobody waits for it.
void note(const Services& services, const Request& request, std::string actor, std::string what,
          std::string subject, std::string detail = {}) {
  store::Command command;
  command.event.actor = std::move(actor);
  command.event.from = request.caller.from;
  command.event.what = event::Note{std::move(what), std::move(subject), std::move(detail)};
  std::vector<store::Command> commands;
  commands.push_back(std::move(command));
  services.core.post(std::move(commands), [](const auto&, CoreView&) {});
}

// What is typed as a name stands in the log as text without tricks.
std::string loggable(std::string_view name) {
  return check_name(name) ? std::string("(no name)") : std::string(name.substr(0, 64));
}

Problem identity_problem(const Error& error) { return problem_of(error); }

// Not null: handlers of identity are only called when there is one.
identity::Identity* identity_of(const Services& services, const net::Responder& responder) {
  if (!services.identity) {
    refuse(responder, problem("unsupported", "this centre keeps no passwords and tokens"));
  }
  return services.identity;
}

net::Response not_signed_in(const SignInResult& result) {
  switch (result.end) {
    case SignInEnd::code_needed:
      return problem_response(problem("second-factor-needed", "the second factor is needed",
                                      "/code", "send the code of the application as well"));
    case SignInEnd::wait: {
      const int64_t s = (result.wait.value + 999) / 1000;
      net::Response response = net::to_response(
          problem("too-many-attempts", fmt::format("too many attempts: wait {} s", s)));
      response.headers.add("Retry-After", std::to_string(s));
      return response;
    }
    case SignInEnd::busy:
    case SignInEnd::failed:
      return problem_response(problem("unavailable", "signing in does not work at the moment"));
    case SignInEnd::closed:
      return problem_response(
          problem_of(Refusal{RefusalCode::account_frozen, {}, "this account is closed"}));
    case SignInEnd::ok:
    case SignInEnd::wrong:
      break;
  }
  return problem_response(
      problem("not-signed-in", "name, password or code is wrong", {},
              "`pentad user password NAME` of an operator makes a new password"));
}

constexpr std::string_view kCookie = "pentad";

using Opened = std::function<void(Result<identity::NewSession>)>;

// Makes the user first when somebody else's directory vouched for one we do not know yet.
void open_session(const Services& services, const std::shared_ptr<Request>& request,
                  const SignInResult& who, Opened opened) {
  auto open = [&services, request, who, opened] {
    services.identity->open_session(who, request->caller.from,
                                    std::string(request->header("User-Agent")), opened);
  };
  if (!who.is_new) return open();
  User user{who.user, who.key, who.title, who.email, {}, AccountState::active};
  if (check_line(user.title)) user.title.clear();
  if (check_line(user.email)) user.email.clear();
  std::vector<store::Command> commands(1);
  commands[0].event.actor = "system";
  commands[0].event.from = request->caller.from;
  commands[0].event.what = event::PutUser{std::move(user), true};
  services.core.post(std::move(commands), [open, opened](const auto& done, CoreView&) {
    if (!done) return opened(tl::unexpected(done.error()));
    const Refusal& refusal = done->front().effects.reply.refusal;
    if (refusal.code == RefusalCode::none) return open();
    opened(fail(ErrorCode::invalid, refusal.detail));
  });
}

SignedIn signed_in(const identity::NewSession& session) {
  SignedIn out;
  out.user = session.record.user;
  out.session = session.id;
  out.expires_at_ms = session.record.expires.value;
  out.must_change_password = session.record.must_change;
  return out;
}

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

void sign_in(const Services& services, Request request, net::Responder responder) {
  auto form = read_body<SignInForm>(request.body);
  if (!form) return refuse(responder, form.error());
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  auto shared = std::make_shared<Request>(std::move(request));
  identity::SignIn attempt{form->user, std::move(form->password), std::move(form->code),
                           shared->caller.from};
  identity->sign_in(std::move(attempt), [&services, shared, responder, cookie = form->cookie,
                                         typed = loggable(form->user)](SignInResult result) {
    if (result.end != SignInEnd::ok) {
      if (result.end == SignInEnd::wrong) {
        note(services, *shared, "", "sign-in refused", typed);
      }
      return responder.send(not_signed_in(result));
    }
    open_session(services, shared, result,
                 [&services, shared, responder, cookie](Result<identity::NewSession> session) {
                   if (!session) return refuse(responder, identity_problem(session.error()));
                   SignedIn out = signed_in(*session);
                   note(services, *shared, out.user, "sign-in", out.user, session->record.by);
                   if (!cookie) out.secret = session->secret;
                   net::Response response = json_response(out, 201);
                   response.headers.add("Cache-Control", "no-store");
                   if (cookie) {
                     const bool secure = shared->peer.is_tls;
                     response.headers.add(
                         "Set-Cookie",
                         set_cookie(cookie_name(kCookie, secure), session->secret,
                                    services.identity->settings().session_longest, secure));
                   }
                   responder.send(std::move(response));
                 });
  });
}

void sign_out(const Services& services, Request request, net::Responder responder) {
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  const std::string user = request.caller.user, id = request.caller.session;
  if (id.empty()) {
    return refuse(responder, problem("invalid-value",
                                     "there is no session: the Unix socket "
                                     "itself tells who asks"));
  }
  auto shared = std::make_shared<Request>(std::move(request));
  identity->end(user, id, [&services, shared, user, id, responder](Result<bool> ended) {
    if (!ended) return refuse(responder, identity_problem(ended.error()));
    note(services, *shared, user, "sign-out", id);
    net::Response response = no_content();
    const bool secure = shared->peer.is_tls;
    response.headers.add("Set-Cookie", set_cookie(cookie_name(kCookie, secure), "", {}, secure));
    responder.send(std::move(response));
  });
}

void who_am_i(const Services& services, Request request, net::Responder responder) {
  const Caller& caller = request.caller;
  WhoAmI out;
  out.user = caller.user;
  if (const User* user = caller.directory->find_user(caller.user)) {
    out.title = user->title;
    out.email = user->email;
  }
  out.roles = caller.roles;
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
    if (!ended) return refuse(responder, identity_problem(ended.error()));
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
                         if (!token) return refuse(responder, identity_problem(token.error()));
                         note(services, *shared, shared->caller.user, "token made", token->id,
                              token->record.name);
                         TokenView out = view_of(token->id, token->record);
                         out.secret = token->secret;
                         net::Response response = json_response(out, 201);
                         response.headers.add("Cache-Control", "no-store");
                         responder.send(std::move(response));
                       });
}

void change_password(const Services& services, Request request, net::Responder responder) {
  auto form = read_body<PasswordForm>(request.body);
  if (!form) return refuse(responder, form.error());
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  auto shared = std::make_shared<Request>(std::move(request));
  const Caller& caller = shared->caller;
  identity->change_password(
      caller.user, std::move(form->old_), std::move(form->new_), caller.session, caller.from,
      [&services, shared, responder](Result<bool> changed) {
        const std::string& user = shared->caller.user;
        if (!changed && changed.error().code == ErrorCode::not_found) {
          note(services, *shared, user, "password change refused", user);
          return refuse(responder,
                        problem("not-permitted", changed.error().message, changed.error().path));
        }
        if (!changed) {
          return refuse(responder, identity_problem(changed.error()));
        }
        note(services, *shared, user, "password changed", user);
        if (services.password_changed) services.password_changed(user);
        responder.send(no_content());
      });
}

void reset_password(const Services& services, Request request, net::Responder responder) {
  auto form = read_optional_body<PasswordReset>(request.body);
  if (!form) return refuse(responder, form.error());
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  const std::string name(request.path_parameter("name"));
  if (!request.caller.may_everywhere(Permission::user_change) ||
      !request.caller.directory->find_user(name)) {
    return refuse(responder, problem("not-found", fmt::format("there is no user {}", name)));
  }
  auto shared = std::make_shared<Request>(std::move(request));
  identity->reset_password(
      name, form->forget_all, [&services, shared, name, responder](Result<std::string> made) {
        if (!made) return refuse(responder, identity_problem(made.error()));
        note(services, *shared, shared->caller.user, "password made anew", name);
        net::Response response = json_response(PasswordMade{*made});
        response.headers.add("Cache-Control", "no-store");
        responder.send(std::move(response));
      });
}

void start_totp(const Services& services, Request request, net::Responder responder) {
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  identity->start_totp(request.caller.user, [responder](Result<identity::TotpStart> start) {
    if (!start) return refuse(responder, identity_problem(start.error()));
    net::Response response = json_response(TotpBegun{start->secret, start->uri});
    response.headers.add("Cache-Control", "no-store");
    responder.send(std::move(response));
  });
}

void confirm_totp(const Services& services, Request request, net::Responder responder) {
  auto form = read_body<CodeForm>(request.body);
  if (!form) return refuse(responder, form.error());
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  auto shared = std::make_shared<Request>(std::move(request));
  identity->confirm_totp(
      shared->caller.user, std::move(form->code),
      [&services, shared, responder](Result<std::vector<std::string>> codes) {
        if (!codes && codes.error().code == ErrorCode::not_found) {
          return refuse(responder, problem("not-permitted", codes.error().message, "/code"));
        }
        if (!codes) return refuse(responder, identity_problem(codes.error()));
        const std::string& user = shared->caller.user;
        note(services, *shared, user, "second factor confirmed", user);
        net::Response response = json_response(RecoveryCodes{*codes});
        response.headers.add("Cache-Control", "no-store");
        responder.send(std::move(response));
      });
}

void remove_totp(const Services& services, Request request, net::Responder responder) {
  auto form = read_optional_body<CodeForm>(request.body);
  if (!form) return refuse(responder, form.error());
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  auto shared = std::make_shared<Request>(std::move(request));
  identity->remove_totp(
      shared->caller.user, std::move(form->code), shared->caller.from,
      [&services, shared, responder](Result<bool> removed) {
        if (!removed && removed.error().code == ErrorCode::not_found) {
          return refuse(responder, problem("not-permitted", removed.error().message, "/code"));
        }
        if (!removed) return refuse(responder, identity_problem(removed.error()));
        note(services, *shared, shared->caller.user, "second factor removed", shared->caller.user);
        responder.send(no_content());
      });
}

// --- another provider ---

namespace {

constexpr std::string_view kBeginCookie = "pentad-sign-in";
constexpr Duration kBeginLife = minutes(10);

net::Response redirect(const std::string& to) {
  net::Response response;
  response.status = 302;
  response.media_type.clear();
  response.headers.add("Location", to);
  response.headers.add("Cache-Control", "no-store");
  return response;
}

// Whom the provider's person is here.
Answer<SignInResult> local_user(const Services& services, const identity::OidcPerson& person) {
  SignInResult who;
  who.end = SignInEnd::ok;
  who.by = "oidc";
  const auto directory = services.core.directory();
  if (const auto linked = services.identity->user_of_subject(person.subject)) {
    who.user = *linked;
  } else {
    const auto name = normal_name(person.name);
    if (!name) {
      return tl::unexpected(problem("not-permitted", "the provider gave no name that can be one"));
    }
    const User* known = directory->find_user_by_key(name->key);
    if (!known && !services.oidc->settings().create_users) {
      return tl::unexpected(
          problem("not-permitted", fmt::format("{} is no user of this centre", name->name)));
    }
    // A name alone does not make somebody an account's owner who has a password here.
    if (known && services.identity->has_password(known->name)) {
      return tl::unexpected(
          problem("not-permitted", fmt::format("{} signs in with a password here", known->name)));
    }
    who.user = known ? known->name : name->name;
    who.is_new = !known;
    who.key = name->key;
    who.title = person.title;
    who.email = person.email;
  }
  const User* user = directory->find_user(who.user);
  if (user && user->state == AccountState::closed) {
    return tl::unexpected(
        problem_of(Refusal{RefusalCode::account_frozen, {}, "this account is closed"}));
  }
  return who;
}

void finish_oidc(const Services& services, const std::shared_ptr<Request>& request,
                 const identity::OidcPerson& person, const net::Responder& responder) {
  auto who = local_user(services, person);
  if (!who) {
    note(services, *request, "", "sign-in refused", loggable(person.name), "oidc");
    return refuse(responder, who.error());
  }
  open_session(
      services, request, *who,
      [&services, request, person, responder](Result<identity::NewSession> session) {
        if (!session) return refuse(responder, identity_problem(session.error()));
        const std::string user = session->record.user;
        note(services, *request, user, "sign-in", user, "oidc");
        services.identity->link_subject(
            person.subject, user,
            [&services, request, session = *session, responder](Result<bool> linked) {
              if (!linked) return refuse(responder, identity_problem(linked.error()));
              const bool secure = request->peer.is_tls;
              net::Response response = redirect("/");
              response.headers.add(
                  "Set-Cookie", set_cookie(cookie_name(kCookie, secure), session.secret,
                                           services.identity->settings().session_longest, secure));
              response.headers.add("Set-Cookie",
                                   set_cookie(cookie_name(kBeginCookie, secure), "", {}, secure));
              responder.send(std::move(response));
            });
      });
}

}  // namespace

void start_oidc(const Services& services, Request request, net::Responder responder) {
  if (!services.oidc || !services.identity) {
    return refuse(responder, problem("unsupported", "this centre knows no other provider"));
  }
  const bool taken = services.identity->later([&services, secure = request.peer.is_tls, responder] {
    auto start = services.oidc->start(services.now());
    if (!start) return refuse(responder, problem_of(start.error()));
    net::Response response = redirect(start->url);
    response.headers.add("Set-Cookie", set_cookie(cookie_name(kBeginCookie, secure), start->browser,
                                                  kBeginLife, secure, false));
    responder.send(std::move(response));
  });
  if (!taken) refuse(responder, problem("unavailable", "too many sign in at the moment"));
}

void oidc_callback(const Services& services, Request request, net::Responder responder) {
  if (!services.oidc || !services.identity) {
    return refuse(responder, problem("unsupported", "this centre knows no other provider"));
  }
  auto shared = std::make_shared<Request>(std::move(request));
  const bool taken = services.identity->later([&services, shared, responder] {
    const auto browser =
        cookie_value(shared->header("Cookie"), cookie_name(kBeginCookie, shared->peer.is_tls));
    const std::string state(shared->query_value("state")), code(shared->query_value("code"));
    if (!browser || state.empty() || code.empty()) {
      return refuse(responder, problem("not-signed-in", "this sign-in was not begun here"));
    }
    auto person = services.oidc->finish(state, code, *browser, services.now());
    if (person) return finish_oidc(services, shared, *person, responder);
    note(services, *shared, "", "sign-in refused", "", "oidc: " + person.error().message);
    if (person.error().code == ErrorCode::unavailable) {
      return refuse(responder, problem_of(person.error()));
    }
    refuse(responder, problem("not-signed-in", person.error().message));
  });
  if (!taken) refuse(responder, problem("unavailable", "too many sign in at the moment"));
}

}  // namespace pentad::api
