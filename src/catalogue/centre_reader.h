// Reads one centre file; for centre_file.cc and the parts beside it alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "catalogue/centre_file.h"
#include "catalogue/centre_tables.h"
#include "catalogue/device_catalogue.h"

namespace pentad::catalogue {

class CentreReader {
 public:
  CentreReader(const Rows& rows, std::string folder) : rows_(rows), folder_(std::move(folder)) {}

  Result<CentreFile> read(const std::string& file, std::string_view toml);

 private:
  Status read_top();
  Status read_name();
  // centre_site.cc
  Status read_site();
  Status read_weather(TomlTable& site, const TomlValue& at);
  Status read_grid_and_tariff(TomlTable& site, const TomlValue& at);
  Status read_plant();
  Status read_reuse();
  Status assemble();
  // centre_pools.cc
  Status read_devices();
  Status read_prices();
  Status read_pools();
  Status read_pool(const TomlValue& value, size_t index);
  Status fill_host(const HostPlatform& host, const TomlValue& at, CentrePool& pool);
  Status fill_devices(const PoolTable& table, const TomlValue& at, CentrePool& pool);
  Result<CatalogueDevice> device(const std::string& name, const TomlValue& at);
  Status estimate(CatalogueDevice& device, const TomlValue& at);
  // centre_policy.cc
  Status read_policy();

  // The value of a key, taken out of the table.
  static std::optional<TomlValue> take(TomlTable& table, std::string_view key);
  // The top-level table of that name, taken out; an empty one at line 1 when missing.
  Result<TomlValue> take_table(std::string_view key);
  tl::unexpected<Error> wrong(const TomlValue& at, std::string path, std::string message) const;

  // What stands for a row, resolved and read; resolved is left in `kept` if given.
  template <class T>
  Result<T> row(const TomlValue& value, std::string_view kind, std::string_view path,
                TomlValue* kept = nullptr) {
    auto resolved = rows_.resolve(value, kind, &used_);
    if (!resolved) return tl::unexpected(resolved.error());
    auto read = rows_.read_as<T>(*resolved, path);
    if (kept) *kept = std::move(*resolved);
    return read;
  }

  Rows rows_;
  std::string folder_;
  TomlTable top_;
  CentreFile centre_;
  Rows::Used used_;
  std::map<std::string, CatalogueDevice> devices_;  // as overridden, by name
  std::map<std::string, double> prices_;            // CNY per hour
  TomlValue pools_at_;                              // for messages
  TomlValue prices_at_;
  TomlTable located_;  // chain, plant and the rest as resolved, in the shape of energy::Site
};

}  // namespace pentad::catalogue
