#include "base/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace pentad {

void TomlErrors::add(int64_t line, std::string_view what) {
  if (!text_.empty()) text_ += '\n';
  text_ += fmt::format("line {}: {}", line, what);
}

TomlReader::TomlReader(const TomlValue& table, std::string path, TomlErrors& errors)
    : fields_(std::get<TomlTable>(table.value)),
      line_(table.line),
      path_(std::move(path)),
      errors_(errors) {}

const TomlValue* TomlReader::value(std::string_view key) {
  asked_.emplace(key);
  auto it = fields_.find(key);
  return it == fields_.end() ? nullptr : &it->second;
}

void TomlReader::wrong(std::string_view key, std::string_view what) {
  auto it = fields_.find(key);
  errors_.add(it == fields_.end() ? line_ : it->second.line,
              fmt::format("`{}` {}", name(key), what));
}

bool TomlReader::text(std::string_view key, std::string& out, size_t max_bytes) {
  const TomlValue* found = value(key);
  if (!found) return false;
  const auto* text = std::get_if<std::string>(&found->value);
  if (!text) return wrong(key, "must be text in quotes"), false;
  if (text->size() > max_bytes) {
    return wrong(key, fmt::format("may have {} bytes", max_bytes)), false;
  }
  out = *text;
  return true;
}

bool TomlReader::required_text(std::string_view key, std::string& out, size_t max_bytes) {
  if (!value(key)) return wrong(key, "is missing"), false;
  if (!text(key, out, max_bytes)) return false;
  if (out.empty()) return wrong(key, "must not be empty"), false;
  return true;
}

bool TomlReader::boolean(std::string_view key, bool& out) {
  const TomlValue* found = value(key);
  if (!found) return false;
  const auto* flag = std::get_if<bool>(&found->value);
  if (!flag) return wrong(key, "must be true or false"), false;
  out = *flag;
  return true;
}

bool TomlReader::integer(std::string_view key, int64_t& out, int64_t min, int64_t max) {
  const TomlValue* found = value(key);
  if (!found) return false;
  const auto* number = std::get_if<int64_t>(&found->value);
  if (!number) return wrong(key, "must be a whole number"), false;
  if (*number < min || *number > max) {
    return wrong(key, fmt::format("is {}; it may be {} to {}", *number, min, max)), false;
  }
  out = *number;
  return true;
}

bool TomlReader::integer(std::string_view key, int32_t& out, int32_t min, int32_t max) {
  int64_t wide = 0;
  if (!integer(key, wide, int64_t{min}, int64_t{max})) return false;
  out = static_cast<int32_t>(wide);
  return true;
}

bool TomlReader::number(std::string_view key, double& out, double min, double max) {
  const TomlValue* found = value(key);
  if (!found) return false;
  const auto* whole = std::get_if<int64_t>(&found->value);
  const auto* real = std::get_if<double>(&found->value);
  if (!whole && !real) return wrong(key, "must be a number"), false;
  double x = whole ? static_cast<double>(*whole) : *real;
  // Written so that a NaN fails too.
  if (!(x >= min && x <= max)) {
    return wrong(key, fmt::format("is {}; it may be {} to {}", x, min, max)), false;
  }
  out = x;
  return true;
}

bool TomlReader::texts(std::string_view key, std::vector<std::string>& out) {
  const TomlValue* found = value(key);
  if (!found) return false;
  const auto* list = std::get_if<TomlList>(&found->value);
  std::vector<std::string> texts;
  for (const TomlValue& item : list ? *list : TomlList{}) {
    if (const auto* text = std::get_if<std::string>(&item.value)) texts.push_back(*text);
  }
  bool good = list && texts.size() == list->size() &&
              std::all_of(texts.begin(), texts.end(),
                          [](const auto& t) { return !t.empty() && t.size() <= 255; });
  if (!good) return wrong(key, "must be a list of texts of 1 to 255 bytes"), false;
  out = std::move(texts);
  return true;
}

bool TomlReader::integers(std::string_view key, std::vector<int64_t>& out, int64_t min,
                          int64_t max) {
  const TomlValue* found = value(key);
  if (!found) return false;
  const auto* list = std::get_if<TomlList>(&found->value);
  std::vector<int64_t> numbers;
  for (const TomlValue& item : list ? *list : TomlList{}) {
    const auto* number = std::get_if<int64_t>(&item.value);
    if (number && *number >= min && *number <= max) numbers.push_back(*number);
  }
  if (!list || numbers.size() != list->size()) {
    return wrong(key, fmt::format("must be a list of whole numbers from {} to {}", min, max)),
           false;
  }
  out = std::move(numbers);
  return true;
}

const TomlValue* TomlReader::table(std::string_view key) {
  const TomlValue* found = value(key);
  if (!found) return nullptr;
  if (std::holds_alternative<TomlTable>(found->value)) return found;
  wrong(key, "must be a table");
  return nullptr;
}

std::vector<const TomlValue*> TomlReader::tables(std::string_view key) {
  std::vector<const TomlValue*> out;
  const TomlValue* found = value(key);
  if (!found) return out;
  const auto* list = std::get_if<TomlList>(&found->value);
  if (!list) return wrong(key, fmt::format("must be written as [[{}]]", name(key))), out;
  for (const TomlValue& item : *list) {
    if (!std::holds_alternative<TomlTable>(item.value)) {
      return wrong(key, "must be a list of tables"), std::vector<const TomlValue*>{};
    }
    out.push_back(&item);
  }
  return out;
}

void TomlReader::finish() {
  for (const auto& [key, field] : fields_) {
    if (!asked_.contains(key)) errors_.add(field.line, fmt::format("`{}` is unknown", name(key)));
  }
}

}  // namespace pentad
