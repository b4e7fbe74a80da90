// T3: a two-phase bench; T4: Frontier with the constants of its published simulator. No data
// folder.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdio>

#include "energy/presets.h"

namespace pentad::validation {
namespace {

using namespace energy;

double frontier_mw(double utilisation) {
  const NodeModel node = frontier_node();
  const std::array<ChipLoad, 1> load = {{{utilisation, Precision::fp64}}};
  const NodePower one = node_power(node, load, load, 34);
  const Site site = frontier();
  const auto model = SiteModel::make(site);
  const auto weather = weather_hour({.dry_bulb_c = 15});
  const SiteHour h =
      model->hour(*weather, {.load = {.boards_w = one.boards_w * site.it.nodes, .nodes = 0}});
  REQUIRE(h.short_w == 0);
  // The published figure is what rectifiers and distribution units take.
  return (h.chain[0].input_w + 25 * 8473.47) / 1e6;
}

}  // namespace

TEST_CASE("T3 a two-phase bench: partial PUE falls from 1.053 to 1.037 as the load rises") {
  const Site site = bench_two_phase();
  const auto model = SiteModel::make(site);
  REQUIRE(model);
  const auto weather = weather_hour({.dry_bulb_c = 25});
  const auto partial = [&](double load) {
    const SiteHour h =
        model->hour(*weather, {.load = {.boards_w = load * site.it.rated_boards_w, .nodes = 0}});
    REQUIRE(h.short_w == 0);
    return 1 + h.cooling_w / h.it_w;
  };
  // Auxiliaries of constant power: COP 19.0 is met at 19.0/26.7 of the load at which 26.7 is.
  CHECK(partial(1.0) == doctest::Approx(1.037).epsilon(0.001));
  CHECK(partial(19.0 / 26.7) == doctest::Approx(1.053).epsilon(0.001));
  double last = 2;
  for (int percent = 60; percent <= 100; percent += 5) {
    const double now = partial(percent / 100.0);
    std::printf("T3 load %.2f pPUE %.4f COP %.1f\n", percent / 100.0, now, 1 / (now - 1));
    CHECK(now < last);
    last = now;
  }
}

TEST_CASE("T4 Frontier: 7.31 MW idle, 28.23 MW at its peak") {
  std::printf("T4 idle %.4f MW, peak %.4f MW\n", frontier_mw(0), frontier_mw(1));
  CHECK(std::abs(frontier_mw(0) - 7.306) < 0.005);
  CHECK(std::abs(frontier_mw(1) - 28.228) < 0.005);
}

}  // namespace pentad::validation
