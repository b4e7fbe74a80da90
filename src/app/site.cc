#include "app/site.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/complete_inventory.h"
#include "engine/hardware/inventory.h"

namespace pentad::app {

Result<Site> look_at_site(const std::string& devices_file) {
  auto inventory = engine::take_inventory();
  if (!inventory) return tl::unexpected(inventory.error());
  Site site;
  if (!devices_file.empty()) {
    auto catalogue = read_device_catalogue(devices_file);
    if (catalogue) {
      complete(*inventory, *catalogue);
    } else {
      site.notes.push_back(fmt::format("the device catalogue {} is not used: {}", devices_file,
                                       catalogue.error().message));
    }
  }
  site.node = std::move(inventory->node);
  site.machine = std::move(inventory->machine);
  site.models = std::move(inventory->models);
  std::move(inventory->notes.begin(), inventory->notes.end(), std::back_inserter(site.notes));
  return site;
}

Site configured(Site site, const Config& config) {
  const NodeConfig& node = config.node;
  if (!node.name.empty()) site.node.name = node.name;
  site.node.pool = node.pool;
  for (const std::string& feature : node.features) {
    auto& all = site.node.features;
    if (std::find(all.begin(), all.end(), feature) == all.end()) all.push_back(feature);
  }
  if (node.cores) site.node.cores = std::min(site.node.cores, *node.cores);
  if (node.memory) site.node.memory = std::min(site.node.memory, *node.memory);
  for (const DeviceConfig& device : config.devices) {
    auto model = std::find_if(site.models.begin(), site.models.end(),
                              [&](const DeviceModel& m) { return m.name == device.name; });
    if (model == site.models.end()) {
      site.notes.push_back(
          fmt::format("the configuration describes `{}`, which this machine lacks", device.name));
    } else {
      apply(device, *model);
    }
  }
  return site;
}

std::vector<event::What> news(const Site& site, const Config& config, const Centre& centre) {
  std::vector<event::What> out;
  event::Configure configure;
  configure.policy = config.policy;
  const std::vector<DeviceModel> known = centre.device_models();
  for (DeviceModel model : site.models) {
    auto old = std::find_if(known.begin(), known.end(),
                            [&](const DeviceModel& m) { return m.name == model.name; });
    if (old != known.end()) model.measured = old->measured;
    if (old == known.end() || *old != model) configure.device_models.push_back(std::move(model));
  }
  if (!configure.device_models.empty() || configure.policy != centre.policy()) {
    out.push_back(std::move(configure));
  }
  bool is_known = false;
  for (const NodeView& view : centre.nodes()) {
    if (view.node.name == site.node.name) {
      is_known = view.node == site.node;
    } else if (view.state != NodeState::down) {
      out.push_back(event::SetNodeState{view.node.name, NodeState::down,
                                        "this machine is now called " + site.node.name});
    }
  }
  if (!is_known) out.push_back(event::UpsertNode{site.node});
  return out;
}

}  // namespace pentad::app
