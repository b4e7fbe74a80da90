#include "energy/dry_cooler.h"

#include <algorithm>
#include <cmath>

namespace pentad::energy {

DryModel::DryModel(const DryCooler& cooler, double rated_heat_w)
    : cooler_(cooler),
      conductance_(rated_heat_w / cooler.rated_itd_k),
      inverse_exponent_(1 / cooler.exponent) {}

double DryModel::fan_for(double heat_w, double hot_c, double air_c) const {
  const double capacity = capacity_w(hot_c, air_c);
  if (heat_w <= 0) return cooler_.min_fan;
  if (capacity < heat_w) return 2;
  return std::max(std::pow(heat_w / capacity, inverse_exponent_), cooler_.min_fan);
}

double DryModel::fan_w(double fan) const {
  const double f = std::min(fan, 1.0);
  return cooler_.fan_w_per_w_k * conductance_ * (cooler_.variable_speed ? f * f * f : 1.0);
}

double DryModel::pad_air_c(const WeatherHour& weather) const {
  return weather.dry_bulb_c - cooler_.pad_effectiveness * (weather.dry_bulb_c - weather.wet_bulb_c);
}

double DryModel::pad_water_kg_s(const WeatherHour& weather, double fan) const {
  const double air = cooler_.air_kg_s_w_k * conductance_ * std::min(fan, 1.0);
  return air * evaporated_kg_kg(weather, pad_air_c(weather));
}

double evaporated_kg_kg(const WeatherHour& weather, double air_c) {
  const double fall = weather.dry_bulb_c - air_c;
  return std::max(0.0, fall * (1006 + 1860 * weather.humidity_ratio) /
                           (2.501e6 + 1860 * air_c - 4186 * weather.wet_bulb_c));
}

}  // namespace pentad::energy
