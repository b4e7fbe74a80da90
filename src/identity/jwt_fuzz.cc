// Any bytes as a provider's keys and token: nothing that no key has signed is taken.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "identity/jwt.h"

using namespace pentad::identity;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  const std::string_view keys_text = text.substr(0, line);
  const std::string_view token = line == text.npos ? text : text.substr(line + 1);
  auto keys = read_jwks(keys_text);
  const Expected expected{"https://id.example", "pentad", "n1", pentad::Time{1'700'000'000'000}};
  auto claims = verify_token(token, keys ? *keys : std::vector<Jwk>{}, expected);
  PENTAD_ASSERT(!claims || keys, "only what a key has signed");
  PENTAD_ASSERT(claims || !claims.error().message.empty(), "an error has words");
  return 0;
}
