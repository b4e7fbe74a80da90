// The configuration of a centre, read from $PENTAD_HOME/pentad.toml. Strict: an unknown key, a
// wrong type or a value out of bounds is an error with its line. docs/pentad.example.toml explains
// every key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/identity_config.h"
#include "app/listen_config.h"
#include "app/store_config.h"
#include "base/result.h"
#include "base/units.h"
#include "model/device.h"
#include "model/policy.h"
#include "store/database.h"

namespace pentad::app {

// What the configuration says about this machine, over what the inventory finds.
struct NodeConfig {
  std::string name;  // empty: the host's
  std::string pool = "default";
  std::vector<std::string> features;
  std::optional<int32_t> cores;  // offer only this many
  std::optional<Bytes> memory;   // likewise
  bool operator==(const NodeConfig&) const = default;
};

// What the configuration knows about a device model; what is not set stays as the catalogue has it.
struct DeviceConfig {
  std::string name;
  std::optional<Power> idle_power;
  std::optional<Power> full_power;
  std::optional<Money> price_per_hour;
  std::optional<Throughput> peak;
  bool operator==(const DeviceConfig&) const = default;
};

// As whom jobs run.
struct EngineConfig {
  // Jobs of uid 0, and of people without a Unix user here as the daemon's own. Not said: while the
  // centre listens on this machine alone.
  std::optional<bool> allow_root;
  bool no_new_privileges = true;  // set-user-ID programs give jobs nothing
  bool operator==(const EngineConfig&) const = default;
};

struct Config {
  HttpConfig http;
  EngineConfig engine;
  IdentityConfig identity;
  StoreConfig store;
  NodeConfig node;
  Policy policy;
  std::vector<DeviceConfig> devices;
  std::string log_level = "info";
  // What jobs may submit: so many at once, so many each second in the long run (0: no limit).
  int64_t jobs_from_jobs_burst = 1000;
  int64_t jobs_from_jobs_per_s = 20;
};

// Errors: invalid, with "line 3: what is wrong" sentences, one a line, all of them.
Result<Config> parse_config(std::string_view toml);

// A missing file is the default configuration. Errors as above and what the system says; path is
// the file's.
Result<Config> read_config(const std::string& path);

// What everything opens that opens the store of the centre at `home`.
store::DatabaseOptions store_options(const Config& config, const std::string& home);

// Overrides `model` by what the configuration says about it.
void apply(const DeviceConfig& config, DeviceModel& model);

}  // namespace pentad::app
