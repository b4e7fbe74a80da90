#include "twin/it_power.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pentad::twin {

namespace {

// Of one chip of the kind.
double dynamic_w(const energy::Chip& chip, double utilisation, Precision precision) {
  return (chip.max_w - chip.idle_w) * std::pow(utilisation, chip.exponent) *
         chip.precision.at(precision);
}

}  // namespace

Result<ItPower> ItPower::make(const trace::Machine& machine, const std::vector<PoolPower>& pools,
                              const energy::ClassUtilisation& utilisation) {
  ItPower power;
  power.utilisation_ = utilisation;
  for (const Node& node : machine.nodes) {
    auto [it, added] = power.pools_.try_emplace(node.pool);
    Pool& pool = it->second;
    if (added) {
      auto model = std::find_if(pools.begin(), pools.end(),
                                [&](const PoolPower& p) { return p.pool == node.pool; });
      if (model == pools.end()) {
        return fail(ErrorCode::invalid, fmt::format("pool {} has no power model", node.pool));
      }
      pool.node = model->node;
      pool.cores = std::max(1, node.cores);
      pool.idle_w = energy::idle_boards_w(pool.node);
      for (const DeviceGroup& group : node.devices) pool.devices[group.model] = group.count;
    }
    for (const DeviceGroup& group : node.devices) {
      const auto& chips = pool.node.devices;
      if (std::any_of(chips.begin(), chips.end(),
                      [&](const energy::Chip& c) { return c.name == group.model; })) {
        continue;
      }
      return fail(ErrorCode::invalid,
                  fmt::format("pool {}: device {} has no power model", node.pool, group.model));
    }
    power.idle_w_ += pool.idle_w;
    power.rated_w_ += energy::rated_boards_w(pool.node);
  }
  return power;
}

double ItPower::added_w(const LiveJob& job) const {
  auto it = pools_.find(job.placement.pool);
  if (it == pools_.end()) return 0;
  const Pool& pool = it->second;
  const double utilisation = utilisation_.of(job.request.workload_class);
  const Precision precision = job.request.precision;
  double per_node_w = 0;
  // Where accelerators compute, the host's cores only feed them.
  const bool accelerated = !job.placement.device_model.empty();
  const double host = accelerated ? utilisation * 0.5 : utilisation;
  const double cores = static_cast<double>(job.placement.cores) / pool.cores;
  for (const energy::Chip& chip : pool.node.cpus) {
    per_node_w +=
        cores * chip.count * dynamic_w(chip, host, accelerated ? Precision::fp64 : precision);
  }
  double total_w = per_node_w * static_cast<double>(job.placement.nodes.size());
  if (!accelerated) return total_w;
  for (const energy::Chip& chip : pool.node.devices) {
    if (chip.name != job.placement.device_model) continue;
    const double each_w = dynamic_w(chip, utilisation, precision);
    total_w += each_w * held_devices(job.placement);
  }
  return total_w;
}

double ItPower::idle_share_w(const LiveJob& job) const {
  auto it = pools_.find(job.placement.pool);
  if (it == pools_.end()) return 0;
  const Pool& pool = it->second;
  double total_w = 0;
  for (const NodeShare& share : job.placement.nodes) {
    double part = static_cast<double>(job.placement.cores) / pool.cores;
    auto devices = pool.devices.find(job.placement.device_model);
    if (devices != pool.devices.end()) {
      part = std::max(part, static_cast<double>(share.devices.size()) * job.placement.share_milli /
                                1000 / devices->second);
    }
    total_w += std::min(part, 1.0) * pool.idle_w;
  }
  return total_w;
}

}  // namespace pentad::twin
