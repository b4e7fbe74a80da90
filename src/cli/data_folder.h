// Where the product's data are: beside an installed program, else where this one was built.
#pragma once

#include <string>

namespace pentad::cli {

// Absolute path of a folder such as "apps" or "catalogue".
std::string data_folder(const std::string& name);

}  // namespace pentad::cli
