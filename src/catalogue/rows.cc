#include "catalogue/rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "catalogue/text_file.h"

namespace pentad::catalogue {
namespace {

struct Kind {
  std::string_view name;
  bool is_named;  // its described type has a field `name`
};
constexpr std::array kKinds = {
    Kind{"block", true},  Kind{"chain", false}, Kind{"chiller", true}, Kind{"climate", true},
    Kind{"cost", true},   Kind{"device", true}, Kind{"fluid", true},   Kind{"grid", true},
    Kind{"node", true},   Kind{"plant", false}, Kind{"psu", true},     Kind{"dry_cooler", false},
    Kind{"tariff", true}, Kind{"tower", false},
};

constexpr const char* kFiles[] = {"climates.toml", "cooling.toml", "costs.toml", "devices.toml",
                                  "fluids.toml",   "grids.toml",   "nodes.toml", "power.toml",
                                  "psus.toml",     "tariffs.toml"};

const Kind* kind_of(std::string_view name) {
  const auto* kind =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& one) { return one.name == name; });
  return kind == kKinds.end() ? nullptr : kind;
}

// The kind of row that may stand by name under a key; empty: none.
std::string_view kind_under(std::string_view key) {
  struct Key {
    std::string_view key, kind;
  };
  static constexpr Key keys[] = {
      {"fluid", "fluid"},     {"chiller", "chiller"},       {"tower", "tower"},
      {"wet_tower", "tower"}, {"dry_cooler", "dry_cooler"}, {"dry_condenser", "dry_cooler"},
      {"psu", "psu"},         {"blocks", "block"}};
  for (const Key& one : keys) {
    if (one.key == key) return one.kind;
  }
  return {};
}

bool is_table(const TomlValue& value) { return std::holds_alternative<TomlTable>(value.value); }
bool is_text(const TomlValue& value) { return std::holds_alternative<std::string>(value.value); }

// The text under a key, "" when missing or something else.
std::string text_of(const TomlTable& table, std::string_view key) {
  auto found = table.find(key);
  if (found == table.end() || !is_text(found->second)) return {};
  return std::get<std::string>(found->second.value);
}

// A device has a list of sources and keeps all its keys (device_catalogue.h).
void device_origin(const TomlTable& table, Row& row) {
  row.certainty =
      enum_from_name<Certainty>(text_of(table, "certainty")).value_or(Certainty::datasheet);
  auto sources = table.find("sources");
  if (sources == table.end()) return;
  const auto* list = std::get_if<TomlList>(&sources->second.value);
  for (const TomlValue& source : list ? *list : TomlList{}) {
    if (!is_text(source)) continue;
    row.source += (row.source.empty() ? "" : "; ") + std::get<std::string>(source.value);
  }
}

Error wrong(std::string message) { return {ErrorCode::invalid, std::move(message), {}}; }

}  // namespace

Result<Rows> Rows::read(const std::string& folder) {
  Rows rows;
  for (const char* name : kFiles) {
    auto text = read_text_file(folder + "/" + name);
    if (!text) return tl::unexpected(text.error());
    if (Status status = rows.add(name, *text); !status) return tl::unexpected(status.error());
  }
  return rows;
}

int32_t Rows::add_file(const std::string& file) {
  files_.push_back(file);
  return static_cast<int32_t>(files_.size()) - 1;
}

void Rows::set_file(TomlValue& value, int32_t file) {
  value.file = file;
  if (auto* table = std::get_if<TomlTable>(&value.value)) {
    for (auto& [key, field] : *table) set_file(field, file);
  } else if (auto* list = std::get_if<TomlList>(&value.value)) {
    for (TomlValue& item : *list) set_file(item, file);
  }
}

Error Rows::located(const TomlValue& document, Error error, std::string_view prefix) const {
  const TomlValue& at = toml_at(document, error.path);
  auto file = static_cast<size_t>(at.file);
  std::string name = file < files_.size() ? files_[file] + " " : "";
  error.path.insert(0, prefix);
  std::string_view colon = error.path.empty() ? "" : ": ";
  error.message = fmt::format("{}line {}: {}{}{}", name, at.line, error.path, colon, error.message);
  return error;
}

Status Rows::add(const std::string& file, std::string_view toml) {
  auto document = parse_toml(toml);
  if (!document) {
    return fail(ErrorCode::invalid, file + " " + document.error().message, file);
  }
  set_file(*document, add_file(file));
  for (const auto& [key, value] : std::get<TomlTable>(document->value)) {
    const auto* list = std::get_if<TomlList>(&value.value);
    if (!kind_of(key) || !list) {
      std::vector<std::string_view> kinds;
      for (const Kind& kind : kKinds) kinds.push_back(kind.name);
      return tl::unexpected(located(
          value,
          wrong(fmt::format("expected [[kind]] with kind one of {}", fmt::join(kinds, ", ")))));
    }
    for (const TomlValue& row : *list) {
      if (Status status = add_row(key, row); !status) return status;
    }
  }
  return {};
}

Status Rows::add_row(std::string_view kind, const TomlValue& value) {
  if (!is_table(value)) return tl::unexpected(located(value, wrong("expected a table")));
  Row row;
  row.table = value;
  auto& table = std::get<TomlTable>(row.table.value);
  row.name = text_of(table, "name");
  if (row.name.empty()) return tl::unexpected(located(value, wrong("a row needs a `name`")));
  if (find(kind, row.name)) {
    return tl::unexpected(located(value, wrong(fmt::format("`{}` stands twice", row.name))));
  }
  if (kind == "device") {
    device_origin(table, row);
  } else {
    row.source = text_of(table, "source");
    row.note = text_of(table, "note");
    auto certainty = enum_from_name<Certainty>(text_of(table, "certainty"));
    if (row.source.empty() || !certainty) {
      return tl::unexpected(located(
          value, wrong(fmt::format("`{}` needs a `source` and a `certainty`: measured, datasheet, "
                                   "standard, published, recalled or judgement",
                                   row.name))));
    }
    row.certainty = *certainty;
    for (const char* key : {"source", "certainty", "note"}) table.erase(key);
  }
  if (!kind_of(kind)->is_named) table.erase("name");
  rows_[std::string(kind)].push_back(std::move(row));
  return {};
}

const Row* Rows::find(std::string_view kind, std::string_view name) const {
  auto rows = rows_.find(kind);
  if (rows == rows_.end()) return nullptr;
  for (const Row& row : rows->second) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::vector<std::string> Rows::names(std::string_view kind) const {
  std::vector<std::string> names;
  if (auto rows = rows_.find(kind); rows != rows_.end()) {
    for (const Row& row : rows->second) names.push_back(row.name);
  }
  return names;
}

Result<TomlValue> Rows::resolve(const TomlValue& value, std::string_view kind, Used* used) const {
  return child(TomlValue{TomlTable{}, value.line, value.file}, value, kind, 0, used);
}

Result<TomlValue> Rows::row_table(const TomlValue& name, std::string_view kind, int depth,
                                  Used* used) const {
  const auto& text = std::get<std::string>(name.value);
  if (depth > 8) {
    return tl::unexpected(located(name, wrong(fmt::format("`{}` leads back to itself", text))));
  }
  const Row* row = find(kind, text);
  if (!row) {
    return tl::unexpected(located(name, wrong(fmt::format("there is no {} `{}`; there are {}", kind,
                                                          text, fmt::join(names(kind), ", ")))));
  }
  if (used) used->emplace_back(kind, row);
  return child(TomlValue{TomlTable{}, row->table.line, row->table.file}, row->table, kind,
               depth + 1, used);
}

// What stands under one key: a name where rows may stand, a table, or anything else as it is.
Result<TomlValue> Rows::child(TomlValue base, const TomlValue& over, std::string_view kind,
                              int depth, Used* used) const {
  if (is_text(over) && !kind.empty()) return row_table(over, kind, depth, used);
  if (!is_table(over)) {
    const auto* list = std::get_if<TomlList>(&over.value);
    if (!list || kind.empty()) return over;
    TomlValue out{TomlList{}, over.line, over.file};
    for (const TomlValue& item : *list) {
      auto one = child(TomlValue{TomlTable{}, item.line, item.file}, item, kind, depth, used);
      if (!one) return one;
      std::get<TomlList>(out.value).push_back(std::move(*one));
    }
    return out;
  }
  const auto& table = std::get<TomlTable>(over.value);
  auto from = table.find("from");
  if (from == table.end() || kind.empty()) return overlay(std::move(base), over, kind, depth, used);
  if (!is_text(from->second)) {
    return tl::unexpected(located(from->second, wrong("`from` must be the name of a row")));
  }
  auto row = row_table(from->second, kind, depth, used);
  if (!row) return row;
  return overlay(std::move(*row), over, kind, depth, used);
}

Result<TomlValue> Rows::overlay(TomlValue base, const TomlValue& over, std::string_view kind,
                                int depth, Used* used) const {
  if (!is_table(base)) base = TomlValue{TomlTable{}, over.line, over.file};
  auto& fields = std::get<TomlTable>(base.value);
  for (const auto& [key, value] : std::get<TomlTable>(over.value)) {
    if (key == "from" && !kind.empty()) continue;
    TomlValue& field = fields[key];
    auto merged = child(std::move(field), value, kind_under(key), depth, used);
    if (!merged) return merged;
    field = std::move(*merged);
  }
  return base;
}

}  // namespace pentad::catalogue
