#include "identity/passwords.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <set>

namespace pentad::identity {

std::optional<std::string> password_complaint(std::string_view password, std::string_view user) {
  if (password.size() < 10) return "a password has at least 10 characters";
  if (password.size() > 1024) return "a password has at most 1,024 bytes";
  const bool has_control = std::any_of(password.begin(), password.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (has_control) return "a password holds no control characters";
  if (password == user) return "a password is not the name itself";
  if (std::set<char>(password.begin(), password.end()).size() < 5) {
    return "a password has more than four different characters";
  }
  return {};
}

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const int failed =
      crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost.passes,
                            static_cast<size_t>(cost.memory_bytes), crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) return fail(ErrorCode::unavailable, "no memory to hash a password");
  return std::string(out.data());
}

bool verify_password(const std::string& hash, std::string_view password) {
  if (hash.size() >= crypto_pwhash_STRBYTES) return false;
  std::array<char, crypto_pwhash_STRBYTES> text{};
  std::copy(hash.begin(), hash.end(), text.begin());
  return crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
}

bool needs_rehash(const std::string& hash, const PasswordCost& cost) {
  if (hash.size() >= crypto_pwhash_STRBYTES) return true;
  std::array<char, crypto_pwhash_STRBYTES> text{};
  std::copy(hash.begin(), hash.end(), text.begin());
  return crypto_pwhash_str_needs_rehash(text.data(), cost.passes,
                                        static_cast<size_t>(cost.memory_bytes)) != 0;
}

}  // namespace pentad::identity
