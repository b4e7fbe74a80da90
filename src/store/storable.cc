#include "store/storable.h"

#include <algorithm>

#include "base/json_text.h"

namespace pentad::store {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEscapedNul = "\\u0000";

}  // namespace

bool is_storable(std::string_view text) {
  return text.find('\0') == std::string_view::npos && is_utf8(text);
}

std::string storable(std::string text) {
  if (is_storable(text)) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t length = rest.front() == '\0' ? 0 : utf8_sequence_bytes(rest);
    out += length == 0 ? kReplacement : rest.substr(0, length);
    rest.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

bool mend_escaped_nul(std::string& json) {
  bool found = false;
  for (size_t at = 0; (at = json.find(kEscapedNul, at)) != std::string::npos;) {
    // Behind an odd number of backslashes this one is itself a character of the text.
    size_t before = at;
    while (before > 0 && json[before - 1] == '\\') --before;
    if ((at - before) % 2 == 1) {
      at += kEscapedNul.size();
      continue;
    }
    json.replace(at, kEscapedNul.size(), kReplacement);
    at += kReplacement.size();
    found = true;
  }
  return found;
}

}  // namespace pentad::store
