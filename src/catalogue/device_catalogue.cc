#include "catalogue/device_catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "base/toml_json.h"
#include "catalogue/certainty.h"
#include "model/application.h"
#include "model/device_slug.h"

namespace pentad {
namespace {

constexpr double kMaxGops = 1e9;  // 10^18 operations per second

Status bad(std::string path, std::string message) {
  return fail(ErrorCode::invalid, std::move(message), std::move(path));
}

Status check(const DeviceCatalogue& catalogue) {
  std::set<std::string> seen;
  for (size_t i = 0; i < catalogue.device.size(); ++i) {
    const CatalogueDevice& device = catalogue.device[i];
    std::string path = fmt::format("/device/{}", i);
    if (Status status = validate(device, path); !status) return status;
    if (!seen.insert(device.name).second) return bad(path + "/name", "twice");
    for (size_t j = 0; j < device.reported.size(); ++j) {
      std::string slug = device_slug(device.reported[j]);
      if (slug != device.name && !seen.insert(slug).second) {
        return bad(fmt::format("{}/reported/{}", path, j), "twice");
      }
    }
  }
  return {};
}

}  // namespace

Status validate(const CatalogueDevice& device, const std::string& path) {
  if (!is_application_name(device.name)) {
    return bad(path + "/name",
               "expected lower-case letters, digits and single hyphens, a letter first");
  }
  if (device.cores != 1 && device.kind != DeviceKind::cpu) {
    return bad(path + "/cores", "only a cpu has cores");
  }
  using catalogue::Certainty;
  if (!enum_from_name<Certainty>(device.certainty) ||
      (device.price && !enum_from_name<Certainty>(device.price->certainty))) {
    return bad(path + "/certainty",
               "expected measured, datasheet, standard, published, recalled or judgement");
  }
  const PeakGops& peak = device.peak_gops;
  for (double gops :
       {peak.fp64, peak.fp32, peak.tf32, peak.bf16, peak.fp16, peak.fp8, peak.int8, peak.int4}) {
    if (!(gops >= 0 && gops <= kMaxGops)) return bad(path + "/peak_gops", "out of reason");
  }
  if (device.idle_w > device.full_w) return bad(path + "/idle_w", "above full_w");
  return {};
}

Result<DeviceCatalogue> parse_device_catalogue(std::string_view toml) {
  auto document = parse_toml(toml);
  if (!document) return tl::unexpected(document.error());
  auto catalogue = read_toml<DeviceCatalogue>(*document);
  if (!catalogue) return catalogue;
  if (Status status = check(*catalogue); !status) {
    return tl::unexpected(at_line(*document, status.error()));
  }
  return catalogue;
}

Result<DeviceCatalogue> read_device_catalogue(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, "cannot be opened", file);
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return fail(ErrorCode::failed, "cannot be read", file);
  auto catalogue = parse_device_catalogue(text.str());
  if (!catalogue) return fail(catalogue.error().code, catalogue.error().message, file);
  return catalogue;
}

DeviceModel device_model(const CatalogueDevice& device) {
  auto cores = static_cast<double>(device.cores);
  auto mops = [&](double gops) { return static_cast<int64_t>(gops * 1000 / cores); };
  auto milliwatts = [&](double w) { return Power{static_cast<int64_t>(w * 1000 / cores)}; };
  const PeakGops& peak = device.peak_gops;
  DeviceModel model;
  model.name = device.name;
  model.kind = device.kind;
  model.memory = mebibytes(device.memory_mib);
  model.idle_power = milliwatts(device.idle_w);
  model.full_power = milliwatts(device.full_w);
  model.peak = {mops(peak.fp64), mops(peak.fp32), mops(peak.tf32), mops(peak.bf16),
                mops(peak.fp16), mops(peak.fp8),  mops(peak.int8), mops(peak.int4)};
  return model;
}

const CatalogueDevice* find_device(const DeviceCatalogue& catalogue, std::string_view slug) {
  for (const CatalogueDevice& device : catalogue.device) {
    bool known = device.name == slug ||
                 std::any_of(device.reported.begin(), device.reported.end(),
                             [&](const auto& name) { return device_slug(name) == slug; });
    if (known) return &device;
  }
  return nullptr;
}

}  // namespace pentad
