#include "twin/report/escape.h"

#include "base/json_text.h"

namespace pentad::twin {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Two bytes C2 80..9F: C1 controls. Three bytes E2 80 8B..8F, A8..AE and E2 81 A0..AF: invisible
// marks, line separators, embeddings, overrides and isolates. EF BB BF: byte order mark.
bool invisible(std::string_view s) {
  const auto byte = [s](size_t i) { return static_cast<unsigned char>(s[i]); };
  if (s.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (s.size() != 3) return false;
  if (byte(0) == 0xEF) return byte(1) == 0xBB && byte(2) == 0xBF;
  if (byte(0) != 0xE2) return false;
  if (byte(1) == 0x80) {
    return (byte(2) >= 0x8B && byte(2) <= 0x8F) || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
  }
  return byte(1) == 0x81 && byte(2) >= 0xA0 && byte(2) <= 0xAF;
}

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = utf8_sequence_bytes(text);
    const std::string_view one = text.substr(0, length == 0 ? 1 : length);
    const auto first = static_cast<unsigned char>(one[0]);
    if (first == '\n' || first == '\r' || first == '\t') {
      out += ' ';
    } else if (length == 0 || first < 0x20 || first == 0x7F || invisible(one)) {
      out += kReplacement;
    } else {
      out += one;
    }
    text.remove_prefix(one.size());
  }
  return out;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (char c : clean(text)) {
    const std::string_view replaced = entity(c);
    if (replaced.empty()) {
      out += c;
    } else {
      out += replaced;
    }
  }
  return out;
}

std::string json_for_script(std::string json) {
  std::string out;
  out.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    const std::string_view three = std::string_view(json).substr(i, 3);
    if (json[i] == '<') {
      out += "\\u003c";
    } else if (json[i] == '>') {
      out += "\\u003e";
    } else if (json[i] == '&') {
      out += "\\u0026";
    } else if (three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9") {
      out += three[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

}  // namespace pentad::twin
