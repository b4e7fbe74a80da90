#include "api/authenticate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "api/answer.h"
#include "api/cookie.h"
#include "identity/identity.h"
#include "ledger/calendar.h"

namespace pentad::api {

namespace {

// "127.0.0.1" of "127.0.0.1:54321", "::1" of "[::1]:54321"; without a port all is the address.
std::string without_port(std::string_view address) {
  const size_t colon = address.rfind(':');
  const bool has_port =
      colon != address.npos && (address.starts_with('[') || address.find(':') == colon);
  if (has_port && !address.ends_with(']')) address = address.substr(0, colon);
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

// A like name alone makes nobody an operator: the account must say whose it is.
std::vector<RoleGrant> roles_by_unix_user(const Directory& directory, const User& user) {
  std::vector<RoleGrant> roles = effective_roles(directory, user.name);
  if (!user.unix_user.empty()) return roles;
  std::erase_if(roles, [](const RoleGrant& role) {
    return role.tenant.empty() && role.role != Role::member;
  });
  return roles;
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
  out.roles = roles_by_unix_user(directory, *user);
  return out;
}

constexpr std::string_view kOwnHeader = "Pentad-Request";

constexpr const char* kSignInAgain = "sign in again: `pentad login`";

Problem bad_credential() {
  return problem(
      "not-signed-in",
      "nobody knows this token or session here: it has been ended, or was made elsewhere", {},
      kSignInAgain);
}

Problem expired(Time at) {
  return problem("not-signed-in",
                 "this token or session has expired, at " + ledger::utc_time_text(at), {},
                 kSignInAgain);
}

Answer<Caller> by_secret(const Services& services, std::string_view secret,
                         const std::string& address, const Directory& directory) {
  const auto proven = services.identity ? services.identity->prove(secret, address) : std::nullopt;
  if (!proven && services.identity) {
    if (auto end = services.identity->expired_at(secret)) return tl::unexpected(expired(*end));
  }
  if (!proven) return tl::unexpected(bad_credential());
  Caller out;
  out.user = proven->user;
  out.proof = proven->is_session ? Proof::session : Proof::token;
  out.session = proven->id;
  out.scopes = proven->scopes;
  out.roles = effective_roles(directory, proven->user);
  return out;
}

// A browser sends its cookie with whatever request any page makes: one that changes something must
// carry a header that only our own pages can set. (Where it comes from, net has looked at already.)
std::optional<Problem> check_forgery(const net::Request& request) {
  const bool reads = request.method == net::Method::get || request.method == net::Method::head;
  if (reads || request.headers.find(kOwnHeader)) return {};
  return problem("not-permitted", "a request with a cookie that changes something needs a header",
                 std::string(kOwnHeader), "send Pentad-Request: 1");
}

// A token or a cookie, when there is one.
std::optional<Answer<Caller>> by_credential(const Services& services, const net::Request& request,
                                            const std::string& address,
                                            const Directory& directory) {
  if (const std::string* header = request.headers.find("Authorization")) {
    constexpr std::string_view kBearer = "Bearer ";
    const std::string_view text = *header;
    const bool is_bearer = text.size() > kBearer.size() &&
                           net::equal_without_case(text.substr(0, kBearer.size()), kBearer);
    if (!is_bearer) return Answer<Caller>(tl::unexpected(bad_credential()));
    return by_secret(services, text.substr(kBearer.size()), address, directory);
  }
  const std::string* cookies = request.headers.find("Cookie");
  if (!cookies) return {};
  const auto secret = cookie_value(*cookies, cookie_name("pentad", request.peer.is_tls));
  if (!secret) return {};
  Answer<Caller> caller = by_secret(services, *secret, address, directory);
  if (!caller) return caller;
  if (auto p = check_forgery(request)) return Answer<Caller>(tl::unexpected(std::move(*p)));
  return caller;
}

}  // namespace

std::string address_of(const net::Request& request) {
  return request.peer.is_unix ? "unix" : without_port(request.peer.address);
}

Answer<Caller> authenticate(const Services& services, const net::Request& request) {
  auto directory = services.core.directory();
  const std::string from = address_of(request);
  auto by_proof = by_credential(services, request, from, *directory);
  Answer<Caller> caller = by_proof               ? std::move(*by_proof)
                          : request.peer.is_unix ? by_unix_user(request, *directory)
                                                 : Answer<Caller>(Caller{});
  if (!caller) return caller;
  caller->directory = std::move(directory);
  caller->from = from;
  return caller;
}

std::optional<Caller> renewed(const Services& services, Caller caller) {
  if (caller.is_system) return caller;
  if (!caller.session.empty() && !services.identity->is_alive(caller.session)) return {};
  caller.directory = services.core.directory();
  const User* user = caller.directory->find_user(caller.user);
  if (!user || user->state == AccountState::closed) return {};
  caller.roles = caller.proof == Proof::unix_socket
                     ? roles_by_unix_user(*caller.directory, *user)
                     : effective_roles(*caller.directory, caller.user);
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
