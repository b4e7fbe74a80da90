#include "identity/secret.h"

#include <sodium.h>

#include <array>

namespace pentad::identity {

namespace {

constexpr std::string_view kReadable = "abcdefghjkmnpqrstuvwxyz23456789";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string random_text(size_t bytes) {
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  std::string text = base64url(raw);
  sodium_memzero(raw.data(), raw.size());
  return text;
}

std::string random_words(size_t groups) {
  std::string out;
  for (size_t i = 0; i < 4 * groups; ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += kReadable[randombytes_uniform(static_cast<uint32_t>(kReadable.size()))];
  }
  return out;
}

std::string fingerprint(std::string_view secret) {
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), bytes_of(secret), secret.size(), nullptr, 0);
  std::string hex(2 * hash.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.pop_back();
  return hex;
}

bool equal_secretly(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64url(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), kVariant);
  text.pop_back();
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  size_t length = 0;
  const int bad = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                    text.data(), text.size(), nullptr, &length, nullptr, kVariant);
  if (bad != 0) return {};
  bytes.resize(length);
  return bytes;
}

std::string base32(std::string_view bytes) {
  std::string out;
  uint32_t pending = 0;
  int bits = 0;
  for (const char c : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += kBase32[pending >> (bits - 5) & 31];
  }
  if (bits > 0) out += kBase32[pending << (5 - bits) & 31];
  return out;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string out;
  uint32_t pending = 0;
  int bits = 0;
  for (const char c : text) {
    const size_t digit = kBase32.find(c);
    if (digit == std::string_view::npos) return {};
    pending = pending << 5 | static_cast<uint32_t>(digit);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(pending >> bits & 255);
  }
  return out;
}

}  // namespace pentad::identity
