#include "base/json_writer.h"

#include <cmath>

#include "base/json_text.h"

namespace pentad {

namespace {

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      constexpr char hex[] = "0123456789abcdef";
      out += "\\u00";
      out.push_back(hex[c >> 4]);
      out.push_back(hex[c & 15]);
  }
}

}  // namespace

void append_json_double(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  // Fixed notation over the whole range would need hundreds of zeros; outside this range nobody
  // reads along.
  double size = std::fabs(value);
  bool fixed = size == 0 || (size >= 1e-9 && size < 1e21);
  char digits[64];
  auto format = fixed ? std::chars_format::fixed : std::chars_format::scientific;
  auto end = std::to_chars(digits, digits + sizeof digits, value, format).ptr;
  out.append(digits, static_cast<size_t>(end - digits));
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    size_t plain = plain_run_bytes(text);
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    auto c = static_cast<unsigned char>(text.front());
    size_t length = utf8_sequence_bytes(text);
    if (c < 0x80) {
      append_escaped(out, c);
    } else if (length > 0) {
      out.append(text.data(), length);
    } else {
      out += "\xEF\xBF\xBD";
    }
    text.remove_prefix(length > 0 ? length : 1);
  }
  out.push_back('"');
}

}  // namespace pentad
