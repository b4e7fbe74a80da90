// Random secrets, their texts and what is kept of them. All from libsodium.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pentad::identity {

// `bytes` random bytes as base64url without padding: 32 bytes are 43 characters.
std::string random_text(size_t bytes);
// Short and easy to read aloud: letters and digits without those that look alike, in groups of
// four. `groups` of them carry 19.8 bits each.
std::string random_words(size_t groups);

// What is kept of a random secret: its BLAKE2b-256 in hex. Enough for 256 random bits; passwords
// need passwords.h.
std::string fingerprint(std::string_view secret);

// In time that tells nothing about where they differ.
bool equal_secretly(std::string_view a, std::string_view b);

std::string base64url(std::string_view bytes);
// Nothing for what is none, padding included.
std::optional<std::string> from_base64url(std::string_view text);
std::string base32(std::string_view bytes);  // RFC 4648 without padding
std::optional<std::string> from_base32(std::string_view text);

}  // namespace pentad::identity
