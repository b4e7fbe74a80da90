// The rows of the catalogue's TOML files: named sets of parameters with their source, that refer to
// each other by name and can be overridden key by key.
//
//   [[plant]]                          # catalogue/cooling.toml
//   name = "two-phase-dry"
//   source = "..."
//   certainty = "judgement"
//   kind = "immersion_two_phase"
//   two_phase.fluid = "fk-5-1-12"      # a row of catalogue/fluids.toml
//
//   [plant]                            # a centre file
//   from = "two-phase-dry"
//   two_phase.charge_kg_kw = 1.2       # this one key differs
//   two_phase.fluid.price_cny_kg = 300 # and this one of the fluid
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/reflect.h"
#include "base/result.h"
#include "base/toml.h"
#include "base/toml_json.h"
#include "catalogue/certainty.h"

namespace pentad::catalogue {

struct Row {
  std::string name;
  std::string source;
  Certainty certainty = Certainty::judgement;
  std::string note;
  TomlValue table;  // the parameters; may name other rows
};

class Rows {
 public:
  // All files of the folder `catalogue/`. Errors: as add(), and those of reading a file.
  static Result<Rows> read(const std::string& folder);

  // Adds the rows of one file, called `file` in messages. Errors: invalid, "file line 3: ...": not
  // TOML, an unknown kind, a row without name, source or certainty, a name twice.
  Status add(const std::string& file, std::string_view toml);

  // nullptr when there is none.
  const Row* find(std::string_view kind, std::string_view name) const;
  std::vector<std::string> names(std::string_view kind) const;

  // Parameters with all names of rows replaced by what they stand for. `value` is the name of a row
  // of that kind, or a table that may start from one with the key `from`. `base` is overridden by
  // it. Errors: invalid, with file and line: a name that is unknown (the message lists what there
  // is), rows that refer to each other in a circle.
  // What was named is added to `used`, with its kind.
  using Used = std::vector<std::pair<std::string, const Row*>>;
  Result<TomlValue> resolve(const TomlValue& value, std::string_view kind,
                            Used* used = nullptr) const;

  // Files by number, as TomlValue::file has them.
  int32_t add_file(const std::string& file);
  static void set_file(TomlValue& value, int32_t file);

  // "file line 3: /pointer: message"; `prefix` stands before the pointer.
  Error located(const TomlValue& document, Error error, std::string_view prefix = {}) const;

  // Reads a resolved table as a described type. Errors: invalid, located.
  template <class T>
  Result<T> read_as(const TomlValue& resolved, std::string_view prefix = {}) const {
    auto json = toml_to_json(resolved);
    if (!json) return tl::unexpected(located(resolved, json.error(), prefix));
    auto value = from_json<T>(*json, ReadMode::strict, 300);
    if (!value) return tl::unexpected(located(resolved, value.error(), prefix));
    return value;
  }

  // A row by name, as a described type.
  template <class T>
  Result<T> get(std::string_view kind, std::string_view name) const {
    TomlValue value;
    value.value = std::string(name);
    auto resolved = resolve(value, kind);
    if (!resolved) return tl::unexpected(resolved.error());
    return read_as<T>(*resolved);
  }

 private:
  Status add_row(std::string_view kind, const TomlValue& row);
  Result<TomlValue> row_table(const TomlValue& name, std::string_view kind, int depth,
                              Used* used) const;
  Result<TomlValue> overlay(TomlValue base, const TomlValue& over, std::string_view kind, int depth,
                            Used* used) const;
  Result<TomlValue> child(TomlValue base, const TomlValue& over, std::string_view kind, int depth,
                          Used* used) const;

  std::vector<std::string> files_;
  std::map<std::string, std::vector<Row>, std::less<>> rows_;
};

}  // namespace pentad::catalogue
