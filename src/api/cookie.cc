#include "api/cookie.h"

#include <fmt/format.h>

#include <algorithm>

namespace pentad::api {

namespace {

bool is_ours(std::string_view value) {
  return !value.empty() && value.size() <= 128 &&
         std::all_of(value.begin(), value.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

}  // namespace

std::optional<std::string> cookie_value(std::string_view header, std::string_view name) {
  std::optional<std::string> found;
  while (!header.empty()) {
    std::string_view part = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    const size_t equals = part.find('=');
    if (equals == part.npos || part.substr(0, equals) != name) continue;
    // Twice: somebody else has set one beside ours, and nobody knows which is which.
    if (found) return {};
    found = std::string(part.substr(equals + 1));
  }
  if (found && !is_ours(*found)) return {};
  return found;
}

std::string set_cookie(std::string_view name, std::string_view value, Duration life, bool secure,
                       bool strict) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite={}{}", name, value,
                     life.value / 1000, strict ? "Strict" : "Lax", secure ? "; Secure" : "");
}

std::string cookie_name(std::string_view base, bool secure) {
  return fmt::format("{}{}", secure ? "__Host-" : "", base);
}

}  // namespace pentad::api
