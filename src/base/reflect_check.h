// The refusals of reading, in words, and the checks that notes on fields ask for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/reflect_note.h"
#include "base/reflect_traits.h"

namespace pentad::reflect {

// Each records the error with its path below the value being read, and returns false.
bool fail_unknown_field(JsonReader& in, std::string_view key,
                        const std::vector<std::string_view>& known);
bool fail_unknown_name(JsonReader& in, std::string_view name,
                       const std::vector<std::string_view>& known);
bool fail_unknown_tag(JsonReader& in, std::string_view tag,
                      const std::vector<std::string_view>& known);
bool fail_duplicate(JsonReader& in, std::string_view key);
bool fail_missing(JsonReader& in, const FieldNote& note);
bool fail_form(JsonReader& in, std::string_view form);
bool fail_too_many(JsonReader& in, const FieldNote& note);
bool fail_item_count(JsonReader& in, size_t expected);

bool check_text(JsonReader& in, std::string_view text, const FieldNote& note);
bool check_length(JsonReader& in, size_t length, const FieldNote& note, std::string_view what);
bool check_number(JsonReader& in, int64_t value, const FieldNote& note);
bool check_number(JsonReader& in, uint64_t value, const FieldNote& note);
bool check_number(JsonReader& in, double value, const FieldNote& note);

// True if `value` keeps to what its note demands.
template <class T>
bool check(JsonReader& in, const T& value, const FieldNote& note) {
  if constexpr (Optional<T>) {
    return !value || check(in, *value, note);
  } else if constexpr (Strong<T>) {
    return check(in, value.value, note);
  } else if constexpr (std::same_as<T, std::string>) {
    return check_text(in, value, note);
  } else if constexpr (Integer<T>) {
    using Wide = std::conditional_t<std::signed_integral<T>, int64_t, uint64_t>;
    return check_number(in, static_cast<Wide>(value), note);
  } else if constexpr (std::same_as<T, double>) {
    return check_number(in, value, note);
  } else if constexpr (Map<T>) {
    return check_length(in, value.size(), note, "items");
  } else {
    return true;
  }
}

// The word of `known` nearest to `word`, empty if none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace pentad::reflect
