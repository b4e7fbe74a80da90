// Any bytes as encoded text, as a password's hash and as parts of a URI or a filter.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "identity/ldap.h"
#include "identity/secret.h"
#include "identity/totp.h"

using namespace pentad::identity;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  PENTAD_ASSERT(from_base32(base32(text)) == text, "base32 there and back");
  PENTAD_ASSERT(from_base64url(base64url(text)) == text, "base64url there and back");
  from_base32(text);
  from_base64url(text);
  for (const char c : totp_uri("Pentad", text, text)) {
    PENTAD_ASSERT(c > ' ' && c < 0x7F && c != '"' && c != '<', "a URI");
  }
  for (const char c : escape_filter(text)) {
    PENTAD_ASSERT(c != '*' && c != '(' && c != ')' && c != '\0', "no syntax of a filter");
  }
  match_totp("12345678901234567890", text, pentad::Time{1'700'000'000'000}, 0);
  return 0;
}
