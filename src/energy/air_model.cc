#include "energy/air_model.h"

#include <algorithm>
#include <cmath>

#include "energy/rejection_model.h"

namespace pentad::energy {
namespace {

constexpr double kWaterHeat = 4186;       // J/(kg K)
constexpr double kAirVolumeHeat = 1.2e3;  // J/(m3 K), near 20 C at sea level

double pump_w(const Pump& pump, double rated_w, double flow) {
  return pump.variable_speed ? rated_w * power_of(flow, pump.exponent) : rated_w;
}

}  // namespace

AirModel::AirModel(const AirSide& air, PlantKind kind, double rated_heat_w)
    : air_(air),
      is_direct_(kind == PlantKind::free_air_direct),
      is_indirect_(kind == PlantKind::free_air_indirect),
      rated_heat_w_(std::max(rated_heat_w, 1e-6)) {
  const AirHandler& handler = air.handler;
  const double flow_w_pa = rated_heat_w_ / (kAirVolumeHeat * handler.temp_rise_k);  // m3/s
  handler_rated_w_ = flow_w_pa * handler.pressure_pa / handler.efficiency;
  outside_rated_w_ = flow_w_pa * air.outside_pressure_pa / handler.efficiency;
  chilled_pump_rated_w_ = rated_share(air.chilled_water_pump) * rated_heat_w_;
  chilled_heat_w_ = rated_heat_w_ + handler_power_w(1) + chilled_pump_rated_w_;
  chilled_capacity_w_k_ = chilled_heat_w_ / air.chilled_water_pump.temp_rise_k;
  condenser_heat_w_ = chilled_heat_w_ * (1 + 1 / air.chiller.cop);
  condenser_pump_rated_w_ = rated_share(air.condenser_pump) * condenser_heat_w_;
  condenser_capacity_w_k_ = condenser_heat_w_ / air.condenser_pump.temp_rise_k;
  tower_ = TowerModel(air.tower, condenser_heat_w_, condenser_capacity_w_k_ / kWaterHeat);
  dry_ = DryModel(air.dry_condenser, condenser_heat_w_);
}

double AirModel::max_rise_k() const {
  return is_direct_ || is_indirect_ ? air_.max_supply_c - air_.supply_c : 0;
}

bool AirModel::has_pad() const { return (is_direct_ || is_indirect_) && air_.pad; }

double AirModel::handler_power_w(double flow) const {
  const AirHandler& h = air_.handler;
  if (!h.variable_speed) return handler_rated_w_ * (1 + h.spare_units);
  // All units run, the spare ones too, each a little slower.
  return handler_rated_w_ * (1 + h.spare_units) * power_of(flow / (1 + h.spare_units), h.exponent);
}

AirResult AirModel::solve(const WeatherHour& weather, double heat_w, double rise_k,
                          bool pad) const {
  if (is_direct_) return direct(weather, heat_w, rise_k, pad);
  if (is_indirect_) return indirect(weather, heat_w, rise_k, pad);
  return chilled(weather, heat_w);
}

AirResult AirModel::chilled(const WeatherHour& weather, double heat_w) const {
  AirResult r;
  r.supply_c = air_.supply_c;
  r.handler_w = handler_power_w(std::max(heat_w / rated_heat_w_, air_.handler.min_flow));
  const Pump& pump = air_.chilled_water_pump;
  const double flow = flow_at(pump, (heat_w + r.handler_w) / chilled_heat_w_);
  r.chilled_pump_w = pump_w(pump, chilled_pump_rated_w_, flow);
  const double chilled_w = heat_w + r.handler_w + r.chilled_pump_w;
  r.water_supply_c = air_.chilled_water_c;
  r.water_return_c = r.water_supply_c + chilled_w / (flow * chilled_capacity_w_k_);
  if (air_.condenser == RejectionKind::wet_tower) {
    wet_condenser(weather, chilled_w, r);
  } else {
    dry_condenser(weather, chilled_w, r);
  }
  return r;
}

// Adds the chiller's power for this heat; the margin is its capacity there.
double AirModel::run_chiller(double heat_w, double condenser_c, AirResult& r) const {
  const double reference_w = air_.chiller.oversize * chilled_heat_w_;
  const double te_c = air_.chilled_water_c;
  r.chiller_w = chiller_power_w(air_.chiller, reference_w, heat_w, te_c, condenser_c);
  r.margin = (reference_w * chiller_capacity_factor(air_.chiller, te_c, condenser_c) - heat_w) /
             rated_heat_w_;
  return r.chiller_w;
}

void AirModel::wet_condenser(const WeatherHour& weather, double heat_w, AirResult& r) const {
  const double wet_c = weather.wet_bulb_c;
  const double flow = flow_at(air_.condenser_pump, heat_w / chilled_heat_w_);
  const double capacity_w_k = flow * condenser_capacity_w_k_;
  r.condenser_pump_w = pump_w(air_.condenser_pump, condenser_pump_rated_w_, flow);
  r.tower_heat_w = heat_w + r.condenser_pump_w;
  double fan = 2;
  if (air_.economiser) {
    const double target_c = r.water_supply_c - air_.economiser_approach_k;
    fan = tower_.fan_for(wet_c, r.tower_heat_w / capacity_w_k, flow, target_c);
    if (fan <= 1) r.economiser_share = 1;
  }
  for (int i = 0; fan > 1 && air_.economiser && i < 2; ++i) {  // twice: the chiller's heat counts
    const double cold_c = tower_.coldest_c(wet_c, r.tower_heat_w / capacity_w_k, flow);
    const double reach_k = r.water_return_c - (cold_c + air_.economiser_approach_k);
    r.economiser_share =
        std::clamp(reach_k / std::max(r.water_return_c - r.water_supply_c, 0.1), 0.0, 1.0);
    if (r.economiser_share <= 0) break;
    const double rest_w = (1 - r.economiser_share) * heat_w;
    run_chiller(rest_w, std::max(cold_c, air_.min_condenser_c), r);
    r.tower_heat_w = heat_w + r.condenser_pump_w + r.chiller_w;
    if (i == 1) fan = 1;
  }
  if (fan > 1) {
    r.economiser_share = 0;
    double condenser_c = std::max(air_.min_condenser_c, wet_c + tower_.design_approach_k());
    for (int i = 0; i < 3; ++i) {
      r.tower_heat_w = heat_w + r.condenser_pump_w + run_chiller(heat_w, condenser_c, r);
      const double range_k = r.tower_heat_w / capacity_w_k;
      fan = tower_.fan_for(wet_c, range_k, flow, condenser_c);
      if (fan <= 1) break;
      condenser_c = std::max(tower_.coldest_c(wet_c, range_k, flow), air_.min_condenser_c);
    }
    fan = std::min(fan, 1.0);
  }
  r.tower_fan_w = tower_.fan_w(fan);
  r.water_kg_s = tower_.water_kg_s(r.tower_heat_w, flow);
}

void AirModel::dry_condenser(const WeatherHour& weather, double heat_w, AirResult& r) const {
  const double flow = flow_at(air_.condenser_pump, heat_w / chilled_heat_w_);
  r.condenser_pump_w = pump_w(air_.condenser_pump, condenser_pump_rated_w_, flow);
  // Hot water a rated ITD above the air; the chiller sees it a range cooler.
  double hot_c = weather.dry_bulb_c + dry_.rated_itd_k();
  const double range_k = heat_w * (1 + 1 / air_.chiller.cop) / (flow * condenser_capacity_w_k_);
  const double condenser_c = std::max(hot_c - range_k, air_.min_condenser_c);
  hot_c = condenser_c + range_k;
  run_chiller(heat_w, condenser_c, r);
  r.dry_heat_w = heat_w + r.condenser_pump_w + r.chiller_w;
  r.dry_fan_w = dry_.fan_w(dry_.fan_for(r.dry_heat_w, hot_c, weather.dry_bulb_c));
}

// Outside air through the hall. The hall's return may be max_supply + rise; above that heat stays.
AirResult AirModel::direct(const WeatherHour& weather, double heat_w, double rise_k,
                           bool pad) const {
  AirResult r;
  const bool wetted = pad && air_.pad;
  const double wet_drop = air_.pad_effectiveness * (weather.dry_bulb_c - weather.wet_bulb_c);
  const double outside_c = weather.dry_bulb_c - (wetted ? wet_drop : 0);
  // Cold air is mixed with return air up to the wanted temperature.
  r.supply_c = std::max(outside_c, air_.supply_c);
  const double capacity_w_k = rated_heat_w_ / air_.handler.temp_rise_k;
  const double hottest_c = air_.supply_c + rise_k + air_.handler.temp_rise_k;
  const double lift_k = hottest_c - r.supply_c;
  r.margin = (capacity_w_k * lift_k - heat_w) / rated_heat_w_;
  const double needed = lift_k > 0 ? heat_w / (capacity_w_k * lift_k) : 1.0;
  const double flow = std::clamp(needed, air_.handler.min_flow, 1.5);
  r.handler_w = handler_power_w(flow);
  r.air_out_w = heat_w + r.handler_w;
  if (wetted) {
    const double air_kg_s = flow * capacity_w_k / 1006;
    r.water_kg_s = air_kg_s * evaporated_kg_kg(weather, std::min(outside_c, weather.dry_bulb_c));
  }
  return r;
}

// Hall air and outside air meet in an exchanger of stated effectiveness at full outside flow.
AirResult AirModel::indirect(const WeatherHour& weather, double heat_w, double rise_k,
                             bool pad) const {
  AirResult r;
  const bool wetted = pad && air_.pad;
  const double wet_drop = air_.pad_effectiveness * (weather.dry_bulb_c - weather.wet_bulb_c);
  const double sink_c = weather.dry_bulb_c - (wetted ? wet_drop : 0);
  r.handler_w = handler_power_w(std::max(heat_w / rated_heat_w_, air_.handler.min_flow));
  const double moved_w = heat_w + r.handler_w;
  r.supply_c = air_.supply_c + rise_k;
  const double capacity_w_k =
      air_.exchanger_effectiveness * rated_heat_w_ / air_.handler.temp_rise_k;
  const double return_c = r.supply_c + air_.handler.temp_rise_k;
  const double capacity_w = capacity_w_k * (return_c - sink_c);
  r.margin = (capacity_w - moved_w) / rated_heat_w_;
  const double part = capacity_w > moved_w ? moved_w / capacity_w : 1.0;
  const double fan = std::max(std::pow(part, 1 / 0.7), 0.1);
  r.outside_fan_w = outside_rated_w_ * power_of(fan, air_.handler.exponent);
  r.air_out_w = moved_w;
  if (wetted) {
    const double air_kg_s = fan * rated_heat_w_ / air_.handler.temp_rise_k / 1006;
    r.water_kg_s = air_kg_s * evaporated_kg_kg(weather, sink_c);
  }
  return r;
}

double AirModel::rated_electric_w() const {
  if (is_direct_) return handler_power_w(1);
  if (is_indirect_) return handler_power_w(1) + outside_rated_w_;
  const double fans = air_.condenser == RejectionKind::wet_tower ? tower_.fan_w(1) : dry_.fan_w(1);
  return handler_power_w(1) + chilled_pump_rated_w_ + condenser_pump_rated_w_ + fans +
         chilled_heat_w_ / air_.chiller.cop;
}

}  // namespace pentad::energy
