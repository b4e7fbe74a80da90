// A device catalogue of two makes, for tests.
#pragma once

#include <doctest/doctest.h>

#include <string_view>

#include "catalogue/device_catalogue.h"

namespace pentad {

inline constexpr std::string_view kTwoDevices = R"(
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

inline DeviceCatalogue parsed_devices(std::string_view text) {
  auto catalogue = parse_device_catalogue(text);
  INFO((catalogue ? "" : catalogue.error().message));
  REQUIRE(catalogue);
  return *catalogue;
}

}  // namespace pentad
