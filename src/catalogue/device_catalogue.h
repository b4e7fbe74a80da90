// The device catalogue (catalogue/devices.toml): what is known of processors and accelerators from
// their makers' data sheets.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/reflect_note.h"
#include "base/result.h"
#include "model/device.h"

namespace pentad {

// Billions of operations per second by precision, dense (no sparsity); 0: none, or not published.
struct PeakGops {
  double fp64 = 0, fp32 = 0, tf32 = 0, bf16 = 0, fp16 = 0, fp8 = 0, int8 = 0, int4 = 0;
};
BOOST_DESCRIBE_STRUCT(PeakGops, (), (fp64, fp32, tf32, bf16, fp16, fp8, int8, int4))

// One [[device]]. Of kind cpu, `cores` divides peak and power: the centre counts CPUs by cores.
struct CatalogueDevice {
  std::string name;
  DeviceKind kind = DeviceKind::gpu;
  std::vector<std::string> reported;  // names that the vendors' tools print for it
  int64_t cores = 1;
  int64_t memory_mib = 0;
  double bandwidth_gb_s = 0;
  double idle_w = 0;  // 0: not known
  double full_w = 0;
  PeakGops peak_gops;
  std::vector<std::string> sources;
};
BOOST_DESCRIBE_STRUCT(CatalogueDevice, (),
                      (name, kind, reported, cores, memory_mib, bandwidth_gb_s, idle_w, full_w,
                       peak_gops, sources))
constexpr auto field_notes(const CatalogueDevice*) {
  return std::array{note("name").required().length(1, 63),
                    note("kind").required(),
                    note("cores").range(1, 4096),
                    note("memory_mib").range(0, 1 << 30),
                    note("bandwidth_gb_s").range(0, 1'000'000),
                    note("idle_w").range(0, 100'000),
                    note("full_w").range(0, 100'000),
                    note("sources").required().length(1, 10)};
}

struct DeviceCatalogue {
  std::vector<CatalogueDevice> device;
};
BOOST_DESCRIBE_STRUCT(DeviceCatalogue, (), (device))

// Errors: invalid, with line and JSON pointer; names and reported names must be unique, all numbers
// within reason.
Result<DeviceCatalogue> parse_device_catalogue(std::string_view toml);
// Errors: not_found, failed, and as above; path is the file.
Result<DeviceCatalogue> read_device_catalogue(const std::string& file);

// The model as the core takes it: for kind cpu everything of one core.
DeviceModel device_model(const CatalogueDevice& device);

// The device of that slug (model/device_slug.h) by its name or a reported one, else nullptr.
const CatalogueDevice* find_device(const DeviceCatalogue& catalogue, std::string_view slug);

}  // namespace pentad
