#include "app/complete_inventory.h"

#include <doctest/doctest.h>

#include <string>

#include "catalogue/two_devices.h"

namespace pentad::app {
namespace {

engine::FoundDevice found(std::string name, Bytes memory) {
  engine::FoundDevice device;
  device.reported_name = std::move(name);
  device.memory = memory;
  return device;
}

TEST_CASE("an inventory gets what the catalogue knows") {
  engine::Inventory inventory;
  inventory.node.cpu_model = "maker-cpu";
  DeviceModel cpu;
  cpu.name = "maker-cpu";
  cpu.kind = DeviceKind::cpu;
  inventory.models.push_back(cpu);
  inventory.reported_names.push_back("Maker CPU");
  engine::add_devices(
      inventory, {found("Maker GPU 80GB HBM", mebibytes(81559)), found("Other GPU", gibibytes(8))});
  complete(inventory, parsed_devices(kTwoDevices));
  CHECK(inventory.models[0].peak.fp64 == 39'200);
  CHECK(inventory.models[1].name == "maker-gpu-80gb");
  CHECK(inventory.models[1].memory == mebibytes(81559));  // as the machine tells it
  CHECK(inventory.models[1].full_power == Power{400'000});
  CHECK(inventory.models[2].name == "other-gpu");
  CHECK(inventory.node.devices ==
        std::vector<DeviceGroup>{{"maker-gpu-80gb", 1}, {"other-gpu", 1}});
}

}  // namespace
}  // namespace pentad::app
