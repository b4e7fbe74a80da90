// Reads JSON text front to back, one value at a time, without building a tree. Strict about
// everything RFC 8259 says and about UTF-8; nested deeper than a limit is refused. The first error
// stops the reading and carries a JSON pointer to its place, which callers put together while they
// return.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pentad {

// strict: input from outside. lenient: our own journal and snapshots, which may be older or newer
// than this version: unknown fields are skipped, missing ones keep their defaults, null counts as
// missing.
enum class ReadMode { strict, lenient };

enum class JsonKind { object, array, string, number, boolean, null, bad };

class JsonReader {
 public:
  static constexpr int default_depth = 64;

  // `text` must outlive the reader. `max_depth` counts open objects and arrays.
  explicit JsonReader(std::string_view text, ReadMode mode = ReadMode::strict,
                      int max_depth = default_depth)
      : text_(text), mode_(mode), depth_left_(max_depth) {}

  ReadMode mode() const { return mode_; }
  bool strict() const { return mode_ == ReadMode::strict; }

  // Kind of the next value, judged by its first character; bad at the end or where no value can
  // start.
  JsonKind peek();

  // Each returns false after an error, which error() then holds. `expected` completes the sentence
  // "expected ..." when another kind of value stands there.
  bool read_null();
  bool read_bool(bool& out);
  bool read_string(std::string& out, std::string_view expected = "a string");
  bool read_double(double& out);
  template <std::integral I>
  bool read_integer(I& out, I min = std::numeric_limits<I>::min(),
                    I max = std::numeric_limits<I>::max());

  // begin_object(); while (next_key(key)) { read the value; } then check ok(). `key` stays valid
  // until the value after it has been read. Arrays alike.
  bool begin_object(std::string_view expected = "an object");
  bool next_key(std::string_view& key);
  bool begin_array(std::string_view expected = "an array");
  bool next_item();

  // Reads past one value of any kind, checking its syntax; `raw`, if given, gets its text.
  bool skip_value(std::string_view* raw = nullptr);

  // Value of the string field `name` of the object that starts here, without moving on; empty if
  // there is none. Used to find the tag of a variant, which need not stand first.
  std::string find_tag(std::string_view name);

  // Nothing but white space may follow the value.
  bool finish();

  bool ok() const { return !failed_; }
  const Error& error() const { return error_; }

  // Records an error (the first one counts) and returns false.
  bool fail(std::string message);
  bool fail_expected(std::string_view what);
  bool fail_range(std::string_view min, std::string_view max);
  bool fail_syntax(std::string_view what);

  // Puts a step in front of the error's path and returns false: called on the way back.
  bool at(std::string_view key);
  bool at(size_t index);

 private:
  void skip_space();
  bool literal(std::string_view word);
  bool number_token(std::string_view& token, bool& integral);
  bool string_token(std::string& scratch, std::string_view& out);
  bool escape(std::string& out);
  bool hex4(uint32_t& out);
  bool enter(char open, std::string_view expected);
  bool leave();
  bool integer_token(std::string_view& token);

  std::string_view text_;
  size_t pos_ = 0;
  ReadMode mode_;
  int depth_left_;
  bool first_ = false;  // nothing read yet in the innermost object or array
  bool failed_ = false;
  std::string key_scratch_;
  Error error_;
};

// Reads `token`, an optional minus and digits, into `out`; false if it does not fit.
bool parse_json_integer(std::string_view token, int64_t& out);
bool parse_json_integer(std::string_view token, uint64_t& out);

template <std::integral I>
bool JsonReader::read_integer(I& out, I min, I max) {
  std::string_view token;
  if (!integer_token(token)) return false;
  std::conditional_t<std::signed_integral<I>, int64_t, uint64_t> wide;
  if (!parse_json_integer(token, wide) || wide < min || wide > max) {
    return fail_range(std::to_string(min), std::to_string(max));
  }
  out = static_cast<I>(wide);
  return true;
}

}  // namespace pentad
