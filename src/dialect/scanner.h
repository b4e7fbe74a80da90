// Finds the directive lines of a script and splits them into words, by the rules of each dialect.
// The script itself is never changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/origin.h"

namespace pentad::dialect {

inline constexpr size_t kMaxScriptBytes = 4 << 20;

struct Directive {
  int32_t line = 0;       // from 1
  std::string_view text;  // the line without its end
  std::vector<std::string> words;
};

struct Scan {
  std::vector<Directive> directives;
  std::vector<Record> problems;    // what stands in no directive: refusals and approximations
  std::vector<std::string> shell;  // of #! on line 1; empty without
};

// Views in the answer point into `script`.
Scan scan(std::string_view script, Dialect dialect);

// The prefix of a directive line, such as "#SBATCH".
std::string_view directive_prefix(Dialect dialect);
// What follows the prefix when `line` is a directive of `dialect`; null data if it is not.
std::string_view directive_rest(std::string_view line, Dialect dialect);

}  // namespace pentad::dialect
