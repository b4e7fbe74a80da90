#include "catalogue/device_catalogue.h"

#include <doctest/doctest.h>

#include <string>

#include "catalogue/two_devices.h"

namespace pentad {
namespace {

std::string path_after(std::string_view from, std::string_view to) {
  std::string text(kTwoDevices);
  size_t at = text.find(from);
  REQUIRE(at != text.npos);
  auto catalogue = parse_device_catalogue(text.replace(at, from.size(), to));
  return catalogue ? "" : catalogue.error().path;
}

TEST_CASE("the catalogue that comes with the centre is sound") {
  auto catalogue =
      read_device_catalogue(std::string(PENTAD_SOURCE_DIR) + "/catalogue/devices.toml");
  INFO((catalogue ? "" : catalogue.error().message));
  REQUIRE(catalogue);
  CHECK(catalogue->device.size() >= 10);
  for (const CatalogueDevice& device : catalogue->device) {
    CAPTURE(device.name);
    // A narrower number is never slower on the same units.
    const PeakGops& peak = device.peak_gops;
    if (peak.fp32 > 0) CHECK(peak.fp64 <= peak.fp32);
    if (peak.bf16 > 0) CHECK(peak.fp32 <= peak.bf16);
    if (peak.int8 > 0) CHECK(peak.fp16 <= peak.int8);
  }
}

TEST_CASE("of a CPU, everything is per core") {
  DeviceCatalogue catalogue = parsed_devices(kTwoDevices);
  DeviceModel gpu = device_model(catalogue.device[0]);
  CHECK(gpu.peak.fp64 == 19'500'000);
  CHECK(gpu.peak.bf16 == 312'000'500);
  CHECK(gpu.memory == mebibytes(81920));
  CHECK(gpu.idle_power == Power{50'000});
  DeviceModel cpu = device_model(catalogue.device[1]);
  CHECK(cpu.peak.fp64 == 39'200);
  CHECK(cpu.full_power == Power{4375});
}

TEST_CASE("complaints name the key") {
  CHECK(path_after("kind = \"gpu\"", "kind = \"tpu\"") == "/device/0/kind");
  CHECK(path_after("name = \"maker-cpu\"", "name = \"Maker CPU\"") == "/device/1/name");
  CHECK(path_after("name = \"maker-cpu\"", "name = \"maker-gpu-80gb\"") == "/device/1/name");
  CHECK(path_after("idle_w = 50", "idle_w = 500") == "/device/0/idle_w");
  CHECK(path_after("idle_w = 50", "idle_w = inf") == "/device/0/idle_w");
  CHECK(path_after("fp64 = 19500", "fp64 = -1") == "/device/0/peak_gops");
  CHECK(path_after("memory_mib", "cores = 4\nmemory_mib") == "/device/0/cores");
  CHECK(path_after("sources", "certainty = \"sure\"\nsources") == "/device/0/certainty");
  CHECK(path_after("sources", "source") == "/device/0/source");
  CHECK(path_after("\"its data sheet\"", "") == "/device/0/sources");
  CHECK(read_device_catalogue("/nonexistent").error().code == ErrorCode::not_found);
}

}  // namespace
}  // namespace pentad
