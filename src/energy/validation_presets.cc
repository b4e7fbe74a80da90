// Real machines as presets: their figures come from what was published about them.
#include "energy/presets.h"

namespace pentad::energy {
namespace {

constexpr double kFrontierNodes = 9472;  // 74 racks of 128

}  // namespace

// Figures of the machine's published simulator (RAPS, configuration of Frontier).
NodeModel frontier_node() {
  const Leakage none{.share = 0};
  const ChainBlock sivoc = frontier_sivoc(1);
  NodeModel node;
  node.name = "frontier";
  node.base_w = 0;
  node.cpus = {
      {.name = "epyc", .count = 1, .idle_w = 90, .max_w = 280, .precision = {}, .leakage = none}};
  node.devices = {
      {.name = "mi250x", .count = 4, .idle_w = 88, .max_w = 560, .precision = {}, .leakage = none}};
  node.memory_w = 74.26;
  node.network_w = 4 * 20;
  node.storage_w = 30;
  node.fans.share = 0;
  // The node's converter loses (P + 13) / 0.98 - P: a straight line, which the curve keeps exactly.
  node.psu = {.name = "sivoc", .rated_w = sivoc.unit_rated_w, .count = 1, .points = {}};
  for (double load : {0.1, 0.5, 1.0}) {
    const double watts = load * sivoc.unit_rated_w;
    node.psu.points.push_back({load, watts / ((watts + 13) / 0.98)});
  }
  return node;
}

Site frontier() {
  const NodeGroup group{frontier_node(), kFrontierNodes};
  Site site;
  site.name = "frontier";
  site.it = it_model(std::span(&group, 1)).value();
  site.it.network_w = 74 * 8 * 4 * 250.0;  // four switches in each of eight chassis a rack
  site.chain.blocks = {frontier_rectifier(kFrontierNodes), transformer_10kv()};
  site.other_share = 0;
  Plant& plant = site.plant;
  plant.kind = PlantKind::cold_plate;
  plant.liquid.capture = 0.96;
  plant.liquid.supply_c = 34;
  plant.liquid.approach_k = 2;
  // 25 distribution units of 8,473 W at constant speed.
  plant.liquid.coolant_pump.variable_speed = false;
  plant.liquid.facility_pump = {.pressure_pa = 250e3, .temp_rise_k = 8};
  plant.rejection.kind = RejectionKind::wet_tower;
  plant.rejection.approach_k = 2;
  return site;
}

// Oak Ridge's Summit in 2020: water at 21 C to the cabinets, from towers, in summer with trim
// chillers. Assumed: sizes, pump heads, the water's rise. Fitted to the even weeks of 2020 (see
// docs/validation.md): other_share, the chillers' power_factor, the exchanger's approach.
Site summit() {
  Site site;
  site.name = "summit";
  site.it.nodes = 4626;
  site.it.rated_boards_w = 9e6;
  site.it.leakage_share = 0;  // the measured IT power already holds it
  site.it.fans.share = 0;
  site.it.psu = {.name = "metered_at_input", .rated_w = 2000, .count = 2, .points = {{1.0, 1.0}}};
  site.chain.blocks = {transformer_10kv()};
  site.other_share = 0.01617;
  Plant& plant = site.plant;
  plant.kind = PlantKind::cold_plate;
  plant.liquid.capture = 1;  // cold plates and rear doors on the same water
  plant.liquid.supply_c = 21;
  plant.liquid.approach_k = 0;
  plant.liquid.coolant_pump.pressure_pa = 0;
  plant.liquid.facility_pump = {.pressure_pa = 250e3, .temp_rise_k = 8};
  plant.rejection.kind = RejectionKind::wet_tower;
  plant.rejection.wet_tower.design_wet_bulb_c = 24;
  plant.rejection.trim_chiller = true;
  plant.rejection.chiller.units = 5;
  plant.rejection.chiller.power_factor = 2.3275;
  plant.rejection.approach_k = 2.611;
  return site;
}

// A bench at Tongji University (Energies 2021, 14, 1395): pump and fan run at constant speed, so
// that the overhead per watt falls with the load. Their sum is fitted to the best coefficient of
// performance, 26.7.
Site bench_two_phase() {
  Site site;
  site.name = "bench_two_phase";
  site.it.nodes = 1;
  site.it.rated_boards_w = 10e3;
  site.it.leakage_share = 0;
  site.it.fans.share = 0;
  site.it.psu = {.name = "none", .rated_w = 10e3, .count = 1, .points = {{1.0, 1.0}}};
  site.chain.blocks = {};
  site.other_share = 0;
  Plant& plant = site.plant;
  plant.kind = PlantKind::immersion_two_phase;
  plant.two_phase.facility_pump = {.pressure_pa = 282e3, .temp_rise_k = 8, .variable_speed = false};
  plant.rejection.dry_cooler.rated_itd_k = 16;
  plant.rejection.dry_cooler.fan_w_per_w_k = 0.395;
  plant.rejection.dry_cooler.variable_speed = false;
  return site;
}

}  // namespace pentad::energy
