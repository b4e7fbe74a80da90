// Commands about people: signing in, tokens, sessions, tenants, projects, users, roles.
#include "cli/commands.h"
#include "cli/grammar.h"

namespace pentad::cli {

void Grammar::account_commands() {
  CLI::App* in = add("login", "Sign in; the session is kept in ~/.config/pentad",
                     [this](Session& s) { return login(s, login_); });
  in->add_option("-u,--user", login_.user, "Left out: asked for");
  in->add_option("--code", login_.code, "Of the second factor");
  in->add_flag("--password-stdin", login_.password_stdin,
               "First line of standard input; a new one, when it must be, in the second");
  in->add_flag("--token-stdin", login_.token_stdin, "Keep this API token instead");
  add("logout", "End the session", [](Session& s) { return logout(s); });
  add("whoami", "Who you are here, with roles and projects", [](Session& s) { return whoami(s); });

  CLI::App* t = noun("token", "API tokens, for programs; add or revoke one",
                     [this](Session& s) { return tokens(s, people_.user); });
  t->add_option("--user", people_.user, "Of somebody else, for operators");
  CLI::App* more = add(
      "add", "Make a token; its secret is shown once",
      [this](Session& s) { return make_token(s, people_); }, t);
  more->add_option("name", people_.name, "For people: what it is for")->required();
  more->add_option("--scope", people_.scopes, "read, jobs, all or permissions")->delimiter(',');
  more->add_option("--days", people_.days, "Until it ends; default 90");
  CLI::App* less = add(
      "revoke", "End a token, at once",
      [this](Session& s) { return end_credential(s, "tokens", people_); }, t);
  less->add_option("id", people_.name)->required();
  less->add_option("--user", people_.user, "Of somebody else, for operators");

  CLI::App* open = noun("session", "Where you are signed in; end one",
                        [this](Session& s) { return sessions(s, people_.user); });
  open->add_option("--user", people_.user, "Of somebody else, for operators");
  CLI::App* end = add(
      "end", "End a session, at once",
      [this](Session& s) { return end_credential(s, "sessions", people_); }, open);
  end->add_option("id", people_.name)->required();
  end->add_option("--user", people_.user, "Of somebody else, for operators");
}

void Grammar::people_commands() {
  CLI::App* t = noun("tenant", "Tenants; add, freeze, thaw, close one",
                     [](Session& s) { return tenants(s); });
  CLI::App* p = noun("project", "Projects; add, freeze, thaw, close one",
                     [this](Session& s) { return projects(s, people_); });
  p->add_option("--tenant", people_.tenant, "Of this tenant");
  CLI::App* u = noun("user", "Users; add, set, freeze, thaw, close one; password, totp",
                     [](Session& s) { return users(s); });
  struct Noun {
    const char* name;
    CLI::App* app;
    int (*make)(Session&, const PeopleOptions&);
  };
  for (const Noun& n : {Noun{"tenant", t, add_tenant}, Noun{"project", p, add_project},
                        Noun{"user", u, add_user}}) {
    CLI::App* more = add(
        "add", "Make one", [this, make = n.make](Session& s) { return make(s, people_); }, n.app);
    more->add_option("name", people_.name, n.app == p ? "TENANT/NAME" : "")->required();
    more->add_option("--title", people_.title, "For people");
    if (n.app == u) {
      more->add_option("--email", people_.email);
      more->add_option("--unix-user", people_.unix_user, "Whom their jobs run as");
      more->add_flag("--no-password", people_.no_password, "They sign in otherwise");
    }
    struct Verb {
      const char* name;
      const char* what;
    };
    for (const Verb& verb : {Verb{"freeze", "Nothing new is taken or started; what runs runs on"},
                             Verb{"thaw", "Ends the freeze"}, Verb{"close", "For good"}}) {
      CLI::App* c = add(
          verb.name, verb.what,
          [this, noun = std::string(n.name), name = verb.name](Session& s) {
            return change_state(s, noun, name, people_);
          },
          n.app);
      c->add_option("name", people_.name)->required();
    }
  }
  user_commands(u);
  role_commands();
}

void Grammar::user_commands(CLI::App* user) {
  CLI::App* set = add(
      "set", "Change what is known of a user",
      [this](Session& s) { return change_user(s, people_); }, user);
  set->add_option("name", people_.name)->required();
  set->add_option("--title", people_.title);
  set->add_option("--email", people_.email);
  set->add_option("--unix-user", people_.unix_user);
  CLI::App* pass = add(
      "password", "Change yours, or make a new first one for NAME",
      [this](Session& s) { return password(s, people_); }, user);
  pass->add_option("name", people_.name);
  pass->add_flag("--password-stdin", people_.password_stdin, "Old and new, a line each");
  pass->add_flag("--forget-all", people_.forget_all, "End tokens, remove the second factor");
  CLI::App* totp = add(
      "totp", "Begin with a second factor, or remove it",
      [this](Session& s) { return second_factor(s, people_); }, user);
  totp->add_option("name", people_.name, "Of somebody else, with --reset");
  totp->add_flag("--remove", people_.remove, "Yours, with a code of it or a recovery code");
  totp->add_option("--code", people_.code, "What the application shows: confirms, or removes");
  totp->add_flag("--reset", people_.reset, "Remove that of NAME, for operators");
}

void Grammar::role_commands() {
  CLI::App* r = noun("role", "Who has which role; grant or revoke one",
                     [this](Session& s) { return roles(s, people_); });
  r->add_option("--user", people_.user);
  r->add_option("--tenant", people_.tenant);
  for (const char* verb : {"grant", "revoke"}) {
    CLI::App* c = add(
        verb, "", [this, verb](Session& s) { return change_role(s, verb, people_); }, r);
    c->add_option("user", people_.user)->required();
    c->add_option("role", people_.role,
                  "centre_operator, finance, auditor, tenant_admin, project_manager, member")
        ->required();
    c->add_option("where", people_.where, "TENANT or TENANT/PROJECT");
  }
}

}  // namespace pentad::cli
