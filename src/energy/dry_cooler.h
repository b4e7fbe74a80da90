// A dry cooler made ready for one loop.
#pragma once

#include "energy/rejection.h"

namespace pentad::energy {

class DryModel {
 public:
  DryModel() = default;
  DryModel(const DryCooler& cooler, double rated_heat_w);

  // Most heat, W, from water that enters at `hot_c`; negative when the air is warmer than that.
  double capacity_w(double hot_c, double air_c) const { return conductance_ * (hot_c - air_c); }
  // Fan speed for that heat; 2 when full speed does not carry it.
  double fan_for(double heat_w, double hot_c, double air_c) const;
  double fan_w(double fan) const;

  bool has_pad() const { return cooler_.pad; }
  // Air behind the wetted pad, C, and the water that a kg of it took up.
  double pad_air_c(const WeatherHour& weather) const;
  double pad_water_kg_s(const WeatherHour& weather, double fan) const;
  double rated_itd_k() const { return cooler_.rated_itd_k; }

 private:
  DryCooler cooler_;
  double conductance_ = 0;  // W/K at full fan speed
  double inverse_exponent_ = 1;
};

// Water taken up by a kg of dry air cooled along its wet bulb line from the weather to `air_c`.
double evaporated_kg_kg(const WeatherHour& weather, double air_c);

}  // namespace pentad::energy
