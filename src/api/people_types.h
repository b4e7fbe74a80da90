// Tenants, projects, users, roles, and signing in, as the API shows and takes them.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/limits.h"
#include "base/reflect_note.h"
#include "model/people.h"
#include "tenancy/names.h"

namespace pentad::api {

// --- who is there ---

struct TenantView {
  std::string name;
  std::string title;
  AccountState state = AccountState::active;
  int64_t projects = 0;
};
BOOST_DESCRIBE_STRUCT(TenantView, (), (name, title, state, projects))

struct TenantList {
  std::vector<TenantView> tenants;
};
BOOST_DESCRIBE_STRUCT(TenantList, (), (tenants))

struct NewTenant {
  std::string name;
  std::string title;
};
BOOST_DESCRIBE_STRUCT(NewTenant, (), (name, title))
constexpr auto field_notes(const NewTenant*) {
  return std::array{
      note("name").doc("Letters, digits and . _ - @ +").required().length(1, pentad::kMaxNameBytes),
      note("title").doc("For people").length(0, kMaxTitleBytes)};
}

struct AccountChange {
  std::optional<std::string> title;
  std::optional<AccountState> state;
};
BOOST_DESCRIBE_STRUCT(AccountChange, (), (title, state))
constexpr auto field_notes(const AccountChange*) {
  return std::array{note("title").length(0, kMaxTitleBytes),
                    note("state").doc("frozen: nothing new is taken or started; closed: for ever")};
}

struct ProjectView {
  std::string tenant;
  std::string name;
  std::string full_name;
  std::string title;
  AccountState state = AccountState::active;
};
BOOST_DESCRIBE_STRUCT(ProjectView, (), (tenant, name, full_name, title, state))

struct ProjectList {
  std::vector<ProjectView> projects;
};
BOOST_DESCRIBE_STRUCT(ProjectList, (), (projects))

struct NewProject {
  std::string tenant;
  std::string name;
  std::string title;
};
BOOST_DESCRIBE_STRUCT(NewProject, (), (tenant, name, title))
constexpr auto field_notes(const NewProject*) {
  return std::array{
      note("tenant").required().length(1, pentad::kMaxNameBytes),
      note("name").doc("Within the tenant").required().length(1, pentad::kMaxNameBytes),
      note("title").length(0, kMaxTitleBytes)};
}

struct UserView {
  std::string name;
  std::string title;
  std::string email;
  std::string unix_user;
  AccountState state = AccountState::active;
};
BOOST_DESCRIBE_STRUCT(UserView, (), (name, title, email, unix_user, state))

struct UserList {
  std::vector<UserView> users;
};
BOOST_DESCRIBE_STRUCT(UserList, (), (users))

struct NewUser {
  std::string name;
  std::string title;
  std::string email;
  std::string unix_user;
  bool password = true;
};
BOOST_DESCRIBE_STRUCT(NewUser, (), (name, title, email, unix_user, password))
constexpr auto field_notes(const NewUser*) {
  return std::array{
      note("name").required().length(1, pentad::kMaxNameBytes),
      note("title").length(0, kMaxTitleBytes), note("email").length(0, kMaxTitleBytes),
      note("unix_user").doc("Whom their jobs run as; left out: the Unix user of their name"),
      note("password").doc("Make a first password, to be changed at the first sign-in")};
}

struct UserMade {
  UserView user;
  std::optional<std::string> password;
};
BOOST_DESCRIBE_STRUCT(UserMade, (), (user, password))
constexpr auto field_notes(const UserMade*) {
  return std::array{note("password").doc("Shown once; good for choosing another one")};
}

struct UserChange {
  std::optional<std::string> title;
  std::optional<std::string> email;
  std::optional<std::string> unix_user;
  std::optional<AccountState> state;
};
BOOST_DESCRIBE_STRUCT(UserChange, (), (title, email, unix_user, state))
constexpr auto field_notes(const UserChange*) {
  return std::array{note("title").length(0, kMaxTitleBytes),
                    note("email").length(0, kMaxTitleBytes)};
}

struct RoleList {
  std::vector<RoleGrant> roles;
};
BOOST_DESCRIBE_STRUCT(RoleList, (), (roles))

// --- signing in ---

struct SignInForm {
  std::string user;
  std::string password;
  std::string code;
  bool cookie = false;
};
BOOST_DESCRIBE_STRUCT(SignInForm, (), (user, password, code, cookie))
constexpr auto field_notes(const SignInForm*) {
  return std::array{note("user").required().length(1, 256),
                    note("password").required().length(1, 1024),
                    note("code").doc("Of the second factor, or a recovery code").length(0, 64),
                    note("cookie").doc("Set a cookie instead of showing the secret: for browsers")};
}

struct SignedIn {
  std::string user;
  std::string session;
  std::optional<std::string> secret;
  int64_t expires_at_ms = 0;
  bool must_change_password = false;
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (user, session, secret, expires_at_ms, must_change_password))
constexpr auto field_notes(const SignedIn*) {
  return std::array{note("session").doc("Its id, for ending it"),
                    note("secret").doc("Shown once; send it as Authorization: Bearer"),
                    note("must_change_password")
                        .doc("The session is good for changing the password alone until then")};
}

struct SessionView {
  std::string id;
  std::string by;
  std::string from;
  std::string agent;
  int64_t created_at_ms = 0;
  int64_t last_used_at_ms = 0;
  int64_t expires_at_ms = 0;
  bool current = false;
};
BOOST_DESCRIBE_STRUCT(SessionView, (),
                      (id, by, from, agent, created_at_ms, last_used_at_ms, expires_at_ms, current))

struct SessionList {
  std::vector<SessionView> sessions;
};
BOOST_DESCRIBE_STRUCT(SessionList, (), (sessions))

struct TokenForm {
  std::string name;
  std::vector<std::string> scopes = {"all"};
  int64_t days = 90;
};
BOOST_DESCRIBE_STRUCT(TokenForm, (), (name, scopes, days))
constexpr auto field_notes(const TokenForm*) {
  return std::array{note("name").doc("For people").required().length(1, 120),
                    note("scopes").doc("read, jobs, all, or names of permissions").length(1, 64),
                    note("days").doc("Until it ends").range(1, 366)};
}

struct TokenView {
  std::string id;
  std::string name;
  std::vector<std::string> scopes;
  int64_t created_at_ms = 0;
  int64_t expires_at_ms = 0;
  int64_t last_used_at_ms = 0;
  std::string last_from;
  std::optional<std::string> secret;
};
BOOST_DESCRIBE_STRUCT(TokenView, (),
                      (id, name, scopes, created_at_ms, expires_at_ms, last_used_at_ms, last_from,
                       secret))
constexpr auto field_notes(const TokenView*) {
  return std::array{note("secret").doc("Only in the answer that makes it: shown once")};
}

struct TokenList {
  std::vector<TokenView> tokens;
};
BOOST_DESCRIBE_STRUCT(TokenList, (), (tokens))

struct WhoAmI {
  std::string user;
  std::string title;
  std::string email;
  std::vector<RoleGrant> roles;
  std::vector<std::string> projects;
  std::string proof;
  std::string session;
  bool second_factor = false;
  bool has_password = false;
};
BOOST_DESCRIBE_STRUCT(WhoAmI, (),
                      (user, title, email, roles, projects, proof, session, second_factor,
                       has_password))
constexpr auto field_notes(const WhoAmI*) {
  return std::array{note("proof").doc("unix_socket, token or session"),
                    note("session").doc("Id of the token or session"),
                    note("projects").doc("In which they may compute")};
}

struct PasswordForm {
  std::string old_;
  std::string new_;
};
BOOST_DESCRIBE_STRUCT(PasswordForm, (), (old_, new_))
constexpr auto field_notes(const PasswordForm*) {
  return std::array{note("old").required().length(1, 1024), note("new").required().length(1, 1024)};
}

struct PasswordMade {
  std::string password;
};
BOOST_DESCRIBE_STRUCT(PasswordMade, (), (password))

struct PasswordReset {
  bool forget_all = false;
};
BOOST_DESCRIBE_STRUCT(PasswordReset, (), (forget_all))
constexpr auto field_notes(const PasswordReset*) {
  return std::array{note("forget_all").doc("End tokens and remove the second factor as well")};
}

struct TotpBegun {
  std::string secret;
  std::string uri;
};
BOOST_DESCRIBE_STRUCT(TotpBegun, (), (secret, uri))

struct CodeForm {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(CodeForm, (), (code))
constexpr auto field_notes(const CodeForm*) { return std::array{note("code").length(0, 64)}; }

struct RecoveryCodes {
  std::vector<std::string> codes;
};
BOOST_DESCRIBE_STRUCT(RecoveryCodes, (), (codes))
constexpr auto field_notes(const RecoveryCodes*) {
  return std::array{note("codes").doc("Each good once, shown once")};
}

}  // namespace pentad::api
