// Signing in through another provider (OpenID Connect).
#include "identity/oidc.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/cookie.h"
#include "api/sign_in_common.h"
#include "tenancy/names.h"

namespace pentad::api {

namespace {

using identity::SignInEnd;
using identity::SignInResult;

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
        if (!session) return refuse(responder, problem_of(session.error()));
        const std::string user = session->record.user;
        note(services, *request, user, "sign-in", user, "oidc");
        services.identity->link_subject(
            person.subject, user,
            [&services, request, session = *session, responder](Result<bool> linked) {
              if (!linked) return refuse(responder, problem_of(linked.error()));
              const bool secure = request->peer.is_tls;
              net::Response response = redirect("/");
              response.headers.add(
                  "Set-Cookie", set_cookie(cookie_name(kSessionCookie, secure), session.secret,
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
