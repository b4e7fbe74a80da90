// Signing in against a directory server: find the person's entry, then bind as it with the password
// they gave.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/settings.h"

namespace pentad::identity {

// A value inside a search filter (RFC 4515): what would change the filter's meaning is escaped.
std::string escape_filter(std::string_view value);

struct LdapPerson {
  std::string name;  // as the directory spells it
  std::string title;
  std::string email;
};

// Blocks for some seconds at most. Errors: not_found (no such person, several, or a wrong password,
// an empty one included: a bind without password succeeds as nobody), unavailable (the server does
// not answer, or its certificate is not good).
Result<LdapPerson> ldap_sign_in(const LdapSettings& settings, const std::string& user,
                                const std::string& password);

}  // namespace pentad::identity
