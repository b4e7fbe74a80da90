#include "api/authenticate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "api/answer.h"

namespace pentad::api {

namespace {

// "127.0.0.1" of "127.0.0.1:54321", "::1" of "[::1]:54321".
std::string without_port(std::string_view address) {
  if (const size_t colon = address.rfind(':'); colon != address.npos) {
    address = address.substr(0, colon);
  }
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  return std::string(address);
}

Caller system_caller(std::string user) {
  Caller out;
  out.user = std::move(user);
  out.proof = Proof::unix_socket;
  out.roles = {{out.user, Role::centre_operator, "", ""}};
  out.is_system = true;
  return out;
}

Answer<Caller> by_unix_user(const net::Request& request, const Directory& directory) {
  const std::string name = actor_of(request);
  if (request.peer.uid == 0 || request.peer.uid == static_cast<int64_t>(geteuid())) {
    return system_caller(name);
  }
  const User* user = directory.find_user_by_unix(name);
  if (!user || user->state == AccountState::closed) {
    return tl::unexpected(problem("not-permitted",
                                  fmt::format("{} is no user of this centre", name), {},
                                  "ask the operator for an account (`pentad user add`)"));
  }
  Caller out;
  out.user = user->name;
  out.proof = Proof::unix_socket;
  out.roles = directory.roles_of(user->name);
  return out;
}

}  // namespace

Answer<Caller> authenticate(const Services& services, const net::Request& request) {
  auto directory = services.core.directory();
  Answer<Caller> caller =
      request.peer.is_unix ? by_unix_user(request, *directory) : Answer<Caller>(system_caller({}));
  if (!caller) return caller;
  caller->directory = std::move(directory);
  caller->from = request.peer.is_unix ? "unix" : without_port(request.peer.address);
  return caller;
}

store::Command command_of(const Request& request, event::What what) {
  store::Command command;
  command.event.actor = request.caller.user;
  command.event.from = request.caller.from;
  command.event.what = std::move(what);
  return command;
}

}  // namespace pentad::api
