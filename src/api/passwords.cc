// Passwords and second factors.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/people_types.h"
#include "api/sign_in_common.h"

namespace pentad::api {

namespace {

// The user that the address names, for an operator.
Answer<std::string> user_to_change(const Request& request) {
  std::string name(request.path_parameter("name"));
  const bool may = request.caller.may_everywhere(Permission::user_change);
  if (may && request.caller.directory->find_user(name)) return name;
  return tl::unexpected(problem("not-found", fmt::format("there is no user {}", name)));
}

}  // namespace

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
          return refuse(responder, problem_of(changed.error()));
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
  auto found = user_to_change(request);
  if (!found) return refuse(responder, found.error());
  const std::string name = std::move(*found);
  auto shared = std::make_shared<Request>(std::move(request));
  identity->reset_password(
      name, form->forget_all, [&services, shared, name, responder](Result<std::string> made) {
        if (!made) return refuse(responder, problem_of(made.error()));
        note(services, *shared, shared->caller.user, "password made anew", name);
        responder.send(never_stored(json_response(PasswordMade{*made})));
      });
}

void start_totp(const Services& services, Request request, net::Responder responder) {
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  identity->start_totp(request.caller.user, [responder](Result<identity::TotpStart> start) {
    if (!start) return refuse(responder, problem_of(start.error()));
    responder.send(never_stored(json_response(TotpBegun{start->secret, start->uri})));
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
        if (!codes) return refuse(responder, problem_of(codes.error()));
        const std::string& user = shared->caller.user;
        note(services, *shared, user, "second factor confirmed", user);
        responder.send(never_stored(json_response(RecoveryCodes{*codes})));
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
        if (!removed) return refuse(responder, problem_of(removed.error()));
        note(services, *shared, shared->caller.user, "second factor removed", shared->caller.user);
        responder.send(no_content());
      });
}

void reset_totp(const Services& services, Request request, net::Responder responder) {
  identity::Identity* identity = identity_of(services, responder);
  if (!identity) return;
  auto found = user_to_change(request);
  if (!found) return refuse(responder, found.error());
  const std::string name = std::move(*found);
  auto shared = std::make_shared<Request>(std::move(request));
  identity->reset_totp(name, [&services, shared, name, responder](Result<bool> removed) {
    if (!removed) return refuse(responder, problem_of(removed.error()));
    note(services, *shared, shared->caller.user, "second factor removed", name);
    responder.send(no_content());
  });
}

}  // namespace pentad::api
