#include "base/json_text.h"

#include <bit>
#include <cstring>

namespace pentad {

namespace {

constexpr uint64_t ones = 0x0101010101010101ULL;
constexpr uint64_t tops = 0x8080808080808080ULL;

// High bit set in each byte of `x` that is zero (exact for the lowest such byte, which is all we
// use).
constexpr uint64_t zero_bytes(uint64_t x) { return (x - ones) & ~x & tops; }

// High bit set in each byte of `x` that may not stand in a JSON string as it is; the lowest is
// exact.
constexpr uint64_t special_bytes(uint64_t x) {
  uint64_t below_space = (x - ones * 0x20) & ~x;
  return (below_space | x | zero_bytes(x ^ (ones * '"')) | zero_bytes(x ^ (ones * '\\'))) & tops;
}

bool is_special(unsigned char c) { return c < 0x20 || c >= 0x80 || c == '"' || c == '\\'; }

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

size_t plain_run_bytes(std::string_view text) {
  size_t i = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; i + 8 <= text.size(); i += 8) {
      uint64_t word;
      std::memcpy(&word, text.data() + i, 8);
      if (uint64_t special = special_bytes(word)) {
        return i + static_cast<size_t>(std::countr_zero(special)) / 8;
      }
    }
  }
  while (i < text.size() && !is_special(static_cast<unsigned char>(text[i]))) ++i;
  return i;
}

size_t utf8_sequence_bytes(std::string_view text) {
  if (text.empty()) return 0;
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  // The second byte rules out overlong forms, surrogates and code points above U+10FFFF.
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    size_t length = utf8_sequence_bytes(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

size_t utf8_length(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += is_continuation(c) ? 0 : 1;
  return count;
}

void append_utf8(std::string& out, uint32_t code_point) {
  auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
  }
  put(0x80 | (code_point & 0x3F));
}

}  // namespace pentad
