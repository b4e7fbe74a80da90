// How people sign in: [identity], [oidc] and [ldap] of pentad.toml.
#pragma once

#include <string>

#include "base/result.h"
#include "base/toml_reader.h"
#include "identity/settings.h"

namespace pentad::app {

struct IdentityConfig {
  identity::Settings settings;
  // Files with one secret each, relative paths below the home. Empty: none.
  std::string oidc_secret_file;
  std::string ldap_password_file;
};

// Reads the three tables of the whole file.
void read_identity(TomlReader& in, TomlErrors& errors, IdentityConfig& config);

// The settings with their secrets. Error: what the system says, or invalid when others can read
// the file.
Result<identity::Settings> with_secrets(const IdentityConfig& config, const std::string& home);

}  // namespace pentad::app
