// TOML as plain values with their lines; the only user of toml++.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace pentad {

struct TomlValue;
using TomlList = std::vector<TomlValue>;
using TomlTable = std::map<std::string, TomlValue, std::less<>>;
// Dates and times, which nothing here takes.
struct TomlOther {};

struct TomlValue {
  std::variant<TomlTable, TomlList, std::string, int64_t, double, bool, TomlOther> value;
  int64_t line = 1;
  int32_t file = 0;  // of several that were merged, for messages; parse_toml leaves it
};

// The table that `text` is. Errors: invalid, "line 3: what is wrong".
Result<TomlValue> parse_toml(std::string_view text);

}  // namespace pentad
