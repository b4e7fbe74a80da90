#include "energy/presets.h"

namespace pentad::energy {
namespace {

constexpr double kNodeBoardsW = 8000;  // eight accelerators

ItModel it_of(double rated_boards_w, double fan_share) {
  ItModel it;
  it.nodes = rated_boards_w / kNodeBoardsW;
  it.rated_boards_w = rated_boards_w;
  it.fans.share = fan_share;
  it.psu = {.name = "80plus_titanium",
            .rated_w = 3000,
            .count = 4,
            .points = {{0.1, 0.90}, {0.2, 0.94}, {0.5, 0.96}, {1.0, 0.91}}};
  return it;
}

Site site_of(const char* name, double rated_boards_w, double fan_share, const ChainBlock& ups) {
  Site site;
  site.name = name;
  site.it = it_of(rated_boards_w, fan_share);
  // Two UPS systems, each for the whole load with a margin: they run at 30 % at 70 % of the load.
  ChainBlock redundant = ups;
  redundant.redundancy = Redundancy::two_n;
  redundant.design_load = 0.86;
  site.chain.blocks = {busway(), redundant, transformer_10kv()};
  return site;
}

Site cold_plate(const char* name, double rated_boards_w) {
  Site site = site_of(name, rated_boards_w, 0.10, ups_double_conversion());
  site.plant.kind = PlantKind::cold_plate;
  site.plant.liquid.facility_pump = {.pressure_pa = 150e3, .temp_rise_k = 10};
  return site;
}

Site two_phase(const char* name, const Fluid& fluid, double rated_boards_w) {
  Site site = site_of(name, rated_boards_w, 0, ups_eco());
  site.plant.kind = PlantKind::immersion_two_phase;
  site.plant.two_phase.fluid = fluid;
  site.plant.rejection.dry_cooler.rated_itd_k = 18.8;
  return site;
}

}  // namespace

Site air_legacy(double rated_boards_w) {
  Site site = site_of("air_legacy", rated_boards_w, 0.12, ups_legacy());
  AirSide& air = site.plant.air;
  air.supply_c = 20;
  air.handler.variable_speed = false;
  air.chilled_water_c = 8;
  air.chilled_water_pump.variable_speed = false;
  air.condenser_pump.variable_speed = false;
  air.tower.variable_speed = false;
  air.min_condenser_c = 22;
  air.economiser = false;
  ChainBlock& ups = site.chain.blocks[1];
  ups.redundancy = Redundancy::n_plus_1;
  ups.units = 2;
  site.it.psu.name = "80plus_gold";
  site.it.psu.points = {{0.2, 0.88}, {0.5, 0.92}, {1.0, 0.88}};
  return site;
}

Site air_best(double rated_boards_w) {
  Site site = site_of("air_best", rated_boards_w, 0.10, ups_double_conversion());
  site.plant.air.supply_c = 25;
  return site;
}

Site air_free_direct(double rated_boards_w) {
  Site site = site_of("air_free_direct", rated_boards_w, 0.10, ups_double_conversion());
  site.plant.kind = PlantKind::free_air_direct;
  return site;
}

Site air_free_indirect(double rated_boards_w) {
  Site site = site_of("air_free_indirect", rated_boards_w, 0.10, ups_double_conversion());
  site.plant.kind = PlantKind::free_air_indirect;
  return site;
}

Site cold_plate_dry(double rated_boards_w) { return cold_plate("cold_plate_dry", rated_boards_w); }

Site cold_plate_wet(double rated_boards_w) {
  Site site = cold_plate("cold_plate_wet", rated_boards_w);
  site.plant.rejection.kind = RejectionKind::wet_tower;
  return site;
}

Site immersion_single_phase(double rated_boards_w) {
  Site site = site_of("immersion_single_phase", rated_boards_w, 0, ups_double_conversion());
  site.plant.kind = PlantKind::immersion_single_phase;
  site.plant.liquid.capture = 1;
  site.plant.liquid.supply_c = 45;
  site.plant.liquid.junction_rise_k = 35;
  site.plant.liquid.approach_k = 6;
  site.plant.liquid.coolant_pump = {.pressure_pa = 150e3, .temp_rise_k = 8};
  return site;
}

Site immersion_two_phase_dry(const Fluid& fluid, double rated_boards_w) {
  return two_phase("immersion_two_phase_dry", fluid, rated_boards_w);
}

Site immersion_two_phase_wet(const Fluid& fluid, double rated_boards_w) {
  Site site = two_phase("immersion_two_phase_wet", fluid, rated_boards_w);
  site.plant.rejection.kind = RejectionKind::wet_tower;
  site.plant.rejection.tower_pump = {.pressure_pa = 100e3, .temp_rise_k = 8};
  return site;
}

Fluid fluid_649() { return {}; }

Fluid fluid_7100() {
  return {.name = "HFE-7100",
          .boiling_c = 61,
          .molar_kg_mol = 0.250,
          .density_kg_m3 = 1510,
          .latent_heat_j_kg = 112e3,
          .heat_capacity_j_kg_k = 1183,
          .conductivity_w_m_k = 0.069,
          .viscosity_pa_s = 0.58e-3,
          .surface_tension_n_m = 13.6e-3,
          .critical_pressure_pa = 2.23e6,
          .gwp100 = 297,
          .price_cny_kg = 500};
}

Fluid fluid_fc3284() {
  return {.name = "FC-3284",
          .boiling_c = 50,
          .molar_kg_mol = 0.299,
          .density_kg_m3 = 1710,
          .latent_heat_j_kg = 105e3,
          .heat_capacity_j_kg_k = 1100,
          .conductivity_w_m_k = 0.062,
          .viscosity_pa_s = 0.71e-3,
          .surface_tension_n_m = 13e-3,
          .critical_pressure_pa = 1.88e6,
          .gwp100 = 9000,
          .price_cny_kg = 900};
}

}  // namespace pentad::energy
