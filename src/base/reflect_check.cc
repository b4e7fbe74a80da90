#include "base/reflect_check.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/json_text.h"
#include "base/json_writer.h"

namespace pentad::reflect {

namespace {

// Input is quoted back only this far, so that an error never grows with it.
constexpr size_t max_quoted_bytes = 64;

std::string quoted(std::string_view text) {
  size_t end = 0;
  while (end < text.size()) {
    size_t length = std::max<size_t>(1, utf8_sequence_bytes(text.substr(end)));
    if (end + length > max_quoted_bytes) break;
    end += length;
  }
  std::string out;
  append_json_string(out, text.substr(0, end));
  if (end < text.size()) out += "...";
  return out;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

// Number of single-character edits between two words (Levenshtein), by the row.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row.back();
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view near = nearest(word, known);
  return near.empty() ? "" : "; did you mean " + std::string(near) + "?";
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  size_t best_distance = 1 + word.size() / 3;
  if (word.size() > max_quoted_bytes) return best;
  for (std::string_view candidate : known) {
    size_t distance = edit_distance(word, candidate);
    if (distance > best_distance || (distance == best_distance && !best.empty())) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

bool fail_unknown_field(JsonReader& in, std::string_view key,
                        const std::vector<std::string_view>& known) {
  if (known.empty()) {
    in.fail("unknown field " + quoted(key) + ": this object has no fields");
  } else {
    in.fail("unknown field " + quoted(key) + suggestion(key, known) + " (known are " +
            joined(known) + ")");
  }
  return in.at(key.substr(0, max_quoted_bytes));
}

bool fail_unknown_name(JsonReader& in, std::string_view name,
                       const std::vector<std::string_view>& known) {
  return in.fail("expected one of " + joined(known) + ", found " + quoted(name) +
                 suggestion(name, known));
}

bool fail_unknown_tag(JsonReader& in, std::string_view tag,
                      const std::vector<std::string_view>& known) {
  if (tag.empty()) {
    in.fail("is required: expected one of " + joined(known));
  } else {
    fail_unknown_name(in, tag, known);
  }
  return in.at("type");
}

bool fail_duplicate(JsonReader& in, std::string_view key) {
  in.fail("field " + quoted(key) + " stands here twice");
  return in.at(key.substr(0, max_quoted_bytes));
}

bool fail_missing(JsonReader& in, const FieldNote& note) {
  in.fail("is required" + (note.text.empty() ? "" : ": " + std::string(note.text)));
  return in.at(note.field);
}

bool fail_form(JsonReader& in, std::string_view form) {
  return in.fail("expected " + std::string(form));
}

bool fail_too_many(JsonReader& in, const FieldNote& note) {
  return in.fail("expected at most " + std::to_string(note.max_length) + " items");
}

bool fail_item_count(JsonReader& in, size_t expected) {
  return in.fail("expected exactly " + std::to_string(expected) + " items");
}

bool check_length(JsonReader& in, size_t length, const FieldNote& note, std::string_view what) {
  if (length >= note.min_length && length <= note.max_length) return true;
  std::string range =
      note.max_length == FieldNote::no_length
          ? "at least " + std::to_string(note.min_length)
          : std::to_string(note.min_length) + " to " + std::to_string(note.max_length);
  return in.fail("expected " + range + " " + std::string(what) + ", found " +
                 std::to_string(length));
}

bool check_text(JsonReader& in, std::string_view text, const FieldNote& note) {
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (note.is_single_line && std::any_of(text.begin(), text.end(), is_control)) {
    return in.fail("expected one line of text without control characters");
  }
  return check_length(in, utf8_length(text), note, "characters");
}

namespace {

bool fail_bounds(JsonReader& in, const FieldNote& note) {
  if (note.max == FieldNote::no_max) {
    return in.fail("expected a number of at least " + std::to_string(note.min));
  }
  if (note.min == FieldNote::no_min) {
    return in.fail("expected a number of at most " + std::to_string(note.max));
  }
  return in.fail_range(std::to_string(note.min), std::to_string(note.max));
}

}  // namespace

bool check_number(JsonReader& in, int64_t value, const FieldNote& note) {
  return (value >= note.min && value <= note.max) || fail_bounds(in, note);
}

bool check_number(JsonReader& in, uint64_t value, const FieldNote& note) {
  bool fits = (note.max == FieldNote::no_max || !std::cmp_greater(value, note.max)) &&
              !std::cmp_less(value, note.min);
  return fits || fail_bounds(in, note);
}

bool check_number(JsonReader& in, double value, const FieldNote& note) {
  bool fits = (note.min == FieldNote::no_min || value >= static_cast<double>(note.min)) &&
              (note.max == FieldNote::no_max || value <= static_cast<double>(note.max));
  return fits || fail_bounds(in, note);
}

}  // namespace pentad::reflect
