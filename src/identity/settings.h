// What the configuration says about signing in: [identity], [oidc] and [ldap] of pentad.toml.
#pragma once

#include <string>
#include <vector>

#include "base/units.h"
#include "identity/passwords.h"

namespace pentad::identity {

// OpenID Connect: authorization code with PKCE. On when there is an issuer.
struct OidcSettings {
  std::string issuer;  // https://..., http:// on loopback only
  std::string client_id;
  std::string client_secret;  // from a file of its own; empty: a public client
  std::string redirect_uri;   // this centre's /api/v1/oidc/callback as the browser sees it
  std::vector<std::string> scopes = {"openid", "profile", "email"};
  std::string name_claim = "preferred_username";  // whose value is the user's name here
  bool create_users = false;                      // else a user of that name must be there
  std::string ca_file;                            // empty: the system's
  bool operator==(const OidcSettings&) const = default;
};

// LDAP: search for the entry, then bind as it. On when there is a url.
struct LdapSettings {
  std::string url;  // ldaps://host, ldap://host
  bool start_tls = true;
  std::string ca_file;
  std::string bind_dn;        // who searches; empty: nobody in particular
  std::string bind_password;  // from a file of its own
  std::string base;
  std::string filter = "(uid={user})";  // {user}: the name, escaped
  std::string name_attribute = "uid";
  std::string title_attribute = "cn";
  std::string mail_attribute = "mail";
  bool create_users = false;
  bool operator==(const LdapSettings&) const = default;
};

struct Settings {
  std::string centre = "Pentad";  // as second-factor applications show it
  Duration session_idle = hours(12);
  Duration session_longest = hours(24 * 7);
  Duration token_longest = hours(24 * 366);
  PasswordCost password_cost;
  std::string key_file;  // under whose key second factors are stored; see seal.h
  OidcSettings oidc;
  LdapSettings ldap;
};

}  // namespace pentad::identity
