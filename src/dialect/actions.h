// What rows of the option tables do, as far as dialects share it.
#pragma once

#include <fmt/format.h>

#include <string>

#include "dialect/option.h"
#include "dialect/values.h"

namespace pentad::dialect {

template <auto Field>
void set_text(Target& t, std::string_view value) {
  if (value.empty()) return t.refuse("its value is empty");
  t.set(t.job.*Field, std::string(value));
}

// A path without tokens of its own.
std::string literal_path(std::string_view path);

template <auto Field>
void set_path(Target& t, std::string_view value) {
  if (value.empty()) return t.refuse("its value is empty");
  t.set(t.job.*Field, literal_path(value));
}

template <auto Field, bool Value = true>
void set_flag(Target& t, std::string_view) {
  t.set(t.job.*Field, Value);
}

template <auto Field, char Separator = ','>
void set_list(Target& t, std::string_view value) {
  Texts list;
  for (std::string_view part : split(value, Separator)) {
    if (!trim(part).empty()) list.emplace_back(trim(part));
  }
  if (list.empty()) return t.refuse("its value is empty");
  t.set(t.job.*Field, std::move(list));
}

template <auto Field>
void set_part_text(Target& t, std::string_view value) {
  if (value.empty()) return t.refuse("its value is empty");
  t.set(t.part().*Field, std::string(value));
}

template <auto Field>
void set_part_positive(Target& t, std::string_view value) {
  t.take(t.part().*Field, parse_positive(value));
}

template <auto Field>
void set_generic(Target& t, std::string_view name, std::string_view value) {
  t.change(t.part().*Field)[std::string(name)] = std::string(value);
}

// "y" or "n", and words for them.
inline Result<bool> parse_yes_no(std::string_view value) {
  std::string word = lower(value);
  if (word == "y" || word == "yes" || word == "true" || word == "1") return true;
  if (word == "n" || word == "no" || word == "false" || word == "0") return false;
  return fail(ErrorCode::invalid, fmt::format("`{}` is neither y nor n", value));
}

template <auto Field>
void set_yes_no(Target& t, std::string_view value) {
  t.take(t.job.*Field, parse_yes_no(value));
}

// "name=value,other": other gets an empty value. Commas inside quotes stay (PBS: "b='x,y'").
std::map<std::string, std::string> parse_assignments(std::string_view text, Texts& names);

// -v and -V of PBS and SGE: they add to each other.
void add_variables(Target& t, std::string_view value);
void whole_environment(Target& t, std::string_view value);

// Indices with an optional %limit; `text` as IndexSet::parse reads it.
Result<ArraySpec> parse_array(std::string_view text);

// "a:2,b" or with another mark between name and count.
Result<std::vector<LicenceRequest>> parse_licences(std::string_view text);

}  // namespace pentad::dialect
