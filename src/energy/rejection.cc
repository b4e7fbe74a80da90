#include "energy/rejection.h"

#include <algorithm>
#include <cmath>

#include "energy/check.h"

namespace pentad::energy {

double rated_share(const Pump& pump) {
  constexpr double water_j_m3_k = 4186 * 995.0;
  return pump.pressure_pa / (water_j_m3_k * pump.temp_rise_k * pump.efficiency);
}

double flow_at(const Pump& pump, double load) {
  return pump.variable_speed ? std::max(load, pump.min_flow) : 1.0;
}

double power_share_at(const Pump& pump, double flow) {
  return pump.variable_speed ? std::pow(flow, pump.exponent) : 1.0;
}

Status validate(const Pump& pump, const std::string& path) {
  Check check(path);
  check.in("pressure_pa", pump.pressure_pa, 0, 2e6)
      .in("temp_rise_k", pump.temp_rise_k, 0.5, 40)
      .in("efficiency", pump.efficiency, 0.05, 1)
      .in("exponent", pump.exponent, 1, 4)
      .in("min_flow", pump.min_flow, 0.05, 1);
  return check.status();
}

Status validate(const DryCooler& dry, const std::string& path) {
  Check check(path);
  check.in("rated_itd_k", dry.rated_itd_k, 1, 80)
      .in("fan_w_per_w_k", dry.fan_w_per_w_k, 0, 20)
      .in("exponent", dry.exponent, 0.3, 1)
      .in("min_fan", dry.min_fan, 0.01, 1)
      .in("pad_effectiveness", dry.pad_effectiveness, 0, 1)
      .in("air_kg_s_w_k", dry.air_kg_s_w_k, 1e-5, 1e-1);
  return check.status();
}

Status validate(const WetTower& tower, const std::string& path) {
  Check check(path);
  check.in("design_wet_bulb_c", tower.design_wet_bulb_c, 0, 32)
      .in("design_range_k", tower.design_range_k, 1.1, 22.2)
      .in("design_approach_k", tower.design_approach_k, 1.1, 25)
      .in("fan_share", tower.fan_share, 0, 0.2)
      .in("min_fan", tower.min_fan, 0.01, 1)
      .in("latent_share", tower.latent_share, 0, 1)
      .in("cycles", tower.cycles, 1.1, 50)
      .in("windage", tower.windage, 0, 0.05)
      .in("min_water_c", tower.min_water_c, 0, 30);
  return check.status();
}

Status validate(const Rejection& rejection, const std::string& path) {
  Check check(path);
  check.in("approach_k", rejection.approach_k, 0, 20)
      .part(validate(rejection.dry_cooler, check.at("dry_cooler")))
      .part(validate(rejection.wet_tower, check.at("wet_tower")))
      .part(validate(rejection.tower_pump, check.at("tower_pump")))
      .part(validate(rejection.chiller, check.at("chiller")));
  return check.status();
}

}  // namespace pentad::energy
