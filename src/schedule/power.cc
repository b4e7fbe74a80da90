#include "schedule/power.h"

#include <bit>

namespace pentad::schedule {
namespace {

constexpr int64_t hour_ms = 3'600'000;

const DeviceModel& model_of(const Site& site, ModelSlot slot) {
  return site.models()[static_cast<size_t>(slot)].model;
}

// Hours since 1970 in local time, rounded down.
int64_t local_hour(const PowerCap& cap, Time at) {
  const int64_t local = at.value + cap.utc_offset.value;
  return local >= 0 ? local / hour_ms : -((-local + hour_ms - 1) / hour_ms);
}

int64_t cap_of_hour(const PowerCap& cap, int64_t hour) {
  return cap.by_hour[static_cast<size_t>(((hour % 24) + 24) % 24)].value;
}

}  // namespace

int64_t idle_power(const Site& site, const NodeRecord& node) {
  if (!node.present || node.state == NodeState::down) return 0;
  int64_t power = model_of(site, node.cpu_model).idle_power.value * node.node.cores;
  for (ModelSlot model : node.device_models) power += model_of(site, model).idle_power.value;
  return power;
}

int64_t added_power(const Site& site, const NodeRecord& node, int32_t cores, DeviceMask devices,
                    int32_t share_milli) {
  if (!node.present) return 0;
  const DeviceModel& cpu = model_of(site, node.cpu_model);
  int64_t power = (cpu.full_power - cpu.idle_power).value * cores;
  for (DeviceMask rest = devices; rest != 0; rest &= rest - 1) {
    const auto position = static_cast<size_t>(std::countr_zero(rest));
    if (position >= node.device_models.size()) break;
    const DeviceModel& device = model_of(site, node.device_models[position]);
    power += (device.full_power - device.idle_power).value * share_milli / 1000;
  }
  return power;
}

int64_t added_power(const Site& site, const Placed& placed) {
  int64_t power = 0;
  for (const PlacedNode& node : placed.nodes) {
    power +=
        added_power(site, site.node(node.node), placed.cores, node.devices, placed.share_milli);
  }
  return power;
}

int64_t total_power(const Site& site) {
  int64_t power = 0;
  for (const NodeRecord& node : site.nodes()) {
    power += idle_power(site, node);
    for (const Hold& hold : node.holds) {
      power += added_power(site, node, hold.cores, hold.devices, hold.share_milli);
    }
  }
  return power;
}

int64_t power_cap(const PowerCap& cap, Time at) {
  if (cap.by_hour.size() != 24) return no_cap;
  return cap_of_hour(cap, local_hour(cap, at));
}

Time next_cap_change(const PowerCap& cap, Time now) {
  if (cap.by_hour.size() != 24) return Time::never();
  const int64_t hour = local_hour(cap, now);
  for (int64_t next = hour + 1; next <= hour + 24; ++next) {
    if (cap_of_hour(cap, next) != cap_of_hour(cap, hour)) {
      return Time{next * hour_ms - cap.utc_offset.value};
    }
  }
  return Time::never();
}

}  // namespace pentad::schedule
