// Commands as rows of a table: a noun, maybe a verb, its arguments and options, all as texts.
// command_line.cc makes the command line of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "cli/session.h"

namespace pentad::cli {

struct VerbOption {
  std::string_view name;  // "--month", or without dashes: an argument by its place
  std::string_view help;
  enum class Kind { one, many, flag } kind = Kind::one;
  bool required = false;
};

// What was given, by the option's name without dashes.
class Values {
 public:
  bool has(const std::string& name) const;
  std::string text(const std::string& name, std::string otherwise = {}) const;
  std::vector<std::string> list(const std::string& name) const;
  // Throw CommandError (usage) with the option's name when the text is none of these.
  int64_t number(const std::string& name, int64_t otherwise, int64_t min, int64_t max) const;
  Money money(const std::string& name, bool may_be_zero = false) const;
  // A point in time, or with `otherwise` when it was not given.
  std::optional<int64_t> time_ms(const std::string& name) const;

  std::map<std::string, std::vector<std::string>> given;
};

struct Verb {
  std::string_view noun;
  std::string_view verb;  // empty: the noun by itself
  std::string_view help;
  int (*carry_out)(Session&, const Values&);
  std::vector<VerbOption> options = {};
};

// audit.cc, backup.cc
std::vector<Verb> audit_verbs();
std::vector<Verb> backup_verbs();
// money_prices.cc, money_accounts.cc, money_statements.cc, money_grants.cc
std::vector<Verb> price_verbs();
std::vector<Verb> account_verbs();
std::vector<Verb> statement_verbs();
std::vector<Verb> grant_verbs();

}  // namespace pentad::cli
