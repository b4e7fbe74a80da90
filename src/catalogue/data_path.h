// Where a program finds the data that comes with it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pentad {

// Of a file or folder such as "apps" or "catalogue/devices.toml": beside an installed program
// (PREFIX/share/pentad for PREFIX/bin/program), else among the sources this was built from.
std::string data_path(const std::filesystem::path& program, std::string_view name);

// Of the program that runs.
std::string data_path(std::string_view name);

}  // namespace pentad
