// A wet tower made ready for one loop: fan speed for a wanted water temperature in closed form,
// since the YorkCalc approach is quadratic in the ratio of water to air.
#pragma once

#include "energy/rejection.h"

namespace pentad::energy {

class TowerModel {
 public:
  TowerModel() = default;
  // Rated heat, W, and the water flow at it, kg/s.
  TowerModel(const WetTower& tower, double rated_heat_w, double rated_water_kg_s);

  // Leaving water at full fan speed; `flow` is over the rated flow.
  double coldest_c(double wet_bulb_c, double range_k, double flow) const;
  // Fan speed, 0..1, that holds `target_c`, or 2 when even full speed does not. At the least speed
  // the fans cycle.
  double fan_for(double wet_bulb_c, double range_k, double flow, double target_c) const;
  double fan_w(double fan) const;
  // Evaporation, blow-down and windage.
  double water_kg_s(double heat_w, double flow) const;
  double rated_water_kg_s() const { return rated_water_kg_s_; }
  double min_water_c() const { return tower_.min_water_c; }
  double design_approach_k() const { return tower_.design_approach_k; }

 private:
  WetTower tower_;
  double rated_water_kg_s_ = 1;
  double flow_ratio_ = 1;  // rated water over nominal
  double lg_ = 1;          // water over air at nominal water and full fan
  double fan_rated_w_ = 0;
};

}  // namespace pentad::energy
