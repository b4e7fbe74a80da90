#include "base/toml.h"

#include <fmt/format.h>
#include <toml++/toml.h>

namespace pentad {

namespace {

TomlValue convert(const toml::node& node) {
  TomlValue out;
  out.line = node.source().begin.line;
  if (const toml::table* table = node.as_table()) {
    auto& fields = out.value.emplace<TomlTable>();
    for (const auto& [key, field] : *table) fields.emplace(key.str(), convert(field));
  } else if (const toml::array* array = node.as_array()) {
    auto& items = out.value.emplace<TomlList>();
    for (const toml::node& item : *array) items.push_back(convert(item));
  } else if (node.is_string()) {
    out.value = *node.value<std::string>();
  } else if (node.is_integer()) {
    out.value = *node.value<int64_t>();
  } else if (node.is_floating_point()) {
    out.value = *node.value<double>();
  } else if (node.is_boolean()) {
    out.value = *node.value<bool>();
  } else {
    out.value = TomlOther{};
  }
  return out;
}

}  // namespace

Result<TomlValue> parse_toml(std::string_view text) {
  try {
    return convert(toml::parse(text));
  } catch (const toml::parse_error& e) {
    return fail(ErrorCode::invalid,
                fmt::format("line {}: {}", e.source().begin.line, e.description()));
  }
}

}  // namespace pentad
