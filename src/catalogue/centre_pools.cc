// The nodes of a centre: host platforms, their devices, what those draw and cost.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "catalogue/centre_reader.h"

namespace pentad::catalogue {
namespace {

// Of full power, where the idle power is not known.
constexpr double kIdleShare = 0.15;
constexpr double kIdleShareOfCpu = 0.30;

bool is_pool_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

energy::Chip chip_of(const CatalogueDevice& device, double count, double exponent,
                     const energy::PrecisionPower& precision, const energy::Leakage& leakage) {
  energy::Chip chip;
  chip.name = device.name;
  chip.count = count;
  chip.idle_w = device.idle_w;
  chip.max_w = device.full_w;
  chip.exponent = exponent;
  chip.precision = precision;
  chip.leakage = leakage;
  return chip;
}

void add_model(CentreFile& centre, const CatalogueDevice& device, double price_cny_hour) {
  bool is_new = std::none_of(centre.devices.begin(), centre.devices.end(),
                             [&](const DeviceModel& one) { return one.name == device.name; });
  if (!is_new) return;
  DeviceModel model = device_model(device);
  model.price_per_hour = Money{std::llround(price_cny_hour * 1e6)};
  centre.devices.push_back(std::move(model));
}

}  // namespace

// [device.NAME] overrides keys of a row of devices.toml.
Status CentreReader::read_devices() {
  auto table = take_table("device");
  if (!table) return tl::unexpected(table.error());
  for (auto& [name, value] : std::get<TomlTable>(table->value)) {
    std::string path = "/device/" + name;
    if (!std::holds_alternative<TomlTable>(value.value)) {
      return wrong(value, path, "expected a table with the keys that differ");
    }
    auto& keys = std::get<TomlTable>(value.value);
    keys["from"] = TomlValue{name, value.line, value.file};
    TomlValue resolved;
    auto device = row<CatalogueDevice>(value, "device", path, &resolved);
    if (!device) return tl::unexpected(device.error());
    if (Status status = validate(*device); !status) {
      return tl::unexpected(rows_.located(resolved, status.error(), path));
    }
    devices_.emplace(name, std::move(*device));
  }
  return {};
}

// Yuan per hour of a device, or of a core.
Status CentreReader::read_prices() {
  auto table = take_table("prices");
  if (!table) return tl::unexpected(table.error());
  auto prices = rows_.read_as<std::map<std::string, double>>(*table, "/prices");
  if (!prices) return tl::unexpected(prices.error());
  for (const auto& [name, price] : *prices) {
    if (!(price >= 0 && price <= 1e6)) {
      return wrong(*table, "/prices/" + name, "expected 0 to 1,000,000 CNY per hour");
    }
  }
  prices_ = std::move(*prices);
  prices_at_ = std::move(*table);
  return {};
}

Status CentreReader::estimate(CatalogueDevice& device, const TomlValue& at) {
  if (device.full_w <= 0) {
    return wrong(at, "/device/" + device.name + "/full_w",
                 "not known to the catalogue: state it under [device." + device.name + "]");
  }
  if (device.idle_w > 0) return {};
  double share = device.kind == DeviceKind::cpu ? kIdleShareOfCpu : kIdleShare;
  device.idle_w = share * device.full_w;
  centre_.notes.push_back(
      fmt::format("idle power of {} is not known: estimated at {:.0f} % of {} W", device.name,
                  share * 100, device.full_w));
  return {};
}

// The device of that name, with overrides and estimates.
Result<CatalogueDevice> CentreReader::device(const std::string& name, const TomlValue& at) {
  auto known = devices_.find(name);
  if (known == devices_.end()) {
    auto device = row<CatalogueDevice>(TomlValue{name, at.line, at.file}, "device", "");
    if (!device) return device;
    known = devices_.emplace(name, std::move(*device)).first;
  }
  if (Status status = estimate(known->second, at); !status) return tl::unexpected(status.error());
  return known->second;
}

Status CentreReader::fill_host(const HostPlatform& host, const TomlValue& at, CentrePool& pool) {
  auto cpu = device(host.cpu, at);
  if (!cpu) return tl::unexpected(cpu.error());
  if (cpu->kind != DeviceKind::cpu) {
    return wrong(at, "/host/cpu", fmt::format("`{}` is no cpu", host.cpu));
  }
  int64_t all = cpu->cores * host.sockets;
  if (host.cores > all) {
    return wrong(at, "/host/cores",
                 fmt::format("{} is more than the {} there are", host.cores, all));
  }
  pool.node.cores = host.cores > 0 ? host.cores : static_cast<int32_t>(all);
  pool.node.memory = gibibytes(host.memory_gib);
  pool.node.cpu_model = cpu->name;
  pool.power.name = host.name;
  pool.power.base_w = host.base_w;
  pool.power.memory_w = host.memory_w;
  pool.power.network_w = host.network_w;
  pool.power.storage_w = host.storage_w;
  pool.power.fans = host.fans;
  pool.power.psu = host.psu;
  pool.power.cpus = {
      chip_of(*cpu, host.sockets, host.cpu_exponent, host.cpu_precision, host.cpu_leakage)};
  add_model(centre_, *cpu, prices_.contains(cpu->name) ? prices_[cpu->name] : 0);
  return {};
}

Status CentreReader::fill_devices(const PoolTable& table, const TomlValue& at, CentrePool& pool) {
  int64_t total = 0;
  for (const PoolDevice& entry : table.devices) {
    auto model = device(entry.model, at);
    if (!model) return tl::unexpected(model.error());
    bool twice = std::any_of(pool.node.devices.begin(), pool.node.devices.end(),
                             [&](const DeviceGroup& group) { return group.model == entry.model; });
    total += entry.count;
    if (model->kind == DeviceKind::cpu || twice || total > kMaxDevicesPerNode) {
      return wrong(at, "/devices",
                   fmt::format("`{}`: expected up to {} accelerators, each model once", entry.model,
                               kMaxDevicesPerNode));
    }
    pool.node.devices.push_back({entry.model, entry.count});
    pool.power.devices.push_back(
        chip_of(*model, entry.count, entry.exponent, entry.precision, entry.leakage));
    add_model(centre_, *model, prices_.contains(entry.model) ? prices_[entry.model] : 0);
  }
  return {};
}

Status CentreReader::read_pool(const TomlValue& value, size_t index) {
  std::string path = fmt::format("/pool/{}", index);
  if (!std::holds_alternative<TomlTable>(value.value))
    return wrong(value, path, "expected a table");
  TomlValue rest = value;
  auto host_value = take(std::get<TomlTable>(rest.value), "host");
  if (!host_value) return wrong(value, path + "/host", "missing: a row of nodes.toml");
  auto table = rows_.read_as<PoolTable>(rest, path);
  if (!table) return tl::unexpected(table.error());
  bool taken = std::any_of(centre_.pools.begin(), centre_.pools.end(),
                           [&](const CentrePool& pool) { return pool.node.pool == table->name; });
  if (taken || !is_pool_name(table->name)) {
    return wrong(value, path + "/name",
                 "expected letters, digits, hyphens and underscores, no two pools alike");
  }
  TomlValue host_at;
  auto host = row<HostPlatform>(*host_value, "node", path + "/host", &host_at);
  if (!host) return tl::unexpected(host.error());
  CentrePool pool;
  pool.nodes = table->nodes;
  pool.node.name = pool.node.pool = table->name;
  pool.node.features = table->features;
  if (Status status = fill_host(*host, value, pool); !status) return status;
  if (Status status = fill_devices(*table, value, pool); !status) return status;
  if (Status status = energy::validate(pool.power); !status) {
    return tl::unexpected(rows_.located(host_at, status.error(), path + "/host"));
  }
  centre_.pools.push_back(std::move(pool));
  return {};
}

Status CentreReader::read_pools() {
  auto pools = take(top_, "pool");
  const auto* list = pools ? std::get_if<TomlList>(&pools->value) : nullptr;
  if (!list || list->empty()) {
    return wrong(pools.value_or(pools_at_), "/pool", "expected at least one [[pool]]");
  }
  int64_t nodes = 0;
  for (size_t i = 0; i < list->size(); ++i) {
    if (Status status = read_pool((*list)[i], i); !status) return status;
    nodes += centre_.pools.back().nodes;
    if (nodes > 1'000'000) return wrong((*list)[i], "/pool", "more than 1,000,000 nodes in all");
  }
  for (const auto& [name, price] : prices_) {
    bool known = std::any_of(centre_.devices.begin(), centre_.devices.end(),
                             [&, wanted = name](const auto& one) { return one.name == wanted; });
    if (!known) return wrong(prices_at_, "/prices/" + name, "no pool has this device");
  }
  pools_at_ = std::move(*pools);
  return {};
}

}  // namespace pentad::catalogue
