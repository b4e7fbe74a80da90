// Passwords: argon2id of libsodium. Slow and large on purpose; call from few threads only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pentad::identity {

struct PasswordCost {
  uint64_t passes = 3;
  uint64_t memory_bytes = uint64_t{64} << 20;
};

// Why this cannot be a password; nothing when it can: 10 to 1,024 bytes, no control characters, not
// the name itself, more than a few different characters.
std::optional<std::string> password_complaint(std::string_view password, std::string_view user);

// The hash with its salt and cost, as text. Error: unavailable (no memory).
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);
// False also for a hash that cannot be read.
bool verify_password(const std::string& hash, std::string_view password);
// Was it made at less than this cost? Then it should be made anew at the next sign-in.
bool needs_rehash(const std::string& hash, const PasswordCost& cost);

}  // namespace pentad::identity
