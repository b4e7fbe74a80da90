// What JSON text needs to know about UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pentad {

// Length in bytes of the valid UTF-8 sequence at the start of `text`, 0 if it is not one (overlong
// forms, surrogates and code points above U+10FFFF are not) or `text` is empty.
size_t utf8_sequence_bytes(std::string_view text);

// True if all of `text` is valid UTF-8.
bool is_utf8(std::string_view text);

// Number of code points in valid UTF-8.
size_t utf8_length(std::string_view text);

// Appends one code point (not a surrogate, at most U+10FFFF).
void append_utf8(std::string& out, uint32_t code_point);

// Length of the run of plain ASCII at the start of `text` that stands in JSON as it is: no control
// character, quote, backslash or byte above 0x7F.
size_t plain_run_bytes(std::string_view text);

}  // namespace pentad
