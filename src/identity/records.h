// What identity keeps of each thing, as the bodies of its rows. Private to src/identity.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/units.h"

namespace pentad::identity {

inline constexpr const char* kPasswordKind = "password";  // by user
inline constexpr const char* kTotpKind = "totp";          // by user
inline constexpr const char* kTokenKind = "token";        // by id
inline constexpr const char* kSessionKind = "session";    // by id
inline constexpr const char* kSubjectKind = "subject";    // of a provider: by issuer and subject

struct PasswordRecord {
  std::string hash;
  Time changed;
  bool must_change = false;  // was made by somebody else: good for choosing another one only
};
BOOST_DESCRIBE_STRUCT(PasswordRecord, (), (hash, changed, must_change))

struct TotpRecord {
  std::string secret;  // bytes in base32
  bool confirmed = false;
  int64_t last_step = 0;              // whose code was used last
  std::vector<std::string> recovery;  // fingerprints of codes that are left
};
BOOST_DESCRIBE_STRUCT(TotpRecord, (), (secret, confirmed, last_step, recovery))

struct TokenRecord {
  std::string user;
  std::string name;
  std::string fingerprint;
  std::vector<std::string> scopes;
  Time created;
  Time expires;
  Time last_used;
  std::string last_from;
};
BOOST_DESCRIBE_STRUCT(TokenRecord, (),
                      (user, name, fingerprint, scopes, created, expires, last_used, last_from))

struct SessionRecord {
  std::string user;
  std::string fingerprint;
  Time created;
  Time expires;  // whatever happens
  Time last_used;
  std::string from;
  std::string agent;
  std::string by;  // "password", "password and code", "oidc", "ldap"
  bool must_change = false;
};
BOOST_DESCRIBE_STRUCT(SessionRecord, (),
                      (user, fingerprint, created, expires, last_used, from, agent, by,
                       must_change))

struct SubjectRecord {
  std::string user;
};
BOOST_DESCRIBE_STRUCT(SubjectRecord, (), (user))

}  // namespace pentad::identity
