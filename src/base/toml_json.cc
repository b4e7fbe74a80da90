#include "base/toml_json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/json_writer.h"

namespace pentad {
namespace {

std::string escape(std::string_view key) {
  std::string out;
  for (char c : key) {
    if (c == '~' || c == '/') {
      out += c == '~' ? "~0" : "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescape(std::string_view token) {
  std::string out;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '0' ? '~' : '/';
    } else {
      out += token[i];
    }
  }
  return out;
}

// Appends `value`; false, with the pointer in `path`, when JSON cannot say it.
bool append(std::string& out, const TomlValue& value, std::string& path) {
  struct Writer {
    std::string& out;
    std::string& path;

    bool operator()(const TomlTable& table) {
      out += '{';
      for (const auto& [key, field] : table) {
        if (out.back() != '{') out += ',';
        append_json_string(out, key);
        out += ':';
        if (!below(escape(key), field)) return false;
      }
      out += '}';
      return true;
    }
    bool operator()(const TomlList& list) {
      out += '[';
      for (size_t i = 0; i < list.size(); ++i) {
        if (i > 0) out += ',';
        if (!below(std::to_string(i), list[i])) return false;
      }
      out += ']';
      return true;
    }
    bool operator()(const std::string& text) { return append_json_string(out, text), true; }
    bool operator()(int64_t number) { return append_json_integer(out, number), true; }
    bool operator()(double number) {
      if (!std::isfinite(number)) return false;
      append_json_double(out, number);
      return true;
    }
    bool operator()(bool flag) { return out += flag ? "true" : "false", true; }
    bool operator()(const TomlOther&) { return false; }

    bool below(const std::string& token, const TomlValue& field) {
      size_t length = path.size();
      path += '/';
      path += token;
      if (!append(out, field, path)) return false;
      path.resize(length);
      return true;
    }
  };
  return std::visit(Writer{out, path}, value.value);
}

const TomlValue* child(const TomlValue& value, const std::string& token) {
  if (const auto* table = std::get_if<TomlTable>(&value.value)) {
    auto found = table->find(token);
    return found == table->end() ? nullptr : &found->second;
  }
  const auto* list = std::get_if<TomlList>(&value.value);
  if (!list) return nullptr;
  size_t index = 0;
  auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  bool good = error == std::errc{} && end == token.data() + token.size() && index < list->size();
  return good ? &(*list)[index] : nullptr;
}

}  // namespace

Result<std::string> toml_to_json(const TomlValue& value) {
  std::string out, path;
  if (append(out, value, path)) return out;
  return fail(ErrorCode::invalid, "expected text, a finite number, true or false", path);
}

const TomlValue& toml_at(const TomlValue& value, std::string_view pointer) {
  const TomlValue* at = &value;
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    size_t end = std::min(pointer.find('/'), pointer.size());
    const TomlValue* next = child(*at, unescape(pointer.substr(0, end)));
    if (!next) break;
    at = next;
    pointer.remove_prefix(end);
  }
  return *at;
}

int64_t toml_line(const TomlValue& value, std::string_view pointer) {
  return toml_at(value, pointer).line;
}

Error at_line(const TomlValue& value, Error error) {
  std::string_view colon = error.path.empty() ? "" : ": ";
  error.message = fmt::format("line {}: {}{}{}", toml_line(value, error.path), error.path, colon,
                              error.message);
  return error;
}

}  // namespace pentad
