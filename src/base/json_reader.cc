#include "base/json_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/json_text.h"

namespace pentad {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view kind_in_words(JsonKind kind) {
  switch (kind) {
    case JsonKind::object:
      return "an object";
    case JsonKind::array:
      return "an array";
    case JsonKind::string:
      return "a string";
    case JsonKind::number:
      return "a number";
    case JsonKind::boolean:
      return "true or false";
    case JsonKind::null:
      return "null";
    case JsonKind::bad:
      break;
  }
  return "something else";
}

template <class I>
bool parse_whole(std::string_view token, I& out) {
  auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
  return error == std::errc{} && end == token.data() + token.size();
}

}  // namespace

bool parse_json_integer(std::string_view token, int64_t& out) { return parse_whole(token, out); }

bool parse_json_integer(std::string_view token, uint64_t& out) {
  if (token == "-0") token.remove_prefix(1);
  return parse_whole(token, out);
}

void JsonReader::skip_space() {
  while (pos_ < text_.size()) {
    char c = text_[pos_];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
    ++pos_;
  }
}

JsonKind JsonReader::peek() {
  skip_space();
  if (pos_ == text_.size()) return JsonKind::bad;
  switch (text_[pos_]) {
    case '{':
      return JsonKind::object;
    case '[':
      return JsonKind::array;
    case '"':
      return JsonKind::string;
    case 't':
    case 'f':
      return JsonKind::boolean;
    case 'n':
      return JsonKind::null;
    default:
      return text_[pos_] == '-' || is_digit(text_[pos_]) ? JsonKind::number : JsonKind::bad;
  }
}

bool JsonReader::literal(std::string_view word) {
  if (text_.substr(pos_, word.size()) != word) return fail_syntax(word);
  pos_ += word.size();
  return true;
}

bool JsonReader::read_null() {
  if (peek() != JsonKind::null) return fail_expected("null");
  return literal("null");
}

bool JsonReader::read_bool(bool& out) {
  if (peek() != JsonKind::boolean) return fail_expected("true or false");
  out = text_[pos_] == 't';
  return literal(out ? "true" : "false");
}

bool JsonReader::number_token(std::string_view& token, bool& integral) {
  size_t start = pos_;
  auto digits = [&] {
    size_t before = pos_;
    while (pos_ < text_.size() && is_digit(text_[pos_])) ++pos_;
    return pos_ > before;
  };
  auto eat = [&](std::string_view any) {
    bool found = pos_ < text_.size() && any.find(text_[pos_]) != any.npos;
    pos_ += found ? 1 : 0;
    return found;
  };
  integral = true;
  eat("-");
  if (!eat("0") && !digits()) return fail_syntax("a digit");
  if (eat(".")) {
    integral = false;
    if (!digits()) return fail_syntax("a digit after the decimal point");
  }
  if (eat("eE")) {
    integral = false;
    eat("+-");
    if (!digits()) return fail_syntax("a digit in the exponent");
  }
  token = text_.substr(start, pos_ - start);
  return true;
}

bool JsonReader::integer_token(std::string_view& token) {
  if (peek() != JsonKind::number) return fail_expected("an integer");
  bool integral = false;
  if (!number_token(token, integral)) return false;
  if (!integral) return fail("expected an integer, found a number with a fraction or exponent");
  return true;
}

bool JsonReader::read_double(double& out) {
  if (peek() != JsonKind::number) return fail_expected("a number");
  std::string_view token;
  bool integral = false;
  if (!number_token(token, integral)) return false;
  if (!parse_whole(token, out)) return fail("expected a number that fits a 64-bit float");
  return true;
}

bool JsonReader::hex4(uint32_t& out) {
  auto digits = text_.substr(pos_, 4);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
  if (digits.size() < 4 || error != std::errc{} || end != digits.data() + 4) {
    return fail_syntax("four hexadecimal digits after \\u");
  }
  pos_ += 4;
  return true;
}

// Reads what follows a backslash.
bool JsonReader::escape(std::string& out) {
  static constexpr std::string_view names = "\"\\/bfnrt";
  static constexpr std::string_view values = "\"\\/\b\f\n\r\t";
  char c = pos_ < text_.size() ? text_[pos_] : '\0';
  if (c != 'u') {
    size_t which = c == '\0' ? names.npos : names.find(c);
    if (which == names.npos) return fail_syntax("one of \" \\ / b f n r t u after the backslash");
    out.push_back(values[which]);
    ++pos_;
    return true;
  }
  ++pos_;
  uint32_t code = 0;
  if (!hex4(code)) return false;
  if (code >= 0xDC00 && code <= 0xDFFF) return fail_syntax("the first half of a surrogate pair");
  if (code >= 0xD800 && code <= 0xDBFF) {
    uint32_t low = 0;
    if (text_.substr(pos_, 2) != "\\u") return fail_syntax("the second half of a surrogate pair");
    pos_ += 2;
    if (!hex4(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return fail_syntax("the second half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code == 0 && strict()) return fail("expected text without NUL characters (\\u0000)");
  append_utf8(out, code);
  return true;
}

// `out` refers to the input when nothing in the string is escaped, else to `scratch`.
bool JsonReader::string_token(std::string& scratch, std::string_view& out) {
  size_t start = ++pos_;
  scratch.clear();
  while (true) {
    size_t run = pos_;
    pos_ += plain_run_bytes(text_.substr(pos_));
    while (size_t length = utf8_sequence_bytes(text_.substr(pos_))) {
      if (length == 1) break;
      pos_ += length;
      pos_ += plain_run_bytes(text_.substr(pos_));
    }
    if (pos_ == text_.size()) return fail_syntax("the closing quote of a string");
    char c = text_[pos_];
    if (c == '"' && run == start) {
      out = text_.substr(start, pos_++ - start);
      return true;
    }
    scratch.append(text_.data() + run, pos_ - run);
    if (c == '"') {
      ++pos_;
      out = scratch;
      return true;
    }
    if (c != '\\') {
      return fail_syntax(static_cast<unsigned char>(c) < 0x20
                             ? "control characters to be escaped, \\n for a new line"
                             : "valid UTF-8");
    }
    ++pos_;
    if (!escape(scratch)) return false;
  }
}

bool JsonReader::read_string(std::string& out, std::string_view expected) {
  if (peek() != JsonKind::string) return fail_expected(expected);
  std::string_view view;
  if (!string_token(out, view)) return false;
  if (view.data() != out.data()) out.assign(view);
  return true;
}

bool JsonReader::enter(char open, std::string_view expected) {
  skip_space();
  if (pos_ == text_.size() || text_[pos_] != open) return fail_expected(expected);
  if (depth_left_ == 0) return fail("expected fewer levels of nesting");
  --depth_left_;
  ++pos_;
  first_ = true;
  return true;
}

bool JsonReader::leave() {
  ++depth_left_;
  ++pos_;
  first_ = false;
  return false;
}

bool JsonReader::begin_object(std::string_view expected) { return enter('{', expected); }
bool JsonReader::begin_array(std::string_view expected) { return enter('[', expected); }

bool JsonReader::next_key(std::string_view& key) {
  if (failed_) return false;
  skip_space();
  char c = pos_ < text_.size() ? text_[pos_] : '\0';
  if (c == '}') return leave();
  if (!first_) {
    if (c != ',') return fail_syntax("',' or '}'");
    ++pos_;
  }
  if (peek() != JsonKind::string) return fail_syntax("a field name in quotes");
  if (!string_token(key_scratch_, key)) return false;
  skip_space();
  if (pos_ == text_.size() || text_[pos_] != ':') return fail_syntax("':'");
  ++pos_;
  first_ = false;
  return true;
}

bool JsonReader::next_item() {
  if (failed_) return false;
  skip_space();
  char c = pos_ < text_.size() ? text_[pos_] : '\0';
  if (c == ']') return leave();
  if (!first_) {
    if (c != ',') return fail_syntax("',' or ']'");
    ++pos_;
  }
  first_ = false;
  return true;
}

bool JsonReader::skip_value(std::string_view* raw) {
  JsonKind kind = peek();
  size_t start = pos_;
  std::string_view view;
  bool flag = false;
  switch (kind) {
    case JsonKind::object:
      begin_object();
      while (next_key(view) && skip_value()) {
      }
      break;
    case JsonKind::array:
      begin_array();
      while (next_item() && skip_value()) {
      }
      break;
    case JsonKind::string:
      string_token(key_scratch_, view);
      break;
    case JsonKind::number:
      number_token(view, flag);
      break;
    case JsonKind::boolean:
      read_bool(flag);
      break;
    case JsonKind::null:
      read_null();
      break;
    case JsonKind::bad:
      fail_syntax("a value");
  }
  if (ok() && raw) *raw = text_.substr(start, pos_ - start);
  return ok();
}

std::string JsonReader::find_tag(std::string_view name) {
  JsonReader ahead(text_.substr(pos_), mode_, depth_left_);
  std::string_view key;
  std::string tag;
  if (ahead.peek() != JsonKind::object || !ahead.begin_object()) return {};
  while (ahead.next_key(key)) {
    if (key == name) return ahead.peek() == JsonKind::string && ahead.read_string(tag) ? tag : "";
    if (!ahead.skip_value()) return {};
  }
  return {};
}

bool JsonReader::finish() {
  if (failed_) return false;
  skip_space();
  return pos_ == text_.size() ? true : fail_syntax("nothing after the end of the JSON value");
}

bool JsonReader::fail(std::string message) {
  if (!failed_) error_ = Error{ErrorCode::invalid, std::move(message), {}};
  failed_ = true;
  return false;
}

bool JsonReader::fail_expected(std::string_view what) {
  JsonKind kind = peek();
  if (kind == JsonKind::bad) return fail_syntax(what);
  std::string message = "expected ";
  message.append(what).append(", found ").append(kind_in_words(kind));
  return fail(std::move(message));
}

bool JsonReader::fail_range(std::string_view min, std::string_view max) {
  std::string message = "expected a number from ";
  message.append(min).append(" to ").append(max);
  return fail(std::move(message));
}

bool JsonReader::fail_syntax(std::string_view what) {
  auto before = text_.substr(0, pos_);
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  std::string message = "not valid JSON: expected ";
  message.append(what).append(" at line ").append(std::to_string(line));
  message.append(", column ").append(std::to_string(pos_ - line_start + 1));
  if (pos_ >= text_.size()) message.append(", where the text ends");
  return fail(std::move(message));
}

bool JsonReader::at(std::string_view key) {
  std::string step = "/";
  for (char c : key) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step.push_back(c);
    }
  }
  error_.path.insert(0, step);
  return false;
}

bool JsonReader::at(size_t index) { return at(std::to_string(index)); }

}  // namespace pentad
