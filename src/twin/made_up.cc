#include "twin/made_up.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "twin/trace/generator_config.h"

namespace pentad::twin {

namespace {

std::vector<trace::PoolShape> pools_of(const trace::Machine& machine) {
  std::map<std::string, DeviceKind> kinds;
  for (const DeviceModel& model : machine.devices) kinds[model.name] = model.kind;
  std::map<std::string, trace::PoolShape> pools;
  for (const Node& node : machine.nodes) {
    trace::PoolShape& pool = pools[node.pool];
    if (pool.nodes++ > 0) continue;
    pool.name = node.pool;
    pool.cores = node.cores;
    pool.memory_gib =
        static_cast<int32_t>(std::clamp<int64_t>(node.memory.value >> 30, 1, 1'000'000));
    if (node.devices.empty()) continue;
    pool.device_model = node.devices.front().model;
    pool.devices = node.devices.front().count;
    auto kind = kinds.find(pool.device_model);
    pool.device_kind = kind == kinds.end() ? DeviceKind::gpu : kind->second;
  }
  std::vector<trace::PoolShape> list;
  for (auto& [name, pool] : pools) list.push_back(std::move(pool));
  return list;
}

}  // namespace

Result<trace::GeneratorConfig> made_up_for(const trace::Machine& machine, int64_t jobs, double load,
                                           uint64_t seed) {
  trace::GeneratorConfig config = trace::mixed_centre(1000, jobs, load, seed);
  config.pools = pools_of(machine);
  if (config.pools.empty()) return fail(ErrorCode::invalid, "the machine has no node");
  std::set<DeviceKind> kinds = {DeviceKind::cpu};
  int32_t most_devices = 0;
  for (const trace::PoolShape& pool : config.pools) {
    kinds.insert(pool.device_kind);
    most_devices = std::max(most_devices, pool.devices);
  }
  // Larger machines see larger jobs: the classes' sizes are those of a thousand nodes.
  const double growth = std::log2(static_cast<double>(machine.nodes.size()) / 1000);
  for (trace::ClassShape& shape : config.classes) {
    shape.size.middle_log2 += std::max(0.0, growth);
    shape.size.max_log2 += std::max(0.0, growth);
    std::erase_if(shape.devices,
                  [&](const trace::DeviceShape& d) { return kinds.count(d.kind) == 0; });
    if (shape.devices.empty()) shape.devices.push_back({});
    for (trace::DeviceShape& device : shape.devices) {
      device.per_node = std::min(device.per_node, most_devices);
    }
  }
  trace::set_load(config, load);
  return config;
}

}  // namespace pentad::twin
