// The version that the programs print.
#pragma once

namespace pentad::cli {

// Of the product; CHANGELOG.md says what each brought.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace pentad::cli
