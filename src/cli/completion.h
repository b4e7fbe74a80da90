// Completion scripts for shells, made from the commands and options there are.
#pragma once

#include <string>

namespace pentad::cli {

// Prints the script for "bash", "zsh" or "fish" on standard output.
int completion(const std::string& shell);

}  // namespace pentad::cli
