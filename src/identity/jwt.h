// JSON web tokens as OpenID Connect uses them (RFC 7515, 7517, 7519): read and verified with
// RS256 or ES256, nothing else. Signatures are OpenSSL's work.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace pentad::identity {

// A public key of a provider.
struct Jwk {
  std::string id;         // "kid", may be empty
  std::string algorithm;  // RS256 or ES256
  std::string a, b;       // n and e of RSA, x and y of P-256: bytes, big-endian
};

// Keys for signatures of the two kinds; others are left out. Error: invalid.
Result<std::vector<Jwk>> read_jwks(std::string_view json);

struct Claims {
  std::string issuer;
  std::string subject;
  std::vector<std::string> audience;
  std::string authorized_party;
  std::string nonce;
  bool email_verified = false;
  int64_t expires_s = 0;
  int64_t issued_s = 0;
  int64_t not_before_s = 0;
  std::map<std::string, std::string> texts;  // claims whose value is text
};

struct Expected {
  std::string issuer;
  std::string audience;
  std::string nonce;
  Time now;
};

// The claims of a token that one of the keys has signed and that is meant for us, now. Error:
// invalid, with what is wrong; not_found when no key has its id (fetch the keys again).
Result<Claims> verify_token(std::string_view token, const std::vector<Jwk>& keys,
                            const Expected& expected);

}  // namespace pentad::identity
