#include "tenancy/names.h"

#include <utf8proc.h>

#include <algorithm>

namespace pentad {

namespace {

bool is_name_ascii(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._-@+").find(c) != std::string_view::npos;
}

bool is_letter_like(utf8proc_int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
      return true;
    default:
      return false;
  }
}

// Twice the input and a little always suffice for NFC; NFKC can grow up to 18 times.
std::optional<std::string> mapped(std::string_view text, int options) {
  std::string bytes(text);
  utf8proc_int32_t codes[32 * kMaxNameBytes];
  const utf8proc_ssize_t length = utf8proc_decompose(
      reinterpret_cast<const utf8proc_uint8_t*>(bytes.data()),
      static_cast<utf8proc_ssize_t>(bytes.size()), codes,
      static_cast<utf8proc_ssize_t>(std::size(codes)), static_cast<utf8proc_option_t>(options));
  if (length <= 0 || length > static_cast<utf8proc_ssize_t>(std::size(codes))) return {};
  const utf8proc_ssize_t kept =
      utf8proc_normalize_utf32(codes, length, static_cast<utf8proc_option_t>(options));
  if (kept <= 0) return {};
  std::string out;
  for (utf8proc_ssize_t i = 0; i < kept; ++i) {
    utf8proc_uint8_t piece[4];
    out.append(reinterpret_cast<char*>(piece),
               static_cast<size_t>(utf8proc_encode_char(codes[i], piece)));
  }
  return out;
}

bool only_name_letters(std::string_view text) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(at, left, &code);
    if (used <= 0) return false;
    if (code < 0x80 ? !is_name_ascii(static_cast<char>(code)) : !is_letter_like(code)) return false;
    at += used;
    left -= used;
  }
  return true;
}

}  // namespace

std::optional<std::string> name_complaint(std::string_view name) {
  if (name.empty()) return "a name is needed";
  if (name.size() > kMaxNameBytes) return "a name has at most 64 bytes";
  if (name[0] == '.' || name[0] == '-' || name[0] == '+') {
    return "a name begins with a letter or a digit";
  }
  const bool fits = std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || is_name_ascii(c);
  });
  if (!fits) return "a name holds letters, digits and any of . _ - @ + only";
  return {};
}

std::optional<NormalName> normal_name(std::string_view name) {
  if (name_complaint(name) || !only_name_letters(name)) return {};
  std::optional<std::string> composed = mapped(name, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  std::optional<std::string> key =
      mapped(name, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                       UTF8PROC_IGNORE);
  if (!composed || !key) return {};
  // Folding may bring up what a name must not hold: "℀" is "a/c".
  if (!only_name_letters(*key) || name_complaint(*composed)) return {};
  return NormalName{std::move(*composed), std::move(*key)};
}

}  // namespace pentad
