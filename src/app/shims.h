// The folder with the other schedulers' commands that jobs find in their PATH.
#pragma once

#include <string>

#include "base/result.h"

namespace pentad::app {

// Makes HOME/shims by running pentad-front, which lies in `programs`, and returns its path. Errors:
// not_found, when that program is missing; failed.
Result<std::string> make_shims(const std::string& home, const std::string& programs);

}  // namespace pentad::app
