// The device catalogue (catalogue/devices.toml): what is known of processors and accelerators from
// their makers' data sheets.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <optional>
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

// Of one device as delivered. 0: not known.
struct DevicePrice {
  double low = 0, mode = 0, high = 0;
  std::string currency;  // USD, CNY
  int64_t year = 0;
  std::string source;
  std::string certainty;
};
BOOST_DESCRIBE_STRUCT(DevicePrice, (), (low, mode, high, currency, year, source, certainty))
constexpr auto field_notes(const DevicePrice*) {
  return std::array{
      note("low").range(0, 10'000'000),          note("mode").required().range(1, 10'000'000),
      note("high").range(0, 10'000'000),         note("currency").required().length(3, 3),
      note("year").required().range(2000, 2100), note("source").required().length(1, 500),
      note("certainty").required().length(1, 20)};
}

// One [[device]]. Of kind cpu, `cores` divides peak and power: the centre counts CPUs by cores.
struct CatalogueDevice {
  std::string name;
  DeviceKind kind = DeviceKind::gpu;
  std::vector<std::string> reported;  // names that the vendors' tools print for it
  int64_t cores = 1;
  int64_t memory_mib = 0;
  double bandwidth_gb_s = 0;
  double idle_w = 0;  // 0: not known
  std::string idle_source;
  double full_w = 0;
  PeakGops peak_gops;
  std::vector<std::string> sources;
  std::string certainty = "datasheet";  // one of Certainty (rows.h)
  std::optional<DevicePrice> price;
};
BOOST_DESCRIBE_STRUCT(CatalogueDevice, (),
                      (name, kind, reported, cores, memory_mib, bandwidth_gb_s, idle_w, idle_source,
                       full_w, peak_gops, sources, certainty, price))
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

// Refuses what the types cannot: names, cores of what is no cpu, idle above full power, absurd
// peaks.
Status validate(const CatalogueDevice& device, const std::string& path = {});

// The model as the core takes it: for kind cpu everything of one core.
DeviceModel device_model(const CatalogueDevice& device);

// The device of that slug (model/device_slug.h) by its name or a reported one, else nullptr.
const CatalogueDevice* find_device(const DeviceCatalogue& catalogue, std::string_view slug);

}  // namespace pentad
