// What text the tables take: UTF-8 without NUL characters, which PostgreSQL cannot hold and C
// interfaces cut text at. What comes from outside is mended before the core sees it, so that core,
// journal and tables know the same on every database. Private to src/store.
#pragma once

#include <string>
#include <string_view>

namespace pentad::store {

bool is_storable(std::string_view text);

// `text` with U+FFFD in place of each NUL and of each byte that is not part of valid UTF-8.
std::string storable(std::string text);

// The same for JSON text that append_json_string wrote, which has mended all but NULs: each
// "\u0000" in it becomes U+FFFD. True when there was one.
bool mend_escaped_nul(std::string& json);

}  // namespace pentad::store
