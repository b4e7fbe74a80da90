#include "energy/rejection_model.h"

#include <algorithm>
#include <cmath>

namespace pentad::energy {
namespace {

constexpr double kWaterHeat = 4186;   // J/(kg K)
constexpr double kMarginPerK = 0.05;  // a tower that misses by one kelvin counts as 5 % short

}  // namespace

double power_of(double x, double exponent) {
  if (exponent == 3) return x * x * x;
  if (exponent == 2.5) return x * x * std::sqrt(x);
  return std::pow(x, exponent);
}

RejectionModel::RejectionModel(const Rejection& rejection, double rated_heat_w)
    : rejection_(rejection),
      rated_heat_w_(rated_heat_w),
      tower_pump_rated_w_(rated_share(rejection.tower_pump) * rated_heat_w),
      tower_capacity_w_k_(rated_heat_w / rejection.tower_pump.temp_rise_k),
      dry_(rejection.dry_cooler, rated_heat_w),
      tower_(rejection.wet_tower, rated_heat_w, tower_capacity_w_k_ / kWaterHeat) {}

RejectionResult RejectionModel::solve(const WeatherHour& weather, double heat_w, double supply_c,
                                      double return_c, bool pad) const {
  return rejection_.kind == RejectionKind::dry_cooler
             ? solve_dry(weather, heat_w, supply_c, return_c, pad)
             : solve_wet(weather, heat_w, supply_c, return_c);
}

double RejectionModel::chiller_capacity_w(double te_c, double tc_c) const {
  const Chiller& chiller = rejection_.chiller;
  return chiller.oversize * rated_heat_w_ * chiller_capacity_factor(chiller, te_c, tc_c);
}

RejectionResult RejectionModel::solve_dry(const WeatherHour& weather, double heat_w,
                                          double supply_c, double return_c, bool pad) const {
  const bool wetted = pad && dry_.has_pad();
  const double air_c = wetted ? dry_.pad_air_c(weather) : weather.dry_bulb_c;
  const double hot_c = return_c - rejection_.approach_k;
  RejectionResult r;
  r.margin = (dry_.capacity_w(hot_c, air_c) - heat_w) / rated_heat_w_;
  r.fan = std::min(1.0, dry_.fan_for(heat_w, hot_c, air_c));
  r.dry_heat_w = heat_w;
  if (r.margin < 0 && rejection_.trim_chiller) {
    const double free_w = std::clamp(dry_.capacity_w(hot_c, air_c), 0.0, heat_w);
    const double rest_w = heat_w - free_w;
    const double condenser_c = air_c + dry_.rated_itd_k();
    const double capacity_w = chiller_capacity_w(supply_c, condenser_c);
    const double reference_w = rejection_.chiller.oversize * rated_heat_w_;
    r.chiller_w = chiller_power_w(rejection_.chiller, reference_w, rest_w, supply_c, condenser_c);
    r.margin = (capacity_w - rest_w) / rated_heat_w_;
    r.dry_heat_w += r.chiller_w;
    r.fan = 1;
  }
  r.dry_fan_w = dry_.fan_w(r.fan);
  if (wetted) r.water_kg_s = dry_.pad_water_kg_s(weather, r.fan);
  return r;
}

RejectionResult RejectionModel::solve_wet(const WeatherHour& weather, double heat_w,
                                          double supply_c, double return_c) const {
  RejectionResult r;
  const double flow = flow_at(rejection_.tower_pump, heat_w / rated_heat_w_);
  const double capacity_w_k = flow * tower_capacity_w_k_;
  r.tower_pump_w =
      tower_pump_rated_w_ *
      (rejection_.tower_pump.variable_speed ? power_of(flow, rejection_.tower_pump.exponent) : 1.0);
  r.tower_heat_w = heat_w + r.tower_pump_w;
  const double target_c = supply_c - rejection_.approach_k;
  const double wet_c = weather.wet_bulb_c;
  r.fan = tower_.fan_for(wet_c, r.tower_heat_w / capacity_w_k, flow, target_c);
  if (r.fan <= 1) {
    r.margin =
        kMarginPerK * (target_c - tower_.coldest_c(wet_c, r.tower_heat_w / capacity_w_k, flow));
    // The water may have to stay above freezing while the target lies below: then it is no margin.
    r.margin = std::max(r.margin, 0.0);
  } else {
    r.fan = 1;
    double cold_c = tower_.coldest_c(wet_c, r.tower_heat_w / capacity_w_k, flow);
    r.margin = kMarginPerK * (target_c - cold_c);
    if (rejection_.trim_chiller) {
      const double reference_w = rejection_.chiller.oversize * rated_heat_w_;
      double rest_w = 0;
      for (int i = 0; i < 3; ++i) {  // the chiller's own heat warms the tower water a little
        const double missing_k = cold_c - target_c;
        rest_w = heat_w * std::clamp(missing_k / std::max(return_c - supply_c, 0.1), 0.0, 1.0);
        r.chiller_w = chiller_power_w(rejection_.chiller, reference_w, rest_w, supply_c, cold_c);
        r.tower_heat_w = heat_w + r.tower_pump_w + r.chiller_w;
        cold_c = tower_.coldest_c(wet_c, r.tower_heat_w / capacity_w_k, flow);
      }
      r.margin = (chiller_capacity_w(supply_c, cold_c) - rest_w) / rated_heat_w_;
    }
  }
  r.tower_fan_w = tower_.fan_w(r.fan);
  r.water_kg_s = tower_.water_kg_s(r.tower_heat_w, flow);
  return r;
}

double RejectionModel::rated_electric_w() const {
  const double chiller = rejection_.trim_chiller
                             ? rejection_.chiller.oversize * rated_heat_w_ / rejection_.chiller.cop
                             : 0;
  return chiller + (rejection_.kind == RejectionKind::dry_cooler
                        ? dry_.fan_w(1)
                        : tower_.fan_w(1) + tower_pump_rated_w_);
}

}  // namespace pentad::energy
