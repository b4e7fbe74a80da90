// Options of Slurm's commands that look at jobs and nodes, read by the rules and with the messages
// of getopt_long, which the originals use.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/front/front.h"

namespace pentad::cli::front::slurm {

struct Switch {
  int id = 0;              // the letter, or a number above 255 for what has none
  const char* name = "";   // long form
  char letter = 0;         // 0: none
  char argument = 0;       // 0: none, '=': needed, '?': may follow
  const char* value = "";  // how help calls the argument
  const char* meaning = "";
};

// Numbers of options without a letter start here.
inline constexpr int kLongOnly = 256;

struct Given {
  int id;
  std::string value;
};

struct Switches {
  std::vector<Given> given;       // in order
  std::vector<std::string> rest;  // words that are no options

  bool has(int id) const;
  std::string last(int id) const;  // empty: not given
};

enum class Order { mixed, stop_at_word };  // whether options may follow other words

// Nothing after --help, --usage or --version, which have been printed. Throws what getopt_long
// would end with, with `bad_option_code`.
std::optional<Switches> read_switches(const Call& call, std::span<const Switch> table,
                                      Order order = Order::mixed, int bad_option_code = 1);

// `print` once, or with --iterate (letter i) every so many seconds below the date, until it fails.
int print_again_and_again(const Call& call, const Switches& words,
                          int (*print)(const Call& call, const Switches& words));

// A failure as the original words it: "squeue: error: ...", with its exit code.
CommandError failure(const Call& call, std::string_view sentence, int code = 1);
void complain(const Call& call, std::string_view sentence);  // the same, and go on

std::vector<std::string> split_commas(std::string_view text);

}  // namespace pentad::cli::front::slurm
