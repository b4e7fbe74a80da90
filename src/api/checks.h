// What texts from outside may hold. Each check returns a sentence that says what is wrong, or
// nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pentad::api {

using Complaint = std::optional<std::string>;

// Names of jobs, users, projects and the like: 1 to 255 bytes of UTF-8 on one line, no control or
// direction-changing characters, no slash (names become parts of paths), not "." or "..".
Complaint check_name(std::string_view name);

// A name as above, or two with a slash between: "tenant/project".
Complaint check_project(std::string_view name);

// Any length, may be empty: UTF-8 on one line, no control or direction-changing characters.
Complaint check_line(std::string_view text);

// Not empty, no NUL, at most 4095 bytes.
Complaint check_path(std::string_view path);

// Not empty, no '=', no control characters.
Complaint check_variable(std::string_view name);

}  // namespace pentad::api
