// The command line of `pentad`: which command with which options. The only user of CLI11.
#pragma once

#include <string>
#include <vector>

namespace pentad::cli {

// A word of the command line, for completion: a command with its subcommands and options.
struct CommandWords {
  std::string name;
  std::string help;
  std::vector<std::string> options;
  std::vector<CommandWords> commands;
};

// Parses and carries out; the exit code of the process. Errors have been printed.
int run_command_line(int argc, char** argv);

// All commands and options.
CommandWords command_words();

}  // namespace pentad::cli
