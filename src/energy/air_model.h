// The air side of a plant made ready: chilled water, or outside air with or without an exchanger.
#pragma once

#include "energy/dry_cooler.h"
#include "energy/plant.h"
#include "energy/tower.h"

namespace pentad::energy {

struct AirResult {
  double margin = 1;  // of capacity over rated heat; negative: not carried
  double handler_w = 0, chilled_pump_w = 0, condenser_pump_w = 0, chiller_w = 0;
  double tower_fan_w = 0, dry_fan_w = 0, outside_fan_w = 0;
  double tower_heat_w = 0, dry_heat_w = 0, air_out_w = 0;
  double water_kg_s = 0;
  double supply_c = 0;  // air to the servers
  double water_supply_c = 0, water_return_c = 0;
  double economiser_share = 0;
};

class AirModel {
 public:
  AirModel() = default;
  AirModel(const AirSide& air, PlantKind kind, double rated_heat_w);

  // IT heat into air. `rise_k` above the wanted supply temperature and the pad are used only by
  // free air; chilled water carries what it can without.
  AirResult solve(const WeatherHour& weather, double heat_w, double rise_k, bool pad) const;
  double max_rise_k() const;
  bool has_pad() const;
  double rated_electric_w() const;

 private:
  AirResult chilled(const WeatherHour& weather, double heat_w) const;
  void wet_condenser(const WeatherHour& weather, double heat_w, AirResult& r) const;
  void dry_condenser(const WeatherHour& weather, double heat_w, AirResult& r) const;
  double run_chiller(double heat_w, double condenser_c, AirResult& r) const;
  AirResult direct(const WeatherHour& weather, double heat_w, double rise_k, bool pad) const;
  AirResult indirect(const WeatherHour& weather, double heat_w, double rise_k, bool pad) const;
  double handler_power_w(double flow) const;

  AirSide air_;
  bool is_direct_ = false, is_indirect_ = false;
  double rated_heat_w_ = 1;
  double handler_rated_w_ = 0;
  double chilled_heat_w_ = 1;  // rated, with fans and pump
  double chilled_pump_rated_w_ = 0;
  double chilled_capacity_w_k_ = 1;
  double condenser_heat_w_ = 1;  // rated
  double condenser_pump_rated_w_ = 0;
  double condenser_capacity_w_k_ = 1;
  double outside_rated_w_ = 0;
  TowerModel tower_;
  DryModel dry_;
};

}  // namespace pentad::energy
