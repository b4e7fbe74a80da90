#include "app/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe.hpp>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <string>

#include "base/toml_reader.h"
#include "store/database_url.h"

namespace pentad::app {

namespace {

constexpr int64_t kYear = 365 * 24 * 3600;

void read_engine(const TomlValue& table, TomlErrors& errors, EngineConfig& engine) {
  TomlReader in(table, "engine.", errors);
  bool allow_root = false;
  if (in.boolean("allow_root", allow_root)) engine.allow_root = allow_root;
  in.boolean("no_new_privileges", engine.no_new_privileges);
  in.finish();
}

void read_node(const TomlValue& table, TomlErrors& errors, NodeConfig& node) {
  TomlReader in(table, "node.", errors);
  in.text("name", node.name);
  if (in.text("pool", node.pool) && node.pool.empty()) in.wrong("pool", "must not be empty");
  in.texts("features", node.features);
  int32_t cores = 0;
  if (in.integer("cores", cores, 1, 1'000'000)) node.cores = cores;
  int64_t bytes = 0;
  if (in.integer("memory_bytes", bytes, 1, int64_t{1} << 53)) node.memory = Bytes{bytes};
  in.finish();
}

void read_weights(const TomlValue& table, TomlErrors& errors, PriorityWeights& weights) {
  constexpr int64_t most = 1'000'000'000;
  TomlReader in(table, "policy.weights.", errors);
  in.integer("nice", weights.nice, 0, most);
  in.integer("qos", weights.qos, 0, most);
  in.integer("fair_share", weights.fair_share, 0, most);
  in.integer("age_per_hour", weights.age_per_hour, 0, most);
  in.finish();
}

void read_duration(TomlReader& in, std::string_view key, Duration& out, int64_t min_s) {
  int64_t s = 0;
  if (in.integer(key, s, min_s, 100 * kYear)) out = seconds(s);
}

void read_power_cap(const TomlValue& table, TomlErrors& errors, PowerCap& cap) {
  TomlReader in(table, "policy.power_cap.", errors);
  std::vector<int64_t> watts;
  if (in.integers("by_hour_w", watts, 0, 1'000'000'000'000)) {
    if (watts.size() != 24) in.wrong("by_hour_w", "must have 24 numbers, one for each hour");
    for (int64_t w : watts) cap.by_hour.push_back(Power{w * 1000});
  }
  int64_t offset = 0;
  if (in.integer("utc_offset_s", offset, -18 * 3600, 18 * 3600)) cap.utc_offset = seconds(offset);
  in.finish();
}

void read_shift(const TomlValue& table, TomlErrors& errors, HourCosts& costs) {
  TomlReader in(table, "policy.shift_deadline_jobs.", errors);
  std::vector<int64_t> hours;
  if (in.integers("by_hour", hours, 0, 1'000'000)) {
    if (hours.size() != 24) in.wrong("by_hour", "must have 24 numbers, one for each hour");
    for (int64_t cost : hours) costs.by_hour.push_back(static_cast<int32_t>(cost));
  }
  int64_t offset = 0;
  if (in.integer("utc_offset_s", offset, -18 * 3600, 18 * 3600)) costs.utc_offset = seconds(offset);
  in.finish();
}

void read_policy(const TomlValue& table, TomlErrors& errors, Policy& policy) {
  TomlReader in(table, "policy.", errors);
  in.boolean("backfill", policy.backfill);
  in.integer("reservation_depth", policy.reservation_depth, -1, 1'000'000);
  read_duration(in, "fair_share_half_life_s", policy.fair_share_half_life, 1);
  read_duration(in, "fair_share_interval_s", policy.fair_share_interval, 1);
  read_duration(in, "default_limit_s", policy.default_limit, 1);
  read_duration(in, "max_limit_s", policy.max_limit, 1);
  read_duration(in, "requeue_delay_s", policy.requeue_delay, 0);
  in.integer("max_array_size", policy.max_array_size, 1, 1'000'000'000);
  in.integer("max_pending_jobs", policy.max_pending_jobs, 1, 1'000'000'000);
  if (const TomlValue* t = in.table("weights")) read_weights(*t, errors, policy.weights);
  if (const TomlValue* t = in.table("power_cap")) read_power_cap(*t, errors, policy.power_cap);
  if (const TomlValue* t = in.table("shift_deadline_jobs")) {
    read_shift(*t, errors, policy.shift_deadline_jobs);
  }
  if (policy.default_limit > policy.max_limit) {
    in.wrong("default_limit_s", "is longer than `policy.max_limit_s`");
  }
  in.finish();
}

// The rows of an array of tables, each with a name that no other row has.
template <class Row, class Read>
void read_rows(TomlReader& in, TomlErrors& errors, std::string_view key, std::vector<Row>& rows,
               Read read) {
  for (const TomlValue* table : in.tables(key)) {
    TomlReader row_in(*table, fmt::format("{}.", key), errors);
    Row row;
    if (row_in.required_text("name", row.name)) {
      for (const Row& other : rows) {
        if (other.name == row.name) row_in.wrong("name", "stands here twice");
      }
    }
    read(row_in, row);
    row_in.finish();
    rows.push_back(std::move(row));
  }
}

void check_projects(TomlReader& in, const std::vector<FairShareProject>& projects) {
  auto parent_of = [&](const std::string& name) -> const FairShareProject* {
    for (const FairShareProject& p : projects) {
      if (p.name == name) return &p;
    }
    return nullptr;
  };
  for (const FairShareProject& project : projects) {
    const FairShareProject* p = &project;
    for (size_t steps = 0; !p->parent.empty(); ++steps) {
      const FairShareProject* parent = parent_of(p->parent);
      if (!parent) {
        in.wrong("project",
                 fmt::format("`{}` hangs below `{}`, which is missing", p->name, p->parent));
        return;
      }
      if (steps > projects.size()) {
        in.wrong("project", fmt::format("`{}` hangs below itself", project.name));
        return;
      }
      p = parent;
    }
  }
}

void read_peak(const TomlValue& table, TomlErrors& errors, Throughput& peak) {
  constexpr int64_t most = int64_t{1} << 53;
  TomlReader in(table, "device.peak_mops.", errors);
  in.integer("fp64", peak.fp64, 0, most);
  in.integer("fp32", peak.fp32, 0, most);
  in.integer("tf32", peak.tf32, 0, most);
  in.integer("bf16", peak.bf16, 0, most);
  in.integer("fp16", peak.fp16, 0, most);
  in.integer("fp8", peak.fp8, 0, most);
  in.integer("int8", peak.int8, 0, most);
  in.integer("int4", peak.int4, 0, most);
  in.finish();
}

void read_device(TomlReader& in, TomlErrors& errors, DeviceConfig& device) {
  double value = 0;
  auto milli = [&] { return static_cast<int64_t>(std::llround(value * 1e3)); };
  if (in.number("idle_power_w", value, 0, 1e6)) device.idle_power = Power{milli()};
  if (in.number("full_power_w", value, 0, 1e6)) device.full_power = Power{milli()};
  if (in.number("price_per_hour_cny", value, 0, 1e9)) {
    device.price_per_hour = Money{static_cast<int64_t>(std::llround(value * 1e6))};
  }
  if (const TomlValue* t = in.table("peak_mops")) {
    read_peak(*t, errors, device.peak.emplace());
  }
}

void read_log(TomlReader& in, Config& config) {
  if (!in.text("log_level", config.log_level)) return;
  for (std::string_view level : {"debug", "info", "warn", "error"}) {
    if (config.log_level == level) return;
  }
  in.wrong("log_level", "must be debug, info, warn or error");
}

// "core_hour", ... of [money] charged.
void read_charged(TomlReader& in, MoneyPolicy& money) {
  std::vector<std::string> words;
  if (!in.texts("charged", words)) return;
  for (const std::string& word : words) {
    PriceUnit unit{};
    bool is_unit = boost::describe::enum_from_string(word.c_str(), unit);
    bool is_of_jobs = unit != PriceUnit::storage_gib_day && unit != PriceUnit::tokens_million;
    if (!is_unit || !is_of_jobs) {
      in.wrong("charged", "may hold core_hour, memory_gib_hour, device_hour and energy_kwh");
    } else if (std::find(money.charged.begin(), money.charged.end(), unit) != money.charged.end()) {
      in.wrong("charged", fmt::format("holds `{}` twice", word));
    } else {
      money.charged.push_back(unit);
    }
  }
}

void read_money(const TomlValue& table, TomlErrors& errors, MoneyPolicy& money) {
  TomlReader in(table, "money.", errors);
  read_charged(in, money);
  double pue = 1;
  if (in.number("pue", pue, 1, 10)) money.pue_milli = static_cast<int32_t>(std::llround(pue * 1e3));
  in.boolean("charge_requeued", money.charge_requeued);
  in.boolean("charge_not_started", money.charge_not_started);
  std::vector<int64_t> levels;
  if (in.integers("notify_at_percent", levels, 1, 1000)) {
    if (std::adjacent_find(levels.begin(), levels.end(), std::greater_equal<>()) != levels.end()) {
      in.wrong("notify_at_percent", "must ascend, each once");
    }
    money.notify_at_percent.assign(levels.begin(), levels.end());
  }
  in.finish();
}

void read_limits(const TomlValue& table, TomlErrors& errors, Config& config) {
  TomlReader in(table, "limits.", errors);
  in.integer("jobs_from_jobs_burst", config.jobs_from_jobs_burst, int64_t{1}, int64_t{1'000'000});
  in.integer("jobs_from_jobs_per_s", config.jobs_from_jobs_per_s, int64_t{0}, int64_t{1'000'000});
  in.finish();
}

void read_all(const TomlValue& table, TomlErrors& errors, Config& config) {
  TomlReader in(table, "", errors);
  read_http(in, errors, config.http);
  read_identity(in, errors, config.identity);
  read_store(in, errors, config.store);
  if (const TomlValue* t = in.table("engine")) read_engine(*t, errors, config.engine);
  read_log(in, config);
  if (const TomlValue* t = in.table("limits")) read_limits(*t, errors, config);
  if (const TomlValue* t = in.table("node")) read_node(*t, errors, config.node);
  if (const TomlValue* t = in.table("policy")) read_policy(*t, errors, config.policy);
  if (const TomlValue* t = in.table("money")) read_money(*t, errors, config.policy.money);
  constexpr int64_t most = 1'000'000'000'000;
  read_rows(in, errors, "qos", config.policy.qos,
            [&](TomlReader& row, Qos& qos) { row.integer("priority", qos.priority, -most, most); });
  read_rows(in, errors, "project", config.policy.projects,
            [&](TomlReader& row, FairShareProject& project) {
              row.text("parent", project.parent);
              row.integer("shares", project.shares, int64_t{1}, int64_t{1'000'000'000});
            });
  read_rows(in, errors, "licence", config.policy.licences, [&](TomlReader& row, Licence& licence) {
    row.integer("count", licence.count, 0, 1'000'000);
  });
  read_rows(in, errors, "device", config.devices,
            [&](TomlReader& row, DeviceConfig& device) { read_device(row, errors, device); });
  check_projects(in, config.policy.projects);
  in.finish();
}

}  // namespace

Result<Config> parse_config(std::string_view text) {
  auto table = parse_toml(text);
  if (!table) return tl::unexpected(std::move(table.error()));
  Config config;
  TomlErrors errors;
  read_all(*table, errors, config);
  if (!errors.empty()) return fail(ErrorCode::invalid, errors.text());
  return config;
}

Result<Config> read_config(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return Config{};
    return fail(ErrorCode::failed, std::strerror(errno), path);
  }
  std::ostringstream text;
  text << in.rdbuf();
  // Nothing at all is an empty file, or one that cannot be read.
  bool is_unreadable =
      in.bad() || text.bad() || (text.fail() && std::filesystem::is_directory(path));
  if (is_unreadable) return fail(ErrorCode::failed, "cannot be read", path);
  auto config = parse_config(text.str());
  if (!config) config.error().path = path;
  return config;
}

store::DatabaseOptions store_options(const Config& config, const std::string& home) {
  store::DatabaseOptions options;
  options.url = config.store.url;
  options.path = options.url.empty() ? home + "/pentad.db" : store::name_of(options.url);
  options.lease = config.store.lease;
  return options;
}

void apply(const DeviceConfig& config, DeviceModel& model) {
  if (config.idle_power) model.idle_power = *config.idle_power;
  if (config.full_power) model.full_power = *config.full_power;
  if (config.price_per_hour) model.price_per_hour = *config.price_per_hour;
  if (config.peak) model.peak = *config.peak;
}

}  // namespace pentad::app
