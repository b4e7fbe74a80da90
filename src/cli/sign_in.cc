// login, logout, whoami, tokens, sessions, passwords.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "api/people_types.h"
#include "cli/commands.h"
#include "cli/credentials.h"
#include "cli/job_text.h"
#include "cli/table.h"
#include "cli/units.h"

namespace pentad::cli {

namespace {

std::string read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) throw CommandError(kUsage, "standard input has ended");
  while (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

// Asks at the terminal, without showing what is typed. Secrets are never taken from the command
// line, where everybody on the machine could read them.
std::string ask(const std::string& question, bool is_secret,
                std::string_view instead = "--password-stdin") {
  if (!isatty(STDIN_FILENO)) {
    throw CommandError(kUsage, fmt::format("there is no terminal to ask at: use {}", instead));
  }
  fmt::print(stderr, "{}: ", question);
  termios before{};
  tcgetattr(STDIN_FILENO, &before);
  if (is_secret) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string line;
  const bool got = static_cast<bool>(std::getline(std::cin, line));
  if (is_secret) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fmt::print(stderr, "\n");
  }
  if (!got) throw CommandError(kUsage, "nothing was typed");
  return line;
}

std::string ask_new_password(bool from_stdin) {
  if (from_stdin) return read_line();
  const std::string fresh = ask("New password (at least 10 characters)", true);
  if (ask("Again", true) != fresh) throw CommandError(kUsage, "the two are not the same");
  return fresh;
}

void keep(Session& session, const std::optional<Credential>& credential) {
  if (Status kept = store_credential(session.centre(), credential); !kept) {
    throw CommandError(kFailed, fmt::format("{}: {}", kept.error().path, kept.error().message));
  }
}

void choose_password(Session& session, const std::string& old, bool from_stdin) {
  api::PasswordForm form{old, ask_new_password(from_stdin)};
  session.call(net::Method::put, "/password", to_json(form));
}

// The answer to the form; asks for the second factor when it is needed.
api::SignedIn sign_in(Session& session, api::SignInForm& form, bool may_ask) {
  auto send = [&] {
    return session.client().send(net::Method::post, "/api/v1/session", to_json(form), {});
  };
  Result<net::Response> answer = send();
  const bool needs_code = answer && answer->body.find("second-factor-needed") != std::string::npos;
  if (needs_code && form.code.empty() && may_ask) {
    form.code = ask("Code of the second factor", false, "--code");
    answer = send();
  }
  session.check(answer);
  return session.parse<api::SignedIn>(answer->body);
}

std::string day(int64_t at_ms) {
  return at_ms > 0 ? format_time(Time{at_ms}, wall_clock()) : std::string("-");
}

}  // namespace

int login(Session& session, const LoginOptions& o) {
  if (o.token_stdin) {
    const std::string token = read_line();
    session.use(token);
    auto who = session.get<api::WhoAmI>("/whoami");
    keep(session, Credential{who.user, token});
    if (!print_json(session, who)) fmt::print("signed in as {}\n", printable(who.user));
    return kOk;
  }
  session.use({});
  api::SignInForm form;
  form.user = o.user.empty() ? ask("User", false, "--user") : o.user;
  form.password = o.password_stdin ? read_line() : ask("Password", true);
  form.code = o.code;
  const api::SignedIn done = sign_in(session, form, !o.password_stdin);
  session.use(*done.secret);
  if (done.must_change_password) {
    if (!o.password_stdin) fmt::print(stderr, "This password is for the first sign-in alone.\n");
    if (o.password_stdin && std::cin.peek() == std::char_traits<char>::eof()) {
      throw CommandError(kNotSignedIn,
                         "this password is for the first sign-in alone: give the one that replaces "
                         "it in the second line (at least 10 characters)");
    }
    choose_password(session, form.password, o.password_stdin);
  }
  keep(session, Credential{done.user, *done.secret});
  if (session.json()) {
    api::SignedIn shown = done;
    shown.secret.reset();
    print_json(session, shown);
  } else {
    fmt::print("signed in as {} until {}\n", printable(done.user), day(done.expires_at_ms));
  }
  return kOk;
}

int logout(Session& session) {
  if (!stored_credential(session.centre())) {
    throw CommandError(kFailed, "nobody is signed in at " + session.centre());
  }
  auto answer = session.client().send(net::Method::delete_, "/api/v1/session", {}, {});
  keep(session, {});
  // A session that has ended already is as good as one that ends now.
  if (!answer || answer->status != 401) session.check(answer);
  if (!session.json()) fmt::print("signed out\n");
  return kOk;
}

int whoami(Session& session) {
  auto who = session.get<api::WhoAmI>("/whoami");
  if (print_json(session, who)) return kOk;
  fmt::print("{}{}\n", printable(who.user), who.title.empty() ? "" : ", " + printable(who.title));
  for (const RoleGrant& role : who.roles) {
    std::string where = role.tenant.empty()    ? "the whole centre"
                        : role.project.empty() ? role.tenant
                                               : role.tenant + "/" + role.project;
    fmt::print("  {} of {}\n", boost::describe::enum_to_string(role.role, "?"), printable(where));
  }
  if (!who.projects.empty()) fmt::print("projects: {}\n", fmt::join(who.projects, ", "));
  fmt::print("second factor: {}\n", who.second_factor ? "yes" : "no");
  return kOk;
}

int tokens(Session& session, const std::string& user) {
  const std::string query = user.empty() ? "" : "?user=" + net::percent_encode(user);
  auto list = session.get<api::TokenList>("/tokens" + query);
  if (print_json(session, list)) return kOk;
  Table table({{"ID"},
               {"NAME", Align::left, 8},
               {"MAY", Align::left, 6},
               {"ENDS"},
               {"LAST USED"},
               {"FROM"}});
  for (const api::TokenView& t : list.tokens) {
    table.add({t.id, printable(t.name), fmt::format("{}", fmt::join(t.scopes, ",")),
               day(t.expires_at_ms), day(t.last_used_at_ms), printable(t.last_from)});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int make_token(Session& session, const PeopleOptions& o) {
  api::TokenForm form;
  form.name = o.name;
  if (!o.scopes.empty()) form.scopes = o.scopes;
  if (o.days > 0) form.days = o.days;
  auto token = session.send<api::TokenView>(net::Method::post, "/tokens", form);
  if (print_json(session, token)) return kOk;
  fmt::print(stderr, "shown this once; for PENTAD_TOKEN, or `pentad login --token-stdin`:\n");
  fmt::print("{}\n", *token.secret);
  return kOk;
}

int end_credential(Session& session, const std::string& kind, const PeopleOptions& o) {
  std::string target = fmt::format("/{}/{}", kind, net::percent_encode(o.name));
  if (!o.user.empty()) target += "?user=" + net::percent_encode(o.user);
  session.call(net::Method::delete_, target, {});
  if (!session.json()) fmt::print("{} ended\n", printable(o.name));
  return kOk;
}

int sessions(Session& session, const std::string& user) {
  const std::string query = user.empty() ? "" : "?user=" + net::percent_encode(user);
  auto list = session.get<api::SessionList>("/sessions" + query);
  if (print_json(session, list)) return kOk;
  Table table({{"ID"}, {"BY"}, {"FROM"}, {"BEGAN"}, {"LAST USED"}, {"WITH", Align::left, 8}});
  for (const api::SessionView& s : list.sessions) {
    table.add({s.id + (s.current ? " *" : ""), s.by, printable(s.from), day(s.created_at_ms),
               day(s.last_used_at_ms), printable(s.agent)});
  }
  fmt::print("{}", table.render(session.width(), session.colour()));
  return kOk;
}

int password(Session& session, const PeopleOptions& o) {
  if (!o.name.empty()) {
    const std::string target = fmt::format("/users/{}/password", net::percent_encode(o.name));
    auto made = session.send<api::PasswordMade>(net::Method::post, target,
                                                api::PasswordReset{o.forget_all});
    if (print_json(session, made)) return kOk;
    fmt::print(stderr, "shown this once, good for the first sign-in:\n");
    fmt::print("{}\n", made.password);
    return kOk;
  }
  const std::string old = o.password_stdin ? read_line() : ask("Old password", true);
  choose_password(session, old, o.password_stdin);
  if (!session.json()) fmt::print("changed; all other sessions have ended\n");
  return kOk;
}

int second_factor(Session& session, const PeopleOptions& o) {
  if (o.reset != !o.name.empty()) {
    throw CommandError(kUsage, "name whose second factor to --reset; yours goes with --remove");
  }
  if (o.reset) {
    session.call(net::Method::post,
                 fmt::format("/users/{}/totp/reset", net::percent_encode(o.name)), {});
    if (!session.json()) fmt::print("removed; {} signs in without it now\n", printable(o.name));
    return kOk;
  }
  if (o.remove) {
    api::CodeForm form{o.code.empty() ? ask("Code, or a recovery code", false, "--code") : o.code};
    session.call(net::Method::post, "/totp/remove", to_json(form));
    if (!session.json()) fmt::print("removed\n");
    return kOk;
  }
  api::CodeForm form{o.code};
  if (form.code.empty()) {
    auto begun = session.parse<api::TotpBegun>(session.call(net::Method::post, "/totp", {}));
    if (!isatty(STDIN_FILENO) && print_json(session, begun)) return kOk;
    fmt::print("secret: {}\n{}\n", begun.secret, begun.uri);
    if (!isatty(STDIN_FILENO)) {
      fmt::print("confirm it with `pentad user totp --code CODE`\n");
      return kOk;
    }
    form.code = ask("Code that the application shows", false);
  }
  auto codes = session.send<api::RecoveryCodes>(net::Method::post, "/totp/confirm", form);
  if (print_json(session, codes)) return kOk;
  fmt::print("recovery codes, each good once; keep them:\n");
  for (const std::string& code : codes.codes) fmt::print("  {}\n", code);
  return kOk;
}

}  // namespace pentad::cli
