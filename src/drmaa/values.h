// The standard's forms of times and paths.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace pentad::drmaa {

// [[[[CC]YY/]MM/]DD] hh:mm[:ss] [{-|+}UU:uu], the next such moment; without a zone
// `local_offset`'s. Nothing for what is no moment or one before 1970.
std::optional<Time> read_moment(std::string_view text, Time now, Duration local_offset);

// [[h:]m:]s; what the library has let through.
int64_t read_duration_s(std::string_view text);

// Placeholders for the home directory, the working directory and the index, which becomes %a; a %
// of the path itself stays one.
std::string with_placeholders(std::string_view text, const std::string& home,
                              const std::string& workdir);

}  // namespace pentad::drmaa
