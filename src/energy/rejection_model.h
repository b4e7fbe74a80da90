// The coolers of one liquid loop made ready: from heat and temperatures to power, water and margin.
#pragma once

#include "energy/dry_cooler.h"
#include "energy/tower.h"

namespace pentad::energy {

struct RejectionResult {
  double margin = 0;  // of capacity over rated heat; negative: not carried
  double fan = 0;
  double tower_fan_w = 0, dry_fan_w = 0, tower_pump_w = 0, chiller_w = 0;
  double tower_heat_w = 0, dry_heat_w = 0;  // without the fans' own power
  double water_kg_s = 0;
};

class RejectionModel {
 public:
  RejectionModel() = default;
  RejectionModel(const Rejection& rejection, double rated_heat_w);

  // `heat_w` from loop water that comes at `return_c` and must leave at `supply_c`; `pad`: use it.
  RejectionResult solve(const WeatherHour& weather, double heat_w, double supply_c, double return_c,
                        bool pad) const;
  bool has_pad() const { return rejection_.kind == RejectionKind::dry_cooler && dry_.has_pad(); }
  double rated_electric_w() const;

 private:
  RejectionResult solve_dry(const WeatherHour& weather, double heat_w, double supply_c,
                            double return_c, bool pad) const;
  RejectionResult solve_wet(const WeatherHour& weather, double heat_w, double supply_c,
                            double return_c) const;
  double chiller_capacity_w(double te_c, double tc_c) const;

  Rejection rejection_;
  double rated_heat_w_ = 1;
  double tower_pump_rated_w_ = 0;
  double tower_capacity_w_k_ = 1;  // heat flow of the tower water at rated flow
  DryModel dry_;
  TowerModel tower_;
};

// x^exponent with the usual exponents made cheap.
double power_of(double x, double exponent);

}  // namespace pentad::energy
