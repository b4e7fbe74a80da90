// Any text as the output of each vendor's tool: no crash, and no device without a usable name.
#include <cstdlib>

#include "engine/hardware/device_tools.h"
#include "model/device_slug.h"

namespace pentad::engine {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Result<std::vector<FoundDevice>>& devices) {
  if (!devices) return;
  for (const FoundDevice& device : *devices) {
    std::string slug = device_slug(device.reported_name);
    require(!slug.empty() && slug.size() <= 63 && slug.front() != '-' && slug.back() != '-');
    require(device.memory >= Bytes{} && device.full_power >= Power{});
  }
}

}  // namespace
}  // namespace pentad::engine

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad::engine;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check(parse_nvidia(text));
  check(parse_rocm(text, pentad::DeviceKind::dcu));
  parse_npu_map(text);
  if (auto memory = parse_npu_memory(text)) require(*memory > pentad::Bytes{});
  return 0;
}
