// Appends JSON text to a string, without a tree in between. Numbers never carry an exponent below
// 1e21; text that is not UTF-8 is mended, so that what comes out is always valid JSON.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace pentad {

// Appends the decimal digits of `value`.
template <std::integral I>
inline void append_json_integer(std::string& out, I value) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, static_cast<size_t>(end - digits));
}

// Appends the shortest digits that read back as exactly `value`; NaN and infinities become null.
void append_json_double(std::string& out, double value);

// Appends `text` in quotes. Each byte that is not part of valid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace pentad
