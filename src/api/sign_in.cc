// Signing in with a name and a password, and out.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/cookie.h"
#include "api/people_types.h"
#include "api/sign_in_common.h"

namespace pentad::api {

namespace {

using identity::SignInEnd;
using identity::SignInResult;

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
    case SignInEnd::no_key:
      return problem_response(problem(
          "unavailable", "the second factor cannot be checked: the centre's key for it is missing",
          {}, "an operator puts it back, or removes yours with `pentad user totp NAME --reset`"));
    case SignInEnd::closed:
      return problem_response(
          problem_of(Refusal{RefusalCode::account_frozen, {}, "this account is closed"}));
    case SignInEnd::ok:
    case SignInEnd::wrong:
      break;
  }
  return problem_response(problem("not-signed-in", "name, password or code is wrong", {},
                                  "an operator makes a new password: `pentad user password NAME`"));
}

SignedIn signed_in(const identity::NewSession& session) {
  SignedIn out;
  out.user = session.record.user;
  out.session = session.id;
  out.expires_at_ms = session.record.expires.value;
  out.must_change_password = session.record.must_change;
  return out;
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
                   if (!session) return refuse(responder, problem_of(session.error()));
                   SignedIn out = signed_in(*session);
                   note(services, *shared, out.user, "sign-in", out.user, session->record.by);
                   if (!cookie) out.secret = session->secret;
                   net::Response response = never_stored(json_response(out, 201));
                   if (cookie) {
                     const bool secure = shared->peer.is_tls;
                     response.headers.add(
                         "Set-Cookie",
                         set_cookie(cookie_name(kSessionCookie, secure), session->secret,
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
    if (!ended) return refuse(responder, problem_of(ended.error()));
    note(services, *shared, user, "sign-out", id);
    net::Response response = no_content();
    const bool secure = shared->peer.is_tls;
    response.headers.add("Set-Cookie",
                         set_cookie(cookie_name(kSessionCookie, secure), "", {}, secure));
    responder.send(std::move(response));
  });
}

}  // namespace pentad::api
