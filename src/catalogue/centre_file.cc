#include "catalogue/centre_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "catalogue/centre_reader.h"
#include "catalogue/text_file.h"

namespace pentad::catalogue {

std::optional<TomlValue> CentreReader::take(TomlTable& table, std::string_view key) {
  auto found = table.find(key);
  if (found == table.end()) return {};
  TomlValue value = std::move(found->second);
  table.erase(found);
  return value;
}

Result<TomlValue> CentreReader::take_table(std::string_view key) {
  auto value = take(top_, key);
  if (!value) return TomlValue{TomlTable{}, 1, pools_at_.file};
  if (std::holds_alternative<TomlTable>(value->value)) return *value;
  return wrong(*value, "/" + std::string(key), "expected a table");
}

tl::unexpected<Error> CentreReader::wrong(const TomlValue& at, std::string path,
                                          std::string message) const {
  Error error = rows_.located(at, {ErrorCode::invalid, std::move(message), {}}, path);
  return tl::unexpected<Error>(std::move(error));
}

Status CentreReader::read_name() {
  auto name = take(top_, "name");
  const auto* text = name ? std::get_if<std::string>(&name->value) : nullptr;
  if (!text || text->empty() || text->size() > 100) {
    return wrong(name.value_or(pools_at_), "/name", "expected a text of 1 to 100 bytes");
  }
  centre_.name = *text;
  return {};
}

Status CentreReader::read_top() {
  static constexpr std::string_view known[] = {"name",  "site",  "pool",   "device", "power",
                                               "plant", "reuse", "policy", "prices", "utilisation"};
  for (const auto& [key, value] : top_) {
    if (std::find(std::begin(known), std::end(known), key) == std::end(known)) {
      return wrong(value, "/" + key,
                   fmt::format("unknown; there may be {}", fmt::join(known, ", ")));
    }
  }
  using Step = Status (CentreReader::*)();
  constexpr Step steps[] = {
      &CentreReader::read_name,   &CentreReader::read_site,   &CentreReader::read_devices,
      &CentreReader::read_prices, &CentreReader::read_pools,  &CentreReader::read_plant,
      &CentreReader::read_reuse,  &CentreReader::read_policy, &CentreReader::assemble};
  for (Step step : steps) {
    if (Status status = (this->*step)(); !status) return status;
  }
  return {};
}

Result<CentreFile> CentreReader::read(const std::string& file, std::string_view toml) {
  auto document = parse_toml(toml);
  if (!document) return fail(ErrorCode::invalid, file + " " + document.error().message, file);
  Rows::set_file(*document, rows_.add_file(file));
  pools_at_.file = document->file;
  top_ = std::get<TomlTable>(std::move(document->value));
  if (Status status = read_top(); !status) return tl::unexpected(status.error());
  for (const auto& [kind, row] : used_) {
    bool is_new = std::none_of(centre_.used.begin(), centre_.used.end(), [&](const UsedRow& one) {
      return one.kind == kind && one.name == row->name;
    });
    if (is_new) centre_.used.push_back({kind, row->name, row->source, row->certainty});
  }
  return std::move(centre_);
}

Result<CentreFile> parse_centre(const Rows& rows, const std::string& file, std::string_view toml,
                                const std::string& folder) {
  return CentreReader(rows, folder).read(file, toml);
}

Result<CentreFile> read_centre(const Rows& rows, const std::string& file) {
  auto text = read_text_file(file);
  if (!text) return tl::unexpected(text.error());
  return parse_centre(rows, file, *text, std::filesystem::path(file).parent_path().string());
}

std::vector<Node> nodes_of(const CentreFile& centre) {
  std::vector<Node> nodes;
  for (const CentrePool& pool : centre.pools) {
    size_t width = std::max<size_t>(3, std::to_string(pool.nodes).size());
    for (int32_t i = 1; i <= pool.nodes; ++i) {
      nodes.push_back(pool.node);
      nodes.back().name = fmt::format("{}-{:0{}}", pool.node.pool, i, width);
    }
  }
  return nodes;
}

}  // namespace pentad::catalogue
