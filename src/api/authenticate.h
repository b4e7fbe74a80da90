// From a request to who asks.
#pragma once

#include <optional>

#include "api/body.h"
#include "api/caller.h"
#include "api/services.h"

namespace pentad::api {

// By the kernel's word over the Unix socket, by token or session cookie elsewhere. Nobody
// (Proof::none) when the request carries no credential; a problem when it carries a bad one, or one
// of somebody who may not come in. Touches no disk.
Answer<Caller> authenticate(const Services& services, const net::Request& request);

// Without the port; "unix" for the Unix socket.
std::string address_of(const net::Request& request);

// An event of the caller: actor and where they spoke from are theirs.
store::Command command_of(const Request& request, event::What what);

// For what stays open long after it was asked for: the same caller with the roles they have now.
// Nothing when their session, token or account has ended since.
std::optional<Caller> renewed(const Services& services, Caller caller);

}  // namespace pentad::api
