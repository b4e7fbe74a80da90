// The records of an attempt's control file, read and written by daemon and supervisor (see
// README.md). Free of allocation and exceptions, since the supervisor has neither.
//
//   <type> <version> <length of the body> <checksum, 16 hex digits>\n
//   <body: lines "key value", newline and backslash in a value written as \n and \\>
//
// A record cut short by a crash fails its checksum and counts as not written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pentad::engine {

// Version of the records and messages. A reader refuses a higher one.
inline constexpr int kProtocolVersion = 1;

struct Record {
  std::string_view type;
  int version = 0;
  std::string_view body;
};

// Takes the first record off `text`. False at the end, and at anything that is not a whole record.
bool take_record(std::string_view& text, Record& record);

struct Field {
  std::string_view key;
  std::string_view value;  // still escaped
};

// Takes the first line off `body`; false at the end. A line without blank is a key without value.
bool take_field(std::string_view& body, Field& field);

// Writes the value of `escaped` to `to` (at least escaped.size() bytes, may be the same memory) and
// returns its length.
size_t unescape(std::string_view escaped, char* to);

// Whole decimal number within int64, or `fallback`.
int64_t parse_integer(std::string_view digits, int64_t fallback);

uint64_t checksum(std::string_view body);

// Room for the longest head of a record with a type of up to 16 letters.
inline constexpr size_t kMaxHead = 64;
// Writes the head of a record with this body to `to`, kMaxHead bytes; returns its length.
size_t write_head(std::string_view type, std::string_view body, char* to);

// Decimal digits of `value` in `to` (24 bytes); returns their number.
size_t write_integer(int64_t value, char* to);

// Appends "key value\n" to anything with append(const char*, size_t).
template <class Text>
void append_field(Text& text, std::string_view key, std::string_view value) {
  text.append(key.data(), key.size());
  text.append(" ", 1);
  size_t from = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\n' && value[i] != '\\') continue;
    text.append(value.data() + from, i - from);
    text.append(value[i] == '\n' ? "\\n" : "\\\\", 2);
    from = i + 1;
  }
  text.append(value.data() + from, value.size() - from);
  text.append("\n", 1);
}

template <class Text>
void append_field(Text& text, std::string_view key, int64_t value) {
  char digits[24];
  append_field(text, key, std::string_view(digits, write_integer(value, digits)));
}

}  // namespace pentad::engine
