// The site's profile from its file: $PENTAD_HOME/site.toml, or one that is named.
#pragma once

#include <string>

#include "base/result.h"
#include "dialect/site.h"

namespace pentad::cli {

// Reads `file`; when that is empty `home`/site.toml, which may be missing. Errors: failed when it
// cannot be read, invalid with all that is wrong in it; the message starts with the file's name.
Result<dialect::SiteProfile> read_site_profile(const std::string& file, const std::string& home);

}  // namespace pentad::cli
