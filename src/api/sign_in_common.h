// What the handlers of signing in, sessions and passwords share. Private to src/api.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/answer.h"
#include "api/handlers.h"
#include "identity/identity.h"

namespace pentad::api {

inline constexpr std::string_view kSessionCookie = "pentad";

void refuse(const net::Responder& responder, const Problem& p);
net::Response no_content();
// An answer with a secret in it: no cache keeps it.
net::Response never_stored(net::Response response);

// For the audit log; nobody waits for it.
void note(const Services& services, const Request& request, std::string actor, std::string what,
          std::string subject, std::string detail = {});
// What is typed as a name stands in the log as text without tricks.
std::string loggable(std::string_view name);

// Null when there is none: then the request has been refused.
identity::Identity* identity_of(const Services& services, const net::Responder& responder);

using Opened = std::function<void(Result<identity::NewSession>)>;
// Makes the user first when somebody else's directory vouched for one we do not know yet.
void open_session(const Services& services, const std::shared_ptr<Request>& request,
                  const identity::SignInResult& who, Opened opened);

}  // namespace pentad::api
