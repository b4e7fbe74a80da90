// Reads a TOML table strictly: each key with its type and bounds, none unknown. Errors are
// collected with their lines, so that one run shows all of them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"

namespace pentad {

// "line 3: what is wrong", one a line.
class TomlErrors {
 public:
  void add(int64_t line, std::string_view what);
  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class TomlReader {
 public:
  // `table` must hold a table and outlive the reader. `path` stands before keys in messages, such
  // as "policy.weights.".
  TomlReader(const TomlValue& table, std::string path, TomlErrors& errors);

  // Each leaves `out` alone and returns false when the key is missing or wrong; the latter is
  // reported.
  bool text(std::string_view key, std::string& out, size_t max_bytes = 255);
  bool required_text(std::string_view key, std::string& out, size_t max_bytes = 255);
  bool boolean(std::string_view key, bool& out);
  bool integer(std::string_view key, int64_t& out, int64_t min, int64_t max);
  bool integer(std::string_view key, int32_t& out, int32_t min, int32_t max);
  // Also takes an integer.
  bool number(std::string_view key, double& out, double min, double max);
  bool texts(std::string_view key, std::vector<std::string>& out);
  bool integers(std::string_view key, std::vector<int64_t>& out, int64_t min, int64_t max);

  // The value as it is, nullptr when missing.
  const TomlValue* value(std::string_view key);
  // nullptr when missing or not a table.
  const TomlValue* table(std::string_view key);
  // The tables of [[key]].
  std::vector<const TomlValue*> tables(std::string_view key);

  // Reports all keys that were not asked for.
  void finish();

  // Reports something about a key, at its line or, when it is missing, the table's.
  void wrong(std::string_view key, std::string_view what);
  std::string name(std::string_view key) const { return path_ + std::string(key); }

 private:
  const TomlTable& fields_;
  int64_t line_;
  std::string path_;
  TomlErrors& errors_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace pentad
