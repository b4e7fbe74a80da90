#include "model/device_slug.h"

#include <doctest/doctest.h>

#include <utility>

namespace pentad {
namespace {

TEST_CASE("short names") {
  const std::pair<const char*, const char*> names[] = {
      {"AMD EPYC 9654 96-Core Processor", "amd-epyc-9654"},
      {"Intel(R) Xeon(R) Platinum 8480+", "intel-xeon-platinum-8480"},
      {"Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", "intel-i7-8700"},
      {"AMD Ryzen 7 5800U with Radeon Graphics", "amd-ryzen-7-5800u-with-radeon-graphics"},
      {"Hygon C86 7285 32-core Processor", "hygon-c86-7285"},
      {"NVIDIA H100 80GB HBM3", "nvidia-h100-80gb-hbm3"},
      {"K100_AI", "k100-ai"},
      {"Ascend 910B3", "ascend-910b3"},
      {"../../etc/passwd", "etc-passwd"},
      {"", "unknown"},
      {"熔化", "unknown"}};
  for (auto [name, slug] : names) CHECK(device_slug(name) == slug);
  CHECK(device_slug(std::string(500, 'x')).size() == 63);
}

}  // namespace
}  // namespace pentad
