// Where a centre is kept: [store] of pentad.toml.
#pragma once

#include <string>

#include "base/toml_reader.h"
#include "base/units.h"

namespace pentad::app {

struct StoreConfig {
  std::string url;  // of a database on a PostgreSQL server; empty: HOME/pentad.db
  Duration lease = seconds(10);
  bool operator==(const StoreConfig&) const = default;
};

// Reads the key `store` of the whole file.
void read_store(TomlReader& in, TomlErrors& errors, StoreConfig& store);

// What is wrong with how `path`, the configuration's file, keeps the password in it; empty:
// nothing.
std::string complaint_about_password(const StoreConfig& store, const std::string& path);

}  // namespace pentad::app
