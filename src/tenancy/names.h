// Names of tenants, projects and users: what they may hold, and when two are the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pentad {

inline constexpr size_t kMaxNameBytes = 64;
inline constexpr size_t kMaxTitleBytes = 256;

// Why this cannot be a name; nothing when it can. Up to 64 bytes of letters, digits, "._-@+" and
// what is above ASCII, not beginning with a dot, a dash or a plus: a name can stand in a path, a
// command line and a header. The core asks this; it does not know Unicode.
std::optional<std::string> name_complaint(std::string_view name);

// A name as people gave it, made comparable.
struct NormalName {
  std::string name;  // in NFC
  std::string key;   // NFKC, case-folded, without what cannot be seen: equal for all spellings
};

// Nothing for what is no name: not UTF-8, other than letters, marks, digits and "._-@+", too long.
// Pure: tables of Unicode (utf8proc), no locale.
std::optional<NormalName> normal_name(std::string_view name);

}  // namespace pentad
