// How LSF's commands read their words: options are whole words, listed in a table that also makes
// the help.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/front/front.h"

namespace pentad::cli::front::lsf {

inline constexpr int kFailure = 255;  // of every command of LSF that could not do its work

struct Word {
  std::string_view name;
  std::string_view form;  // of its value; empty: it takes none
  std::string_view meaning;
  std::string_view refused;  // why it cannot be had here; empty: it can
};

struct Manual {
  std::string_view operands;  // such as "[job_ID ...]"
  std::span<const Word> words;
};

// What ends a command at once: what() goes to standard error when it is not empty.
struct Finished {
  int code = 0;
  std::string text;
};
[[noreturn]] void fail_with(std::string text);

struct Words {
  std::map<std::string, std::vector<std::string>, std::less<>> given;
  std::vector<std::string> rest;

  bool has(std::string_view name) const { return given.contains(name); }
  // The last value given; empty if none.
  std::string value(std::string_view name) const;
};

// Throws Finished: for -h, --help and -V after printing, and for what cannot be read.
Words read_words(const Call& call, const Manual& manual);
// -h, --help and -V alone, for commands with a grammar of their own.
void answer_help(const Call& call, const Manual& manual);

}  // namespace pentad::cli::front::lsf
