// Dielectric fluids of immersion tanks: saturation, boiling and its limit.
#pragma once

#include <boost/describe.hpp>
#include <string>

#include "base/result.h"

namespace pentad::energy {

// Properties near the boiling point at 101,325 Pa. Price and supply are the catalogue's business;
// gwp100 makes the carbon of what leaks.
struct Fluid {
  std::string name = "FK-5-1-12";
  double boiling_c = 49;
  double molar_kg_mol = 0.316;
  double density_kg_m3 = 1610;
  double latent_heat_j_kg = 88e3;
  double heat_capacity_j_kg_k = 1103;
  double conductivity_w_m_k = 0.059;
  double viscosity_pa_s = 0.64e-3;
  double surface_tension_n_m = 10.8e-3;
  double critical_pressure_pa = 1.865e6;
  double gwp100 = 1;
  double price_cny_kg = 500;
  bool operator==(const Fluid&) const = default;
};
BOOST_DESCRIBE_STRUCT(Fluid, (),
                      (name, boiling_c, molar_kg_mol, density_kg_m3, latent_heat_j_kg,
                       heat_capacity_j_kg_k, conductivity_w_m_k, viscosity_pa_s,
                       surface_tension_n_m, critical_pressure_pa, gwp100, price_cny_kg))

// Clausius-Clapeyron from the boiling point: ln(p/101325) = -(hfg M/R)(1/T - 1/Tb).
double saturation_pressure_pa(const Fluid& fluid, double temp_c);
double saturation_temp_c(const Fluid& fluid, double pressure_pa);
double saturation_slope_pa_k(const Fluid& fluid, double temp_c);

// Vapour as an ideal gas at saturation.
double vapour_density_kg_m3(const Fluid& fluid, double temp_c);
double vapour_flow_kg_s(const Fluid& fluid, double heat_w);

// Pool boiling on a bare plate, Cooper 1984: 55 pr^(0.12 - 0.2 lg Rp) (-lg pr)^-0.55 M^-0.5 q^0.67
// with M in g/mol and the roughness Rp in micrometres; W/(m2 K).
double cooper_w_m2_k(const Fluid& fluid, double temp_c, double flux_w_m2, double roughness_um = 1);

// Critical heat flux of a flat plate, Zuber 1959, W/m2.
double critical_heat_flux_w_m2(const Fluid& fluid, double temp_c);

Status validate(const Fluid& fluid, const std::string& path = {});

}  // namespace pentad::energy
