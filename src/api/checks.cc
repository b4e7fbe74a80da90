#include "api/checks.h"

#include <fmt/format.h>

#include "api/limits.h"
#include "base/json_text.h"

namespace pentad::api {

namespace {

uint32_t code_point(std::string_view bytes) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() == 1) return byte(0);
  uint32_t code = byte(0) & (0x7Fu >> bytes.size());
  for (size_t i = 1; i < bytes.size(); ++i) code = code << 6 | (byte(i) & 0x3Fu);
  return code;
}

// Controls, line and paragraph separators, and marks that make a line read otherwise than it is.
bool is_hidden(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

}  // namespace

Complaint check_name(std::string_view name) {
  if (name.empty()) return "a name must not be empty";
  if (name.size() > kMaxNameBytes) {
    return fmt::format("{} bytes; a name may have {}", name.size(), kMaxNameBytes);
  }
  if (name == "." || name == "..") return "a name must not be `.` or `..`";
  if (name.find('/') != name.npos) return "a name must not hold a slash";
  return check_line(name);
}

Complaint check_project(std::string_view name) {
  const size_t slash = name.find('/');
  if (slash == name.npos) return check_name(name);
  if (Complaint complaint = check_name(name.substr(0, slash))) return complaint;
  return check_name(name.substr(slash + 1));
}

Complaint check_line(std::string_view text) {
  while (!text.empty()) {
    size_t length = utf8_sequence_bytes(text);
    if (length == 0) return "not valid UTF-8";
    uint32_t c = code_point(text.substr(0, length));
    if (is_hidden(c)) {
      return fmt::format("must not hold control or invisible characters (here U+{:04X})", c);
    }
    text.remove_prefix(length);
  }
  return {};
}

Complaint check_path(std::string_view path) {
  if (path.empty()) return "a path must not be empty";
  if (path.find('\0') != path.npos) return "a path must not hold a NUL";
  if (path.size() > kMaxPathBytes) {
    return fmt::format("{} bytes; a path may have {}", path.size(), kMaxPathBytes);
  }
  return {};
}

Complaint check_variable(std::string_view name) {
  if (name.empty()) return "the name of a variable must not be empty";
  for (char c : name) {
    if (c == '=') return "the name of a variable must not hold `=`";
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return "the name of a variable must not hold control characters";
    }
  }
  return {};
}

}  // namespace pentad::api
