#include "energy/fluid.h"

#include <cmath>

#include "energy/check.h"

namespace pentad::energy {
namespace {

constexpr double kGas = 8.314462618;  // J/(mol K)
constexpr double kGravity = 9.80665;
constexpr double kAtmosphere = 101325;
constexpr double kKelvin = 273.15;

// hfg M / R: the slope of ln p over -1/T, K.
double steepness_k(const Fluid& fluid) {
  return fluid.latent_heat_j_kg * fluid.molar_kg_mol / kGas;
}

}  // namespace

double saturation_pressure_pa(const Fluid& fluid, double temp_c) {
  return kAtmosphere *
         std::exp(-steepness_k(fluid) * (1 / (temp_c + kKelvin) - 1 / (fluid.boiling_c + kKelvin)));
}

double saturation_temp_c(const Fluid& fluid, double pressure_pa) {
  const double inverse =
      1 / (fluid.boiling_c + kKelvin) - std::log(pressure_pa / kAtmosphere) / steepness_k(fluid);
  return 1 / inverse - kKelvin;
}

double saturation_slope_pa_k(const Fluid& fluid, double temp_c) {
  const double t = temp_c + kKelvin;
  return saturation_pressure_pa(fluid, temp_c) * steepness_k(fluid) / (t * t);
}

double vapour_density_kg_m3(const Fluid& fluid, double temp_c) {
  return saturation_pressure_pa(fluid, temp_c) * fluid.molar_kg_mol / (kGas * (temp_c + kKelvin));
}

double vapour_flow_kg_s(const Fluid& fluid, double heat_w) {
  return heat_w / fluid.latent_heat_j_kg;
}

double cooper_w_m2_k(const Fluid& fluid, double temp_c, double flux_w_m2, double roughness_um) {
  const double reduced = saturation_pressure_pa(fluid, temp_c) / fluid.critical_pressure_pa;
  return 55 * std::pow(reduced, 0.12 - 0.2 * std::log10(roughness_um)) *
         std::pow(-std::log10(reduced), -0.55) / std::sqrt(1000 * fluid.molar_kg_mol) *
         std::pow(flux_w_m2, 0.67);
}

double critical_heat_flux_w_m2(const Fluid& fluid, double temp_c) {
  const double vapour = vapour_density_kg_m3(fluid, temp_c);
  const double buoyancy = fluid.surface_tension_n_m * kGravity * (fluid.density_kg_m3 - vapour);
  return 0.131 * fluid.latent_heat_j_kg * std::sqrt(vapour) * std::sqrt(std::sqrt(buoyancy));
}

Status validate(const Fluid& fluid, const std::string& path) {
  Check check(path);
  check.in("boiling_c", fluid.boiling_c, 10, 150)
      .in("molar_kg_mol", fluid.molar_kg_mol, 0.01, 1)
      .in("density_kg_m3", fluid.density_kg_m3, 500, 3000)
      .in("latent_heat_j_kg", fluid.latent_heat_j_kg, 2e4, 3e6)
      .in("heat_capacity_j_kg_k", fluid.heat_capacity_j_kg_k, 200, 5000)
      .in("conductivity_w_m_k", fluid.conductivity_w_m_k, 0.01, 1)
      .in("viscosity_pa_s", fluid.viscosity_pa_s, 1e-5, 1)
      .in("surface_tension_n_m", fluid.surface_tension_n_m, 1e-3, 0.1)
      .in("critical_pressure_pa", fluid.critical_pressure_pa, 5e5, 3e7)
      .in("gwp100", fluid.gwp100, 0, 3e4)
      .in("price_cny_kg", fluid.price_cny_kg, 0, 1e5);
  return check.status();
}

}  // namespace pentad::energy
