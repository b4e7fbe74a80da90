// Properties of the whole chain over random plants, loads and weather, and hours by hand.
#include "energy/site.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <functional>

#include "base/reflect.h"
#include "energy/presets.h"

namespace pentad::energy {
namespace {

double between(double low, double high) {
  return low + (high - low) * *rc::gen::inRange(0, 10001) / 10000.0;
}

std::vector<Site> presets() {
  return {air_legacy(),
          air_best(),
          air_free_direct(),
          air_free_indirect(),
          cold_plate_dry(),
          cold_plate_wet(),
          immersion_single_phase(),
          immersion_two_phase_dry(fluid_649()),
          immersion_two_phase_wet(fluid_7100()),
          frontier()};
}

// A preset with most of what matters moved about.
Site random_site() {
  Site site = *rc::gen::elementOf(presets());
  Plant& plant = site.plant;
  site.it.leakage_share = between(0, 0.2);
  site.it.network_w = between(0, 1e4);
  site.other_share = between(0, 0.05);
  plant.heat_oversize = between(0.8, 1.5);
  plant.air.chilled_water_c = between(5, 18);
  plant.air.handler.variable_speed = *rc::gen::arbitrary<bool>();
  plant.air.economiser = *rc::gen::arbitrary<bool>();
  plant.air.pad = *rc::gen::arbitrary<bool>();
  plant.air.condenser = *rc::gen::element(RejectionKind::dry_cooler, RejectionKind::wet_tower);
  plant.liquid.capture = between(0.3, 1);
  plant.liquid.supply_c = between(18, 50);
  plant.liquid.max_rise_k = between(0, 10);
  plant.two_phase.capture = between(0.6, 1);
  plant.two_phase.allowed_rise_pa = between(0, 20e3);
  plant.two_phase.condenser_effectiveness = between(0.5, 0.95);
  plant.rejection.kind = *rc::gen::element(RejectionKind::dry_cooler, RejectionKind::wet_tower);
  plant.rejection.trim_chiller = *rc::gen::arbitrary<bool>();
  plant.rejection.dry_cooler.pad = *rc::gen::arbitrary<bool>();
  plant.rejection.dry_cooler.rated_itd_k = between(5, 30);
  plant.rejection.approach_k = between(0, 4);
  site.reuse.enabled = *rc::gen::arbitrary<bool>();
  site.reuse.wanted_c = between(20, 60);
  return site;
}

WeatherHour random_weather() {
  return *weather_hour({.dry_bulb_c = between(-30, 48),
                        .relative_humidity = between(0.02, 1),
                        .pressure_pa = between(75e3, 103e3)});
}

WeatherHour at(double dry_bulb_c, double humidity = 0.5) {
  return *weather_hour({.dry_bulb_c = dry_bulb_c, .relative_humidity = humidity});
}

HourInput load(double boards_w) { return {.load = {.boards_w = boards_w, .nodes = 0}}; }

bool all_finite(const SiteHour& h) {
  for (double value : {h.grid_w, h.it_w, h.cooling_w, h.water_kg_s, h.supply_c, h.return_c,
                       h.junction_c, h.rejected_w, h.reused_w, h.vented_w, h.carried_w, h.short_w,
                       h.flux_margin, h.lid_c, h.fan_speed, h.ups_output_w, h.pdu_output_w}) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

bool none_negative(const SiteHour& h) {
  for (double value : {h.boards_w,          h.fan_w,         h.psu_loss_w,     h.it_chain_loss_w,
                       h.site_chain_loss_w, h.air_handler_w, h.coolant_pump_w, h.facility_pump_w,
                       h.condenser_pump_w,  h.chiller_w,     h.tower_fan_w,    h.dry_cooler_fan_w,
                       h.outside_fan_w,     h.reuse_pump_w,  h.water_kg_s,     h.reused_w,
                       h.tower_heat_w,      h.dry_heat_w,    h.carried_w,      h.fluid_loss_kg_s}) {
    if (value < 0) return false;
  }
  return true;
}

// One random hour: finite, conserved, within what the plant may do.
void check_hour(const Site& site, const SiteModel& model) {
  const double wanted = between(0, 1.3) * site.it.rated_boards_w;
  HourInput input = load(wanted);
  input.load.nodes = between(0.3, 1) * site.it.nodes;
  input.reuse_demand_w = between(0, 1e6);
  const SiteHour h = model.hour(random_weather(), input);
  RC_ASSERT(all_finite(h));
  RC_ASSERT(none_negative(h));
  RC_ASSERT(conservation_error(h) < 1e-9);
  RC_ASSERT(h.short_w >= -1e-9 * wanted);
  if (h.short_w > 1e-6 * wanted && wanted <= 1e-9 + 1.5 * site.it.rated_boards_w * 0.3) {
    RC_ASSERT(h.actions.has(PlantAction::it_cap));
  }
  RC_ASSERT(h.tank_pressure_pa <=
            site.plant.two_phase.pressure_pa + site.plant.two_phase.allowed_rise_pa + 1e-6);
}

}  // namespace

TEST_CASE("energy is conserved at every node of the chain, whatever the plant") {
  CHECK(rc::check([] {
    const Site site = random_site();
    const Result<SiteModel> model = SiteModel::make(site);
    RC_ASSERT(model.has_value());
    for (int i = 0; i < 20; ++i) check_hour(site, *model);
  }));
}

TEST_CASE("more load never takes less power") {
  CHECK(rc::check([] {
    const Site site = *rc::gen::elementOf(presets());
    const Result<SiteModel> model = SiteModel::make(site);
    const WeatherHour weather = random_weather();
    const double less = between(0.05, 0.9) * site.it.rated_boards_w;
    const SiteHour a = model->hour(weather, load(less));
    const SiteHour b = model->hour(weather, load(less * 1.05));
    RC_ASSERT(b.carried_w >= a.carried_w * (1 - 1e-6));
    if (b.short_w < 1e-6 * less) RC_ASSERT(b.it_w > a.it_w);
  }));
}

TEST_CASE("an hour too warm: pressure, then the pad, then a cap that is just carried") {
  Site site = immersion_two_phase_dry(fluid_649());
  const double wanted = 0.7 * site.it.rated_boards_w;
  const auto dry = SiteModel::make(site);
  const SiteHour mild = dry->hour(at(25), load(wanted));
  CHECK(mild.actions.count == 0);
  CHECK(mild.short_w == 0);

  const SiteHour warm = dry->hour(at(36), load(wanted));
  REQUIRE(warm.actions.count == 1);
  CHECK(warm.actions.list[0] == PlantAction::pressure_rise);
  CHECK(warm.short_w == 0);
  // No higher than needed: at the found pressure the fans run at full speed.
  CHECK(warm.tank_pressure_pa > 101325);
  CHECK(warm.tank_pressure_pa < 111325);
  CHECK(warm.fan_speed == doctest::Approx(1).epsilon(1e-4));

  const SiteHour hot = dry->hour(at(44, 0.2), load(wanted));
  REQUIRE(hot.actions.count == 2);
  CHECK(hot.actions.list[1] == PlantAction::it_cap);
  CHECK(hot.tank_pressure_pa == doctest::Approx(111325));
  CHECK(hot.short_w > 0);
  CHECK(hot.carried_w > 0.3 * wanted);
  // The cap is the largest load that is carried: a little less needs no cap.
  const SiteHour less = dry->hour(at(44, 0.2), load(hot.carried_w * 0.999));
  CHECK(less.short_w == 0);
  CHECK(hot.fan_speed == doctest::Approx(1).epsilon(1e-3));

  site.plant.rejection.dry_cooler.pad = true;
  const SiteHour wetted = SiteModel::make(site)->hour(at(44, 0.2), load(wanted));
  REQUIRE(wetted.actions.count >= 1);
  CHECK(wetted.actions.has(PlantAction::adiabatic));
  CHECK(wetted.short_w == 0);
  CHECK(wetted.water_kg_s > 0);
}

TEST_CASE("hotter than the boiling fluid nothing is carried") {
  const auto model = SiteModel::make(immersion_two_phase_dry(fluid_649()));
  const SiteHour h = model->hour(at(60, 0.05), load(5e5));
  CHECK(h.carried_w < 1);
  CHECK(h.short_w > 0.999 * 5e5);
  CHECK(h.actions.has(PlantAction::it_cap));
  CHECK(conservation_error(h) < 1e-9);
}

TEST_CASE("a tank states its margins") {
  const Site site = immersion_two_phase_dry(fluid_649());
  const SiteHour h = SiteModel::make(site)->hour(at(20), load(site.it.rated_boards_w));
  CHECK(h.coolant_c == doctest::Approx(49));
  CHECK(h.vapour_kg_s == doctest::Approx(h.liquid_heat_w / 88e3));
  CHECK(h.lid_c == doctest::Approx(49 + 700 / 40e-4 / 50e3));
  // Effectiveness 0.8 at rated flow: 10 K below the fluid for 8 K of rise.
  CHECK(h.supply_c == doctest::Approx(39).epsilon(0.01));
  CHECK(h.return_c == doctest::Approx(47).epsilon(0.01));
  CHECK(h.flux_margin > 1);
  CHECK(h.fan_w == 0);
}

TEST_CASE("a lid's critical heat flux caps the load") {
  Site site = immersion_two_phase_dry(fluid_649());
  site.plant.two_phase.boiling.surface = BoilingSurface::bare;
  const SiteHour h = SiteModel::make(site)->hour(at(20), load(site.it.rated_boards_w));
  CHECK(h.actions.has(PlantAction::it_cap));
  CHECK(h.flux_margin == doctest::Approx(1).epsilon(1e-4));
  // A bare plate carries about 10 W/cm2 of the lid's 17.5.
  CHECK(h.carried_w / site.it.rated_boards_w > 0.5);
  CHECK(h.carried_w / site.it.rated_boards_w < 0.7);
  CHECK(conservation_error(h) < 1e-9);
}

TEST_CASE("heat goes where it is wanted") {
  Site site = immersion_two_phase_dry(fluid_7100());
  site.reuse = {.enabled = true, .wanted_c = 50, .approach_k = 2, .max_share = 0.9};
  HourInput input = load(0.8 * site.it.rated_boards_w);
  input.reuse_demand_w = 3e5;
  const SiteHour h = SiteModel::make(site)->hour(at(10), input);
  CHECK(h.reused_w == doctest::Approx(3e5));
  CHECK(h.reuse_pump_w > 0);
  input.reuse_demand_w = 1e9;
  const SiteHour all = SiteModel::make(site)->hour(at(10), input);
  CHECK(all.reused_w == doctest::Approx(0.9 * (all.liquid_heat_w + all.facility_pump_w)));
  site.reuse.wanted_c = 70;  // warmer than the fluid boils
  CHECK(SiteModel::make(site)->hour(at(10), input).reused_w == 0);
}

TEST_CASE("no load, no nodes, no number") {
  for (const Site& site : presets()) {
    const auto model = SiteModel::make(site);
    REQUIRE(model);
    for (double watts : {0.0, -5.0, std::nan(""), 1e300}) {
      const SiteHour h = model->hour(at(20), load(watts));
      CHECK(all_finite(h));
      CHECK(conservation_error(h) < 1e-9);
    }
  }
}

TEST_CASE("absurd sites are refused by name") {
  struct Case {
    const char* path;
    std::function<void(Site&)> spoil;
  };
  const Case cases[] = {
      {"/it/rated_boards_w", [](Site& s) { s.it.rated_boards_w = -1; }},
      {"/it/psu/points/0/efficiency", [](Site& s) { s.it.psu.points[0].efficiency = 1.2; }},
      {"/chain/blocks/0/units", [](Site& s) { s.chain.blocks[0].units = 0; }},
      {"/plant/heat_oversize", [](Site& s) { s.plant.heat_oversize = std::nan(""); }},
      {"/plant/air/chilled_water_c", [](Site& s) { s.plant.air.chilled_water_c = 29; }},
      {"/plant/air/chiller/cop", [](Site& s) { s.plant.air.chiller.cop = 0; }},
      {"/plant/air/tower/cycles", [](Site& s) { s.plant.air.tower.cycles = 1; }},
      {"/plant/liquid/capture", [](Site& s) { s.plant.liquid.capture = 1.5; }},
      {"/plant/liquid/coolant_pump/efficiency",
       [](Site& s) { s.plant.liquid.coolant_pump.efficiency = 0; }},
      {"/plant/two_phase/condenser_effectiveness",
       [](Site& s) { s.plant.two_phase.condenser_effectiveness = 1; }},
      {"/plant/two_phase/fluid/molar_kg_mol",
       [](Site& s) { s.plant.two_phase.fluid.molar_kg_mol = 316; }},
      {"/plant/rejection/dry_cooler/rated_itd_k",
       [](Site& s) { s.plant.rejection.dry_cooler.rated_itd_k = -3; }},
      {"/reuse/max_share", [](Site& s) { s.reuse.max_share = 2; }},
      {"/other_share", [](Site& s) { s.other_share = -0.1; }},
  };
  for (const Case& one : cases) {
    Site site = air_best();
    one.spoil(site);
    const Result<SiteModel> model = SiteModel::make(site);
    REQUIRE_MESSAGE(!model, one.path);
    CHECK(model.error().path == one.path);
  }
}

TEST_CASE("every parameter goes to text and back") {
  for (const Site& site : presets()) {
    const Result<Site> back = from_json<Site>(to_json(site));
    REQUIRE(back);
    CHECK(*back == site);
  }
}

}  // namespace pentad::energy
