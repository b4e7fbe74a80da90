#include "catalogue/climate.h"

#include <fmt/format.h>

namespace pentad::catalogue {
namespace {

Status bad(const std::string& path, const char* what, double value) {
  return fail(ErrorCode::invalid, fmt::format("{} is {}", what, value), path);
}

// Written so that a NaN fails too.
bool within(double value, double min, double max) { return value >= min && value <= max; }

Status check_month(const Climate& c, size_t m) {
  std::string at = fmt::format("/{}", m);
  if (!within(c.mean_c[m], -60, 50)) {
    return bad("/mean_c" + at, "expected -60 to 50 C; it", c.mean_c[m]);
  }
  if (!within(c.max_c[m], c.mean_c[m], 60)) {
    return bad("/max_c" + at, "expected a value from the month's mean to 60 C; it", c.max_c[m]);
  }
  if (!within(c.min_c[m], -70, c.mean_c[m])) {
    return bad("/min_c" + at, "expected a value from -70 C to the month's mean; it", c.min_c[m]);
  }
  if (!within(c.relative_humidity_percent[m], 5, 100)) {
    return bad("/relative_humidity_percent" + at, "expected 5 to 100 %; it",
               c.relative_humidity_percent[m]);
  }
  return {};
}

}  // namespace

Status validate(const Climate& climate) {
  for (size_t m = 0; m < 12; ++m) {
    if (Status status = check_month(climate, m); !status) return status;
  }
  for (size_t s = 0; s < 4; ++s) {
    if (!within(climate.day_sd_k[s], 0, 10)) {
      return bad(fmt::format("/day_sd_k/{}", s), "expected 0 to 10 K; it", climate.day_sd_k[s]);
    }
    if (!within(climate.vapour_sd[s], 0, 1)) {
      return bad(fmt::format("/vapour_sd/{}", s), "expected 0 to 1; it", climate.vapour_sd[s]);
    }
  }
  if (!within(climate.design_wet_bulb_c, -20, climate.design_dry_bulb_c)) {
    return bad("/design_wet_bulb_c", "expected a value not above the dry bulb; it",
               climate.design_wet_bulb_c);
  }
  if (!within(climate.design_dry_bulb_c, -20, 60)) {
    return bad("/design_dry_bulb_c", "expected -20 to 60 C; it", climate.design_dry_bulb_c);
  }
  return {};
}

}  // namespace pentad::catalogue
