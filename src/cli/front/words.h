// Options of commands that take no long ones, listed in a table that also makes the help: single
// letters as getopt reads them (PBS), or whole words (Grid Engine).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/front/front.h"

namespace pentad::cli::front {

struct Word {
  std::string_view name;  // "-f"
  std::string_view form;  // of its value; empty: it takes none
  std::string_view meaning;
};

struct Manual {
  std::string_view operands;  // "[job_identifier ...]"
  std::span<const Word> words;
};

struct Words {
  std::vector<std::pair<std::string_view, std::string>> given;  // in order
  std::vector<std::string> rest;                                // words that are no options
  bool is_answered = false;  // help or version were asked for and have been printed

  bool has(std::string_view name) const;
  std::string value(std::string_view name) const;  // the last; empty if none
};

// "-fx", "-w2", "-w 2"; options may follow other words; "--" ends them. Answers --help and
// --version. Throws "qstat: invalid option -- 'y'" with the usage and code 2.
Words read_letters(const Call& call, const Manual& manual);

// "-j 12": answers -help. Throws the usage and "ERROR! invalid option argument" with code 1.
Words read_words(const Call& call, const Manual& manual);

// What these commands say they are where clients look for a release.
std::string pbs_version();
inline constexpr std::string_view kSgeVersion = "SGE 8.1.9";

// One line and a line for each option.
std::string letters_usage(std::string_view name, const Manual& manual);
std::string words_usage(std::string_view name, const Manual& manual);

// A failure with any exit code of an original.
CommandError failure(int code, const std::string& text);

}  // namespace pentad::cli::front
