// TOML as JSON, so that a described type (base/reflect.h) reads it with all its strictness, and
// from the error's JSON pointer back to the line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/reflect.h"
#include "base/result.h"
#include "base/toml.h"

namespace pentad {

// Errors: invalid, with the pointer of a date, an infinity or a NaN: JSON has none of them.
Result<std::string> toml_to_json(const TomlValue& value);

// The value at `pointer` or the nearest table around it that is there.
const TomlValue& toml_at(const TomlValue& value, std::string_view pointer);
// Its line.
int64_t toml_line(const TomlValue& value, std::string_view pointer);

// An error with a JSON pointer becomes "line 3: /parameters/0/min: what is wrong".
Error at_line(const TomlValue& value, Error error);

// Reads a TOML document as a T. Errors: invalid, as above, with the pointer as path.
template <class T>
Result<T> read_toml(const TomlValue& document) {
  auto json = toml_to_json(document);
  if (!json) return tl::unexpected(at_line(document, json.error()));
  auto value = from_json<T>(*json, ReadMode::strict, 300);
  if (!value) return tl::unexpected(at_line(document, value.error()));
  return value;
}

}  // namespace pentad
