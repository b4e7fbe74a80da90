#include "energy/power_chain.h"

#include <doctest/doctest.h>

#include <cmath>

namespace pentad::energy {
namespace {

double efficiency(const ChainBlock& block, double load) {
  const double output = load * installed_units(block);
  return output / (output + block_loss_w(block, 1, output));
}

}  // namespace

TEST_CASE("blocks lose what their makers state") {
  const ChainBlock ups = ups_double_conversion();
  CHECK(efficiency(ups, 0.25) == doctest::Approx(0.955).epsilon(1e-3));
  CHECK(efficiency(ups, 0.50) == doctest::Approx(0.965).epsilon(1e-3));
  CHECK(efficiency(ups, 0.75) == doctest::Approx(0.965).epsilon(1.5e-3));
  CHECK(efficiency(ups, 1.00) == doctest::Approx(0.962).epsilon(1e-3));
  CHECK(efficiency(ups_eco(), 0.5) == doctest::Approx(0.987).epsilon(1e-3));
  CHECK(efficiency(ups_legacy(), 0.5) == doctest::Approx(0.91).epsilon(3e-3));
  CHECK(efficiency(hvdc_rectifier(), 0.25) == doctest::Approx(0.960).epsilon(1e-3));
  CHECK(efficiency(hvdc_rectifier(), 0.5) == doctest::Approx(0.973).epsilon(1e-3));
  CHECK(efficiency(hvdc_rectifier(), 1.0) == doctest::Approx(0.970).epsilon(1e-3));
  CHECK(efficiency(busway(), 1.0) == doctest::Approx(0.99).epsilon(1e-3));
}

TEST_CASE("redundancy shares the load and multiplies the no-load loss") {
  ChainBlock ups = ups_double_conversion();
  ups.units = 2;
  CHECK(installed_units(ups) == 2);
  const double single = block_loss_w(ups, 100, 0);
  ups.redundancy = Redundancy::n_plus_1;
  CHECK(installed_units(ups) == 3);
  CHECK(block_loss_w(ups, 100, 0) == doctest::Approx(1.5 * single));
  ups.redundancy = Redundancy::two_n;
  CHECK(installed_units(ups) == 4);
  CHECK(block_loss_w(ups, 100, 0) == doctest::Approx(2 * single));
  // Each of four at a quarter: 400 W rated, 100 W out.
  CHECK(block_loss_w(ups, 100, 100) ==
        doctest::Approx(400 * (0.0083 + 0.25 * (0.0081 + 0.25 * 0.0231))));
}

TEST_CASE("coefficients pass through their points exactly") {
  const std::array<EfficiencyPoint, 3> points = {{{0.25, 0.955}, {0.5, 0.965}, {1.0, 0.962}}};
  const auto k = loss_coefficients(points);
  REQUIRE(k);
  for (const EfficiencyPoint& p : points) {
    const double loss = (*k)[0] + p.load * ((*k)[1] + p.load * (*k)[2]);
    CHECK(std::abs(p.load / (p.load + loss) - p.efficiency) < 1e-12);
  }
  const std::array<EfficiencyPoint, 3> twice = {{{0.5, 0.9}, {0.5, 0.91}, {1.0, 0.9}}};
  CHECK(!loss_coefficients(twice));
}

TEST_CASE("converters of the Frontier kind are straight lines") {
  const ChainBlock sivoc = frontier_sivoc(1);
  const ChainBlock rectifier = frontier_rectifier(4);
  for (double watts : {500.0, 1500.0, 2704.26}) {
    CHECK(watts + block_loss_w(sivoc, sivoc.unit_rated_w, watts) ==
          doctest::Approx((watts + 13) / 0.98).epsilon(1e-12));
    CHECK(4 * watts + block_loss_w(rectifier, rectifier.unit_rated_w, 4 * watts) ==
          doctest::Approx((4 * watts + 17) / 0.96).epsilon(1e-12));
  }
}

TEST_CASE("absurd chains are refused by name") {
  PowerChain chain{{busway(), ups_eco(), transformer_10kv()}};
  CHECK(validate(chain).has_value());
  chain.blocks[1].no_load = -0.1;
  CHECK(validate(chain, "/chain").error().path == "/chain/blocks/1/no_load");
  chain.blocks = {transformer_10kv(), busway()};
  CHECK(validate(chain).error().path == "/blocks/1/feeds");
  chain.blocks.assign(9, busway());
  CHECK(validate(chain).error().path == "/blocks");
}

}  // namespace pentad::energy
