#include "app/complete_inventory.h"

#include <algorithm>
#include <string>
#include <utility>

namespace pentad::app {
namespace {

void rename(Node& node, const std::string& from, const std::string& to) {
  if (node.cpu_model == from) node.cpu_model = to;
  for (DeviceGroup& group : node.devices) {
    if (group.model == from) group.model = to;
  }
}

}  // namespace

void complete(engine::Inventory& inventory, const DeviceCatalogue& catalogue) {
  for (DeviceModel& model : inventory.models) {
    const CatalogueDevice* known = find_device(catalogue, model.name);
    if (!known || known->kind != model.kind) continue;
    // Two makes that the catalogue takes for one would no longer stand next to each other.
    bool taken = std::any_of(inventory.models.begin(), inventory.models.end(),
                             [&](const auto& m) { return &m != &model && m.name == known->name; });
    if (taken) continue;
    DeviceModel full = device_model(*known);
    if (model.memory > Bytes{}) full.memory = model.memory;
    if (model.full_power > Power{}) full.full_power = model.full_power;
    rename(inventory.node, model.name, full.name);
    model = std::move(full);
  }
}

}  // namespace pentad::app
