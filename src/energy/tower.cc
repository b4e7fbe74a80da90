#include "energy/tower.h"

#include <algorithm>
#include <cmath>

namespace pentad::energy {
namespace {

constexpr double kWaterHeat = 4186;       // J/(kg K)
constexpr double kVaporisation = 2.43e6;  // J/kg near 30 C
constexpr double kMaxRatio = 8;           // water over air, the correlation's bound
constexpr double kLeastApproach = 1.1;    // K, likewise

// Approach as a + b lg + c lg^2. Wet bulb and range are held inside the correlation's bounds.
struct Parabola {
  double a = 0, b = 0, c = 0;
  double at(double lg) const { return std::max(kLeastApproach, a + lg * (b + lg * c)); }
};

Parabola parabola_at(double wet_bulb_c, double range_k) {
  const double t = std::clamp(wet_bulb_c, -34.4, 29.4);
  const double r = std::clamp(range_k, 1.1, 22.2);
  const std::array<double, 27>& k = york_coefficients();
  double by_power[3];
  for (int i = 0; i < 3; ++i) {
    const double* p = &k[static_cast<size_t>(9 * i)];
    const double r0 = p[0] + t * (p[1] + t * p[2]);
    const double r1 = p[3] + t * (p[4] + t * p[5]);
    const double r2 = p[6] + t * (p[7] + t * p[8]);
    by_power[i] = r0 + r * (r1 + r * r2);
  }
  return {by_power[0], by_power[1], by_power[2]};
}

// Root of the parabola at `wanted` between two ratios of which the first lies below it.
double ratio_for(const Parabola& p, double wanted, double low, double high) {
  const double a = p.a - wanted;
  if (std::abs(p.c) < 1e-12) return std::clamp(-a / p.b, low, high);
  const double root = std::sqrt(std::max(0.0, p.b * p.b - 4 * a * p.c));
  // The rising branch: derivative b + 2 c lg = +root.
  return std::clamp((root - p.b) / (2 * p.c), low, high);
}

}  // namespace

const std::array<double, 27>& york_coefficients() {
  static constexpr std::array<double, 27> k = {
      -0.359741205,     -0.055053608,      0.0023850432,     0.173926877,         -0.0248473764,
      0.00048430224,    -0.005589849456,   0.0005770079712,  -0.00001342427256,   2.84765801111111,
      -0.121765149,     0.0014599242,      1.680428651,      -0.0166920786,       -0.0007190532,
      -0.025485194448,  0.0000487491696,   0.00002719234152, -0.0653766255555556, -0.002278167,
      0.0002500254,     -0.0910565458,     0.00318176316,    0.000038621772,      -0.0034285382352,
      0.00000856589904, -0.000001516821552};
  return k;
}

double york_approach_k(double wet_bulb_c, double range_k, double lg) {
  const Parabola p = parabola_at(wet_bulb_c, range_k);
  return p.a + lg * (p.b + lg * p.c);
}

TowerModel::TowerModel(const WetTower& tower, double rated_heat_w, double rated_water_kg_s)
    : tower_(tower), rated_water_kg_s_(rated_water_kg_s) {
  flow_ratio_ = rated_water_kg_s * kWaterHeat * tower.design_range_k / rated_heat_w;
  const Parabola p = parabola_at(tower.design_wet_bulb_c, tower.design_range_k);
  lg_ = ratio_for(p, tower.design_approach_k, 0.05, kMaxRatio);
  fan_rated_w_ = tower.fan_share * rated_heat_w;
}

double TowerModel::coldest_c(double wet_bulb_c, double range_k, double flow) const {
  const double lg = std::min(lg_ * flow_ratio_ * flow, kMaxRatio);
  return std::max(wet_bulb_c + parabola_at(wet_bulb_c, range_k).at(lg), tower_.min_water_c);
}

double TowerModel::fan_for(double wet_bulb_c, double range_k, double flow, double target_c) const {
  const Parabola p = parabola_at(wet_bulb_c, range_k);
  const double approach = target_c - wet_bulb_c;
  const double water = lg_ * flow_ratio_ * flow;
  const double full = std::min(water, kMaxRatio);
  if (p.at(full) > approach) return 2;
  const double slow = std::min(water / tower_.min_fan, kMaxRatio);
  if (p.at(slow) <= approach) return tower_.min_fan;
  return std::clamp(water / ratio_for(p, approach, full, slow), tower_.min_fan, 1.0);
}

double TowerModel::fan_w(double fan) const {
  const double f = std::min(fan, 1.0);
  return fan_rated_w_ * (tower_.variable_speed ? f * f * f : f);
}

double TowerModel::water_kg_s(double heat_w, double flow) const {
  const double evaporated = std::max(heat_w, 0.0) * tower_.latent_share / kVaporisation;
  return evaporated * tower_.cycles / (tower_.cycles - 1) +
         tower_.windage * flow * rated_water_kg_s_;
}

}  // namespace pentad::energy
