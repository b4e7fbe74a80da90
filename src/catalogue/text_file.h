// A whole data file as text.
#pragma once

#include <string>

#include "base/result.h"

namespace pentad::catalogue {

// Errors: not_found, failed, too_large (above 64 MiB); path is the file.
Result<std::string> read_text_file(const std::string& path);

}  // namespace pentad::catalogue
