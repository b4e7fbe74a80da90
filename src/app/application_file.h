// Reads the text of an app.toml.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/application.h"

namespace pentad::app {

inline constexpr size_t kMaxApplicationBytes = 256 << 10;

// An application that has passed check_application. Errors: too_large; invalid, with a sentence
// that starts with the line, and the JSON pointer of the offending key as path.
Result<Application> parse_application(std::string_view toml);

}  // namespace pentad::app
