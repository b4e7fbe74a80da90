#include "model/application_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "base/json_text.h"
#include "base/reflect.h"

namespace pentad {
namespace {

Result<std::string> refuse(const Parameter& parameter, std::string_view what) {
  return fail(ErrorCode::invalid, fmt::format("{}: {}", parameter.name, what));
}

// Whether `text` is a number from its first to its last character.
template <class T>
bool parse_all(std::string_view text, T& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// Bounds in words, for a refusal.
std::string bounds(const Parameter& p) {
  if (p.min && p.max) return fmt::format("from {} to {}", *p.min, *p.max);
  if (p.min) return fmt::format("of at least {}", *p.min);
  if (p.max) return fmt::format("of at most {}", *p.max);
  return "of no more than 15 digits";
}

bool in_bounds(const Parameter& p, double value) {
  return (!p.min || value >= *p.min) && (!p.max || value <= *p.max);
}

Result<std::string> integer_value(const Parameter& p, std::string_view text) {
  int64_t value = 0;
  bool number = parse_all(text, value);
  bool exact = value >= -static_cast<int64_t>(kMaxExactInteger) &&
               value <= static_cast<int64_t>(kMaxExactInteger);
  if (!number || !exact || !in_bounds(p, static_cast<double>(value))) {
    return refuse(p, fmt::format("expected a whole number {}", bounds(p)));
  }
  return fmt::format("{}", value);
}

Result<std::string> float_value(const Parameter& p, std::string_view text) {
  double value = 0;
  if (!parse_all(text, value) || !std::isfinite(value) || !in_bounds(p, value)) {
    return refuse(p, fmt::format("expected a number {}", bounds(p)));
  }
  return fmt::format("{}", value);
}

Result<std::string> bool_value(const Parameter& p, std::string_view text) {
  if (text == "true" || text == "false") return std::string(text);
  return refuse(p, "expected true or false");
}

// Control characters would break the lines of logs and environments; a script gets them from a
// file.
bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

Result<std::string> text_value(const Parameter& p, std::string text) {
  auto limit = static_cast<size_t>(p.max_length.value_or(kMaxTextBytes));
  if (text.size() > limit) {
    return refuse(p, fmt::format("at most {} bytes, not {}", limit, text.size()));
  }
  if (!is_utf8(text)) return refuse(p, "expected text in UTF-8");
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return refuse(p, "expected one line of text without control characters");
  }
  return text;
}

Result<std::string> choice_value(const Parameter& p, std::string text) {
  if (std::find(p.choices.begin(), p.choices.end(), text) != p.choices.end()) return text;
  return refuse(p, fmt::format("expected one of {}", fmt::join(p.choices, ", ")));
}

Result<std::string> value_of_text(const Parameter& p, std::string text) {
  switch (p.type) {
    case ParameterType::int_:
      return integer_value(p, text);
    case ParameterType::float_:
      return float_value(p, text);
    case ParameterType::bool_:
      return bool_value(p, text);
    case ParameterType::choice:
      return choice_value(p, std::move(text));
    case ParameterType::string:
      break;
  }
  return text_value(p, std::move(text));
}

}  // namespace

std::string parameter_variable(const Parameter& parameter) {
  std::string name = "PENTAD_PARAM_";
  for (char c : parameter.name) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

Result<std::string> parameter_value(const Parameter& parameter, const JsonText& given) {
  std::string_view json = given.text;
  if (json.starts_with('"')) {
    auto text = from_json<std::string>(json);
    if (!text) return refuse(parameter, text.error().message);
    return value_of_text(parameter, std::move(*text));
  }
  bool structured = json.empty() || json.starts_with('{') || json.starts_with('[');
  bool worded = parameter.type == ParameterType::string || parameter.type == ParameterType::choice;
  if (structured || worded || json == "null") {
    return refuse(parameter, worded ? "expected text" : "expected one value");
  }
  return value_of_text(parameter, std::string(json));
}

}  // namespace pentad
