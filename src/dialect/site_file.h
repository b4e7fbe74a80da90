// Reads site.toml, the profile of a site (docs/site.example.toml says every key).
#pragma once

#include <string_view>

#include "base/result.h"
#include "dialect/site.h"

namespace pentad::dialect {

// Strict: unknown keys, options that no dialect has and values out of bounds are errors, all of
// them at once, "line 3: what is wrong" one a line. Errors: invalid.
Result<SiteProfile> parse_site(std::string_view text);

}  // namespace pentad::dialect
