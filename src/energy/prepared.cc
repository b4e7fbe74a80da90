#include "energy/prepared.h"

#include <algorithm>
#include <cmath>

namespace pentad::energy {
namespace {

constexpr double kSecondsPerYear = 365.0 * 86400;

double rated_electric_w(const SiteModel::Prepared& p) {
  return p.coolant_pump_rated_w + p.facility_pump_rated_w +
         (p.liquid_share > 0 ? p.rejection.rated_electric_w() : 0) +
         (p.air_rated_w > 0 ? p.air.rated_electric_w() : 0);
}

// `flow` is at least the pump's least.
double pump_w(const Pump& pump, double rated_w, double flow) {
  return pump.variable_speed ? rated_w * power_of(flow, pump.exponent) : rated_w;
}

}  // namespace

SiteModel::Prepared::Prepared(const Site& from) : site(from), psu(from.it.psu.points) {
  const Plant& plant = site.plant;
  is_two_phase = plant.kind == PlantKind::immersion_two_phase;
  is_loop = plant.kind == PlantKind::cold_plate || plant.kind == PlantKind::immersion_single_phase;
  liquid_share = energy::liquid_share(plant);
  fan_share = energy::fan_share(plant);
  const TwoPhase& tank = plant.two_phase;
  ntu = -std::log(1 - tank.condenser_effectiveness);
  base_boiling_c = saturation_temp_c(tank.fluid, tank.pressure_pa);
  base_flux_w_m2 = critical_heat_flux_w_m2(tank.fluid, base_boiling_c);

  SiteHour rated;
  it_power({.boards_w = site.it.rated_boards_w, .nodes = 0}, {}, rated);
  rated_it_w = rated.it_w;
  liquid_rated_w = std::max(rated_it_w * plant.heat_oversize * liquid_share, 1e-6);
  air_rated_w = rated_it_w * plant.heat_oversize * (1 - liquid_share);
  other_w = site.other_share * rated_it_w;

  const Pump& facility = is_two_phase ? tank.facility_pump : plant.liquid.facility_pump;
  if (is_two_phase || is_loop) facility_pump_rated_w = rated_share(facility) * liquid_rated_w;
  if (is_loop) coolant_pump_rated_w = rated_share(plant.liquid.coolant_pump) * liquid_rated_w;
  facility_capacity_w_k = liquid_rated_w / facility.temp_rise_k;
  rejection = RejectionModel(plant.rejection,
                             liquid_rated_w + facility_pump_rated_w + coolant_pump_rated_w);
  air = AirModel(plant.air, plant.kind, air_rated_w);
  size_chain();
}

void SiteModel::Prepared::size_chain() {
  double output_w = rated_it_w;
  bool is_site = false;
  for (size_t i = 0; i < site.chain.blocks.size(); ++i) {
    const ChainBlock& block = site.chain.blocks[i];
    if (block.feeds == BlockFeeds::site && !is_site) {
      output_w += rated_electric_w(*this) + other_w;
      is_site = true;
    }
    unit_rated_w[i] =
        block.unit_rated_w > 0 ? block.unit_rated_w : output_w / block.design_load / block.units;
    output_w += block_loss_w(block, unit_rated_w[i], output_w);
  }
}

SiteModel::Prepared::Coolant SiteModel::Prepared::coolant(const Allowance& allowed,
                                                          double load_share) const {
  const Plant& plant = site.plant;
  if (is_loop) {
    return {plant.liquid.supply_c + allowed.rise_k, plant.liquid.junction_rise_k, 0};
  }
  if (!is_two_phase) {
    return {plant.air.supply_c + allowed.rise_k, plant.air.junction_rise_k, 0};
  }
  const TwoPhase& tank = plant.two_phase;
  const Boiling& lid = tank.boiling;
  Coolant c;
  c.temp_c = allowed.rise_pa > 0 ? saturation_temp_c(tank.fluid, tank.pressure_pa + allowed.rise_pa)
                                 : base_boiling_c;
  const double flux = lid.chip_w * load_share / lid.area_m2;
  if (flux > 0) {
    const double h = lid.surface == BoilingSurface::enhanced
                         ? lid.enhanced_w_m2_k
                         : cooper_w_m2_k(tank.fluid, c.temp_c, flux, lid.roughness_um);
    c.superheat_k = flux / h;
  }
  c.junction_rise_k = lid.resistance_k_w * lid.chip_w;
  return c;
}

// Boards with leakage at the real junction temperature, fans, supplies.
void SiteModel::Prepared::it_power(const ItLoad& load, const Allowance& allowed,
                                   SiteHour& h) const {
  const ItModel& it = site.it;
  const double nodes = load.nodes > 0 ? std::min(load.nodes, it.nodes) : it.nodes;
  const double powered = nodes / it.nodes;
  const double rated_w = it.rated_boards_w * powered;
  const double share = load.boards_w / rated_w;
  const Coolant c = coolant(allowed, share);
  h.network_w = it.network_w;
  if (load.boards_w <= 0) {
    h.junction_c = c.temp_c;
    h.coolant_c = c.temp_c;
    h.it_w = h.network_w;
    return;
  }
  // Newton on L = reference (exp(k (Tj - Tref)) - 1), Tj = coolant + rise (load + L) / rated.
  // Chips that are nearly off do not leak more than half of what they draw.
  const double reference_w = std::min(it.leakage_share * rated_w, 0.5 * load.boards_w);
  const double start_k = c.temp_c + c.superheat_k + c.junction_rise_k * share - it.reference_c;
  const double per_w = it.leakage_per_k * c.junction_rise_k / rated_w;
  double leakage_w = 0;
  for (int i = 0; i < 3 && reference_w > 0; ++i) {
    const double growth = std::exp(it.leakage_per_k * start_k + per_w * leakage_w);
    leakage_w -=
        (leakage_w - reference_w * (growth - 1)) / std::max(1 - reference_w * growth * per_w, 0.1);
  }
  leakage_w = std::min(leakage_w, rated_w);  // a guard; validate() keeps designs far below
  h.leakage_w = leakage_w;
  h.boards_w = load.boards_w + leakage_w;
  h.coolant_c = c.temp_c;
  h.junction_c = c.temp_c + c.superheat_k + c.junction_rise_k * h.boards_w / rated_w;
  const double fans = it.fans.share * fan_share;
  if (fans > 0) {
    const double flow = std::max(h.boards_w / rated_w, it.fans.min_flow);
    h.fan_w = fans * rated_w * power_of(flow, it.fans.exponent);
  }
  h.psu_loss_w = psu.loss_w(h.boards_w + h.fan_w, nodes * it.psu.rated_w * it.psu.count);
  h.it_w = h.boards_w + h.fan_w + h.psu_loss_w + h.network_w;
}

double SiteModel::Prepared::boil(const Allowance& allowed, double load_share, SiteHour& h) const {
  const TwoPhase& tank = site.plant.two_phase;
  const Boiling& lid = tank.boiling;
  h.tank_pressure_pa = tank.pressure_pa + allowed.rise_pa;
  h.vapour_kg_s = vapour_flow_kg_s(tank.fluid, h.liquid_heat_w);
  h.fluid_loss_kg_s =
      tank.charge_kg_kw * liquid_rated_w / 1000 * tank.loss_share_year / kSecondsPerYear;
  const Coolant c = coolant(allowed, load_share);
  h.lid_c = c.temp_c + c.superheat_k;
  const double critical =
      allowed.rise_pa > 0 ? critical_heat_flux_w_m2(tank.fluid, c.temp_c) : base_flux_w_m2;
  const double gain = lid.surface == BoilingSurface::enhanced ? lid.enhanced_flux : 1;
  const double flux = lid.chip_w * load_share / lid.area_m2;
  h.flux_margin = std::min(lid.usable_flux * gain * critical / std::max(flux, 1e-3), 1e3);
  return h.flux_margin - 1;
}

// Facility water from the tank's condenser or the technology loop's exchanger to the coolers.
double SiteModel::Prepared::liquid_side(const WeatherHour& weather, double reuse_demand_w,
                                        const Allowance& allowed, double load_share,
                                        SiteHour& h) const {
  const Plant& plant = site.plant;
  const double load = h.liquid_heat_w / liquid_rated_w;
  double heat_w = h.liquid_heat_w;
  if (is_loop) {
    const Pump& pump = plant.liquid.coolant_pump;
    h.coolant_pump_w = pump_w(pump, coolant_pump_rated_w, flow_at(pump, load));
    heat_w += h.coolant_pump_w;
  }
  const Pump& facility = is_two_phase ? plant.two_phase.facility_pump : plant.liquid.facility_pump;
  const double flow = flow_at(facility, load);
  const double capacity_w_k = flow * facility_capacity_w_k;
  h.facility_pump_w = pump_w(facility, facility_pump_rated_w, flow);
  double flux_margin = 1;
  if (is_two_phase) {
    flux_margin = boil(allowed, load_share, h);
    const double effectiveness =
        flow == 1 ? plant.two_phase.condenser_effectiveness : 1 - std::exp(-ntu / flow);
    h.supply_c = h.coolant_c - heat_w / (effectiveness * capacity_w_k);
  } else {
    h.supply_c = h.coolant_c - plant.liquid.approach_k;
  }
  heat_w += h.facility_pump_w;
  h.return_c = h.supply_c + heat_w / capacity_w_k;
  double hot_c = h.return_c;
  if (site.reuse.enabled && reuse_demand_w > 0 &&
      h.return_c >= site.reuse.wanted_c + site.reuse.approach_k) {
    h.reused_w = std::min(reuse_demand_w, site.reuse.max_share * heat_w);
    h.reuse_pump_w = site.reuse.pump_share * h.reused_w;
    hot_c -= h.reused_w / capacity_w_k;
  }
  const RejectionResult r =
      rejection.solve(weather, heat_w - h.reused_w, h.supply_c, hot_c, allowed.pad);
  h.fan_speed = r.fan;
  h.tower_fan_w += r.tower_fan_w;
  h.dry_cooler_fan_w += r.dry_fan_w;
  h.condenser_pump_w += r.tower_pump_w;
  h.chiller_w += r.chiller_w;
  h.tower_heat_w += r.tower_heat_w;
  h.dry_heat_w += r.dry_heat_w;
  h.water_kg_s += r.water_kg_s;
  return std::min(r.margin, flux_margin);
}

double SiteModel::Prepared::air_side(const WeatherHour& weather, const Allowance& allowed,
                                     SiteHour& h) const {
  const AirResult r = air.solve(weather, h.air_heat_w, allowed.rise_k, allowed.pad);
  h.air_handler_w = r.handler_w;
  h.facility_pump_w += r.chilled_pump_w;
  h.condenser_pump_w += r.condenser_pump_w;
  h.chiller_w += r.chiller_w;
  h.tower_fan_w += r.tower_fan_w;
  h.dry_cooler_fan_w += r.dry_fan_w;
  h.outside_fan_w = r.outside_fan_w;
  h.tower_heat_w += r.tower_heat_w;
  h.dry_heat_w += r.dry_heat_w;
  h.air_out_w = r.air_out_w;
  h.water_kg_s += r.water_kg_s;
  h.economiser_share = r.economiser_share;
  if (liquid_share <= 0) {
    h.supply_c = r.water_supply_c;
    h.return_c = r.water_return_c;
  }
  return r.margin;
}

// From the IT inlet to the grid, in watts.
void SiteModel::Prepared::chain(SiteHour& h) const {
  double output_w = h.it_w;
  bool is_site = false, has_pdu = false, has_ups = false;
  h.pdu_output_w = h.it_w;
  const std::vector<ChainBlock>& blocks = site.chain.blocks;
  h.chain_levels = static_cast<uint32_t>(blocks.size());
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].feeds == BlockFeeds::site && !is_site) {
      if (!has_ups) h.ups_output_w = output_w;
      output_w += h.cooling_w + h.other_w;
      is_site = true;
    }
    if (blocks[i].kind == BlockKind::distribution && !has_pdu && !is_site) {
      h.pdu_output_w = output_w;
      has_pdu = true;
    }
    if (blocks[i].kind == BlockKind::ups && !is_site) {
      h.ups_output_w = output_w;
      has_ups = true;
    }
    const double loss_w = block_loss_w(blocks[i], unit_rated_w[i], output_w);
    h.chain[i] = {output_w, loss_w, output_w + loss_w};
    (is_site ? h.site_chain_loss_w : h.it_chain_loss_w) += loss_w;
    output_w += loss_w;
  }
  if (!is_site) {
    if (!has_ups) h.ups_output_w = output_w;
    output_w += h.cooling_w + h.other_w;
  }
  h.grid_w = output_w;
}

double SiteModel::Prepared::attempt(const WeatherHour& weather, const ItLoad& load,
                                    double reuse_demand_w, const Allowance& allowed,
                                    SiteHour& h) const {
  h = SiteHour{};
  it_power(load, allowed, h);
  h.liquid_heat_w = h.it_w * liquid_share;
  h.air_heat_w = h.it_w - h.liquid_heat_w;
  const double nodes = load.nodes > 0 ? std::min(load.nodes, site.it.nodes) : site.it.nodes;
  const double load_share = load.boards_w / (site.it.rated_boards_w * nodes / site.it.nodes);
  double margin = 1;
  if (liquid_share > 0) {
    margin = liquid_side(weather, reuse_demand_w, allowed, load_share, h);
  }
  if (air_rated_w > 0) margin = std::min(margin, air_side(weather, allowed, h));
  h.cooling_w = h.air_handler_w + h.coolant_pump_w + h.facility_pump_w + h.chiller_w +
                h.condenser_pump_w + h.tower_fan_w + h.dry_cooler_fan_w + h.outside_fan_w +
                h.reuse_pump_w;
  h.other_w = other_w;
  chain(h);
  h.rejected_w = h.tower_heat_w + h.dry_heat_w + h.air_out_w + h.tower_fan_w + h.dry_cooler_fan_w +
                 h.outside_fan_w;
  h.vented_w = h.it_chain_loss_w + h.site_chain_loss_w + h.other_w + h.reuse_pump_w;
  h.carried_w = load.boards_w;
  return margin;
}

}  // namespace pentad::energy
