// One description of a type gives its JSON, read and written, and its JSON schema.
//
//   struct Shape { int64_t cores = 1; std::optional<Bytes> memory; };
//   BOOST_DESCRIBE_STRUCT(Shape, (), (cores, memory))
//   Result<Shape> shape = from_json<Shape>(text);   // error: path "/cores", "expected an integer,
//   ..." std::string text = to_json(*shape);
//
// How types stand in JSON: bool; integers (exact, also beyond 2^53); double; std::string; enums
// described with BOOST_DESCRIBE_ENUM as their enumerators' names; std::optional (null); vectors,
// deques and sets; std::array; std::map by text, integer, id or enum; structs described with
// BOOST_DESCRIBE_STRUCT; std::variant of structs that carry `static constexpr std::string_view
// type_name`, as an object with that name in "type"; units and ids as their number; types with
// from_text, to_text and text_form as text; JsonText as any JSON. A name that dodges a keyword with
// a final underscore drops it.
//
// A field may be left out of the input, and then keeps the value a default-constructed object has,
// unless its note says required() (see reflect_note.h). Strict reading refuses unknown fields,
// duplicates, NUL in text and all that the notes forbid; lenient reading is for what we wrote
// ourselves.
#pragma once

#include <string>
#include <string_view>

#include "base/reflect_read.h"
#include "base/reflect_write.h"
#include "base/result.h"

namespace pentad {

// Reads one value that fills all of `text`. Errors: invalid, with the JSON pointer of the offending
// field as path ("" is the whole) and a sentence that says what is expected there.
template <class T>
Result<T> from_json(std::string_view text, ReadMode mode = ReadMode::strict,
                    int max_depth = JsonReader::default_depth) {
  JsonReader in(text, mode, max_depth);
  T value{};
  if (!reflect::read(in, value) || !in.finish()) return tl::unexpected(in.error());
  return value;
}

// Appends the JSON text of `value`, without white space.
template <class T>
void append_json(std::string& out, const T& value, WriteMode mode = WriteMode::full) {
  reflect::write(out, value, mode);
}

template <class T>
std::string to_json(const T& value, WriteMode mode = WriteMode::full) {
  std::string out;
  append_json(out, value, mode);
  return out;
}

}  // namespace pentad
