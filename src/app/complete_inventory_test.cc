#include "app/complete_inventory.h"

#include <doctest/doctest.h>

#include <string>

namespace pentad::app {
namespace {

constexpr std::string_view kTwo = R"(
[[device]]
name = "maker-gpu-80gb"
kind = "gpu"
reported = ["Maker(R) GPU 80GB HBM"]
memory_mib = 81920
idle_w = 50
full_w = 400
peak_gops = { fp64 = 19500, bf16 = 312000.5 }
sources = ["its data sheet"]
[[device]]
name = "maker-cpu"
kind = "cpu"
cores = 64
full_w = 280
peak_gops = { fp64 = 2508.8 }
sources = ["its product page"]
)";

DeviceCatalogue parsed(std::string_view text) {
  auto catalogue = parse_device_catalogue(text);
  INFO((catalogue ? "" : catalogue.error().message));
  REQUIRE(catalogue);
  return *catalogue;
}

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
  complete(inventory, parsed(kTwo));
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
