// What a description says about one field beyond its name and type. A described type states it in a
// function beside itself, found by argument-dependent lookup:
//
//   struct Shape { int64_t cores = 1; std::string name; };
//   BOOST_DESCRIBE_STRUCT(Shape, (), (cores, name))
//   constexpr auto field_notes(const Shape*) {
//     return std::array{note("cores").doc("Cores on each node").range(1, 4096),
//                       note("name").doc("Name shown in lists").required().single_line().length(1,
//                       255)};
//   }
//
// Reading enforces the constraints in strict mode, and the JSON schema states them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace pentad {

struct FieldNote {
  static constexpr int64_t no_min = std::numeric_limits<int64_t>::min();
  static constexpr int64_t no_max = std::numeric_limits<int64_t>::max();
  static constexpr size_t no_length = std::numeric_limits<size_t>::max();

  std::string_view field;
  std::string_view text;        // one or two sentences for people
  bool is_required = false;     // else a missing field keeps the default of its type
  bool is_single_line = false;  // text without control characters
  int64_t min = no_min;         // of a number, both inclusive
  int64_t max = no_max;
  size_t min_length = 0;  // characters of text, items of a list
  size_t max_length = no_length;

  constexpr FieldNote doc(std::string_view words) const {
    FieldNote n = *this;
    n.text = words;
    return n;
  }
  constexpr FieldNote required() const {
    FieldNote n = *this;
    n.is_required = true;
    return n;
  }
  constexpr FieldNote single_line() const {
    FieldNote n = *this;
    n.is_single_line = true;
    return n;
  }
  constexpr FieldNote range(int64_t from, int64_t to) const {
    FieldNote n = *this;
    n.min = from;
    n.max = to;
    return n;
  }
  constexpr FieldNote at_least(int64_t from) const { return range(from, no_max); }
  constexpr FieldNote length(size_t from, size_t to) const {
    FieldNote n = *this;
    n.min_length = from;
    n.max_length = to;
    return n;
  }
};

constexpr FieldNote note(std::string_view field) {
  FieldNote n;
  n.field = field;
  return n;
}

}  // namespace pentad
