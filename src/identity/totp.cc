#include "identity/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "identity/secret.h"

namespace pentad::identity {

namespace {

const EVP_MD* digest_of(TotpHash hash) {
  switch (hash) {
    case TotpHash::sha256:
      return EVP_sha256();
    case TotpHash::sha512:
      return EVP_sha512();
    case TotpHash::sha1:
      break;
  }
  return EVP_sha1();
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string totp_code(std::string_view secret, int64_t step, int digits, TotpHash hash) {
  std::array<unsigned char, 8> counter{};
  for (size_t i = 0; i < counter.size(); ++i) {
    counter[i] = static_cast<unsigned char>(static_cast<uint64_t>(step) >> (56 - 8 * i));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  HMAC(digest_of(hash), secret.data(), static_cast<int>(secret.size()), counter.data(),
       counter.size(), mac.data(), &length);
  const size_t offset = mac[length - 1] & 15;
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | mac[offset + i];
  value &= 0x7FFFFFFF;
  uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  return fmt::format("{:0{}}", value % modulus, digits);
}

std::optional<int64_t> match_totp(std::string_view secret, std::string_view code, Time now,
                                  int64_t last_used) {
  std::optional<int64_t> found;
  for (int64_t step = totp_step(now) - 1; step <= totp_step(now) + 1; ++step) {
    const bool is_it = equal_secretly(totp_code(secret, step), code);
    if (is_it && step > last_used && !found) found = step;
  }
  return found;
}

std::string totp_uri(std::string_view issuer, std::string_view user, std::string_view secret) {
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}", encoded(issuer), encoded(user),
                     base32(secret), encoded(issuer));
}

}  // namespace pentad::identity
