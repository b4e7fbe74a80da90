#include "energy/fluid.h"

#include <doctest/doctest.h>

#include "energy/presets.h"

namespace pentad::energy {

TEST_CASE("saturation") {
  const Fluid fluid = fluid_649();
  CHECK(saturation_pressure_pa(fluid, 49) == doctest::Approx(101325));
  CHECK(saturation_slope_pa_k(fluid, 49) == doctest::Approx(3270).epsilon(0.005));
  CHECK(saturation_slope_pa_k(fluid_7100(), 61) == doctest::Approx(3060).epsilon(0.005));
  CHECK(saturation_slope_pa_k(fluid_fc3284(), 50) == doctest::Approx(3660).epsilon(0.005));
  // Against the data sheets at 25 C: 9 to 11 % too high, as the constant latent heat has it.
  CHECK(saturation_pressure_pa(fluid, 25) == doctest::Approx(40.4e3 * 1.10).epsilon(0.02));
  CHECK(saturation_temp_c(fluid, 101325 + 10e3) == doctest::Approx(52.0).epsilon(0.002));
  for (double t : {20.0, 49.0, 80.0}) {
    CHECK(saturation_temp_c(fluid, saturation_pressure_pa(fluid, t)) == doctest::Approx(t));
  }
}

TEST_CASE("boiling") {
  CHECK(vapour_flow_kg_s(fluid_649(), 1e6) == doctest::Approx(11.4).epsilon(0.01));
  CHECK(vapour_flow_kg_s(fluid_7100(), 1e6) == doctest::Approx(8.9).epsilon(0.01));
  CHECK(vapour_density_kg_m3(fluid_649(), 49) == doctest::Approx(11.95).epsilon(0.01));
  // 13.4 W/cm2 was computed with the hotter liquid's density and surface tension.
  CHECK(critical_heat_flux_w_m2(fluid_649(), 49) == doctest::Approx(13.4e4).epsilon(0.08));
  // A bare plate at 10 W/cm2, in kW/(m2 K): a few, where a coating gives 20 to 100.
  const double bare = cooper_w_m2_k(fluid_649(), 49, 10e4);
  CHECK(bare > 3e3);
  CHECK(bare < 20e3);
  CHECK(cooper_w_m2_k(fluid_649(), 49, 10e4, 3) > bare);
}

TEST_CASE("absurd fluids are refused by name") {
  Fluid fluid;
  fluid.latent_heat_j_kg = 88;  // kJ for J
  CHECK(validate(fluid, "/fluid").error().path == "/fluid/latent_heat_j_kg");
}

}  // namespace pentad::energy
