#include "energy/plant.h"

#include "energy/check.h"

namespace pentad::energy {
namespace {

void check_handler(Check& check, const AirHandler& handler) {
  check.in("handler/pressure_pa", handler.pressure_pa, 0, 5e3)
      .in("handler/efficiency", handler.efficiency, 0.05, 1)
      .in("handler/temp_rise_k", handler.temp_rise_k, 2, 40)
      .in("handler/exponent", handler.exponent, 1, 4)
      .in("handler/min_flow", handler.min_flow, 0.05, 1)
      .in("handler/spare_units", handler.spare_units, 0, 2);
}

Status check_air(const AirSide& air, const std::string& path) {
  Check check(path);
  check_handler(check, air.handler);
  check.in("supply_c", air.supply_c, 10, 45)
      .in("junction_rise_k", air.junction_rise_k, 0, 80)
      .in("chilled_water_c", air.chilled_water_c, 3, 30)
      .in("min_condenser_c", air.min_condenser_c, 5, 35)
      .in("economiser_approach_k", air.economiser_approach_k, 0.2, 10)
      .in("max_supply_c", air.max_supply_c, air.supply_c, 50)
      .in("exchanger_effectiveness", air.exchanger_effectiveness, 0.2, 0.98)
      .in("outside_pressure_pa", air.outside_pressure_pa, 0, 2e3)
      .in("pad_effectiveness", air.pad_effectiveness, 0, 1)
      .part(validate(air.chilled_water_pump, check.at("chilled_water_pump")))
      .part(validate(air.condenser_pump, check.at("condenser_pump")))
      .part(validate(air.chiller, check.at("chiller")))
      .part(validate(air.tower, check.at("tower")))
      .part(validate(air.dry_condenser, check.at("dry_condenser")));
  check.that("chilled_water_c", air.chilled_water_c < air.supply_c,
             "chilled water must be colder than the air it cools");
  return check.status();
}

Status check_liquid(const LiquidSide& liquid, const std::string& path) {
  Check check(path);
  check.in("capture", liquid.capture, 0.05, 1)
      .in("supply_c", liquid.supply_c, 10, 70)
      .in("max_rise_k", liquid.max_rise_k, 0, 30)
      .in("junction_rise_k", liquid.junction_rise_k, 0, 80)
      .in("approach_k", liquid.approach_k, 0, 20)
      .part(validate(liquid.coolant_pump, check.at("coolant_pump")))
      .part(validate(liquid.facility_pump, check.at("facility_pump")));
  return check.status();
}

Status check_two_phase(const TwoPhase& tank, const std::string& path) {
  Check check(path);
  check.in("capture", tank.capture, 0.05, 1)
      .in("pressure_pa", tank.pressure_pa, 60e3, 200e3)
      .in("allowed_rise_pa", tank.allowed_rise_pa, 0, 100e3)
      .in("condenser_effectiveness", tank.condenser_effectiveness, 0.2, 0.99)
      .in("charge_kg_kw", tank.charge_kg_kw, 0, 100)
      .in("loss_share_year", tank.loss_share_year, 0, 1)
      .in("boiling/chip_w", tank.boiling.chip_w, 0, 20e3)
      .in("boiling/area_m2", tank.boiling.area_m2, 1e-5, 1)
      .in("boiling/roughness_um", tank.boiling.roughness_um, 0.01, 100)
      .in("boiling/enhanced_w_m2_k", tank.boiling.enhanced_w_m2_k, 100, 1e6)
      .in("boiling/enhanced_flux", tank.boiling.enhanced_flux, 1, 10)
      .in("boiling/usable_flux", tank.boiling.usable_flux, 0.1, 1)
      .in("boiling/resistance_k_w", tank.boiling.resistance_k_w, 0, 1)
      .part(validate(tank.fluid, check.at("fluid")))
      .part(validate(tank.facility_pump, check.at("facility_pump")));
  return check.status();
}

}  // namespace

double liquid_share(const Plant& plant) {
  switch (plant.kind) {
    case PlantKind::air_chiller:
    case PlantKind::free_air_direct:
    case PlantKind::free_air_indirect:
      return 0;
    case PlantKind::cold_plate:
    case PlantKind::immersion_single_phase:
      return plant.liquid.capture;
    case PlantKind::immersion_two_phase:
      return plant.two_phase.capture;
  }
  return 0;
}

double fan_share(const Plant& plant) { return 1 - liquid_share(plant); }

Status validate(const Plant& plant, const std::string& path) {
  Check check(path);
  check.in("heat_oversize", plant.heat_oversize, 0.5, 5)
      .part(check_air(plant.air, check.at("air")))
      .part(check_liquid(plant.liquid, check.at("liquid")))
      .part(check_two_phase(plant.two_phase, check.at("two_phase")))
      .part(validate(plant.rejection, check.at("rejection")));
  return check.status();
}

}  // namespace pentad::energy
