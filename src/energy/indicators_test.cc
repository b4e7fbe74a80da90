#include "energy/indicators.h"

#include <doctest/doctest.h>

#include "energy/presets.h"

namespace pentad::energy {
namespace {

Totals year(const Site& site, double dry_bulb_c, double hours) {
  const auto model = SiteModel::make(site);
  const auto weather = weather_hour({.dry_bulb_c = dry_bulb_c});
  const SiteHour h = model->hour(*weather, {.load = {.boards_w = 5e5, .nodes = 0}});
  Totals totals;
  add_hour(totals, site, h, {.location_kg_kwh = 0.5, .market_kg_kwh = 0.1}, 0.6, hours);
  return totals;
}

}  // namespace

TEST_CASE("indicators are what their definitions say") {
  const Totals t = year(cold_plate_wet(), 20, 8760);
  const auto r = indicators(t);
  REQUIRE(r);
  CHECK(r->pue == doctest::Approx(t.grid_kwh / t.it_kwh));
  CHECK(r->pue > 1);
  CHECK(r->tue == doctest::Approx(r->itue * r->pue));
  CHECK(r->cue_location_kg_kwh == doctest::Approx(r->pue * 0.5));
  CHECK(r->cue_market_kg_kwh == doctest::Approx(r->pue * 0.1));
  CHECK(r->ere == doctest::Approx(r->pue * (1 - r->erf)));
  CHECK(r->wue_l_kwh == doctest::Approx(t.water_kg / t.it_kwh));
  CHECK(r->cost_cny_kwh_it == doctest::Approx(r->pue * 0.6));
  // Nearer to the grid the IT energy is larger, and the PUE smaller.
  const auto two = indicators(t, PueCategory::pue2_pdu_output);
  const auto one = indicators(t, PueCategory::pue1_ups_output);
  CHECK(r->pue >= two->pue);
  CHECK(two->pue > one->pue);
}

TEST_CASE("a PUE prints its category and period") {
  CHECK(pue_text(*indicators(year(air_best(), 20, 8760))).starts_with("PUE3 1."));
  CHECK(
      pue_text(*indicators(year(air_best(), 20, 8760))).ends_with("(12 months, IT input metered)"));
  const auto week = indicators(year(air_best(), 20, 168), PueCategory::pue1_ups_output);
  CHECK(week->interim);
  CHECK(pue_text(*week).starts_with("iPUE1 1."));
  CHECK(pue_text(*week).ends_with("(168 h, UPS output metered)"));
  CHECK(indicators(Totals{}).error().path == "/it_kwh");
}

// 1 MW, 1.5 t of fluid, 3 % a year at GWP 9000: 405 t.
TEST_CASE("what leaks counts") {
  Site site = immersion_two_phase_dry(fluid_fc3284());
  site.plant.two_phase.loss_share_year = 0.03;
  const auto model = SiteModel::make(site);
  const Totals t = year(site, 15, 8760);
  const double rated_mw = model->rated_it_w() / 1e6;
  CHECK(t.carbon_fluid_kg / rated_mw == doctest::Approx(405e3).epsilon(0.01));
  const auto r = indicators(t);
  CHECK(r->cue_fluid_kg_kwh > 0);
  CHECK(r->cue_location_kg_kwh == doctest::Approx(r->pue * 0.5 + r->cue_fluid_kg_kwh));
  CHECK(t.fluid_cny > 0);
}

TEST_CASE("a saving names its baseline and compares the same work") {
  const Totals ours = year(immersion_two_phase_dry(fluid_649()), 20, 8760);
  const Totals theirs = year(air_legacy(), 20, 8760);
  const auto s = saving(ours, theirs, "air_legacy");
  REQUIRE(s);
  CHECK(s->baseline == "air_legacy");
  CHECK(s->energy == doctest::Approx(1 - ours.grid_kwh / theirs.grid_kwh));
  CHECK(s->energy > 0.2);
  CHECK(s->water == doctest::Approx(1));
  CHECK(!saving(ours, theirs, ""));
  CHECK(!saving(ours, year(air_legacy(), 20, 8000), "air_legacy"));
}

}  // namespace pentad::energy
