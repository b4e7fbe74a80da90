// Cooling plants: how heat gets from the chips to the coolers of rejection.h.
//
// A plant has a liquid side that takes `capture` of the IT heat and an air side that takes the
// rest; the kind says which sides exist. Adding a kind: README.md of this folder.
#pragma once

#include <boost/describe.hpp>
#include <string>

#include "base/result.h"
#include "energy/fluid.h"
#include "energy/rejection.h"

namespace pentad::energy {

// air_chiller: CRAH, chilled water, chiller, tower or dry condenser. free_air_direct: outside air
// through the hall. free_air_indirect: air-to-air exchanger, wetted when needed. cold_plate: water
// on the chips, the rest by air_chiller. immersion_single_phase: oil. immersion_two_phase: boiling
// fluid.
BOOST_DEFINE_ENUM_CLASS(PlantKind, air_chiller, free_air_direct, free_air_indirect, cold_plate,
                        immersion_single_phase, immersion_two_phase)

// Fans that move air through hall or cold aisle: Q dp / (efficiency rho cp dT).
struct AirHandler {
  double pressure_pa = 500;
  double efficiency = 0.65;
  double temp_rise_k = 11;  // of the air through the servers
  bool variable_speed = true;
  double exponent = 3;  // power over flow
  double min_flow = 0.4;
  double spare_units = 0.25;  // N+1: installed over needed, less one; all run when speed varies
  bool operator==(const AirHandler&) const = default;
};
BOOST_DESCRIBE_STRUCT(AirHandler, (),
                      (pressure_pa, efficiency, temp_rise_k, variable_speed, exponent, min_flow,
                       spare_units))

struct AirSide {
  double supply_c = 24;         // air to the servers
  double junction_rise_k = 60;  // chips above that air at rated load; in proportion below
  AirHandler handler;
  // chilled water; used by air_chiller and cold_plate
  double chilled_water_c = 18;
  Pump chilled_water_pump{.pressure_pa = 200e3, .temp_rise_k = 6};
  Chiller chiller;
  RejectionKind condenser = RejectionKind::wet_tower;
  WetTower tower;
  DryCooler dry_condenser;
  Pump condenser_pump{.pressure_pa = 200e3, .temp_rise_k = 5.6};
  double min_condenser_c = 12;  // coldest condenser water while chillers run
  bool economiser = true;       // tower water cools the return in part or in full
  double economiser_approach_k = 1.5;
  // free air
  double max_supply_c = 32;  // the hall may get that warm before heat counts as not carried
  double exchanger_effectiveness = 0.7;  // indirect
  double outside_pressure_pa = 250;      // of the outside air stream, indirect
  bool pad = true;                       // evaporative: adiabatic pad or wetted exchanger
  double pad_effectiveness = 0.8;
  bool operator==(const AirSide&) const = default;
};
BOOST_DESCRIBE_STRUCT(AirSide, (),
                      (supply_c, junction_rise_k, handler, chilled_water_c, chilled_water_pump,
                       chiller, condenser, tower, dry_condenser, condenser_pump, min_condenser_c,
                       economiser, economiser_approach_k, max_supply_c, exchanger_effectiveness,
                       outside_pressure_pa, pad, pad_effectiveness))

// Cold plate and single-phase immersion: a technology loop (water or oil) gives its heat to the
// facility water through an exchanger.
struct LiquidSide {
  double capture = 0.75;        // of the IT heat
  double supply_c = 35;         // technology loop to the chips or the tank
  double max_rise_k = 0;        // it may get so much warmer before the load is capped
  double junction_rise_k = 28;  // chips above the supply at rated load; in proportion below
  Pump coolant_pump{.pressure_pa = 280e3, .temp_rise_k = 10};  // also for oil: in water equivalents
  double approach_k = 4;  // technology supply over facility supply
  Pump facility_pump;
  bool operator==(const LiquidSide&) const = default;
};
BOOST_DESCRIBE_STRUCT(LiquidSide, (),
                      (capture, supply_c, max_rise_k, junction_rise_k, coolant_pump, approach_k,
                       facility_pump))

BOOST_DEFINE_ENUM_CLASS(BoilingSurface, bare, enhanced)

// The lid or spreader of the hottest chip in a boiling tank.
struct Boiling {
  BoilingSurface surface = BoilingSurface::enhanced;
  double chip_w = 700;  // at full load
  double area_m2 = 40e-4;
  double roughness_um = 1;        // bare: Cooper
  double enhanced_w_m2_k = 50e3;  // coated surface, 20..100 kW/m2K
  double enhanced_flux = 2.5;     // critical heat flux over Zuber's, 2..3
  double usable_flux = 0.7;       // share of the critical flux that may be used
  double resistance_k_w = 0.03;   // junction to lid
  bool operator==(const Boiling&) const = default;
};
BOOST_DESCRIBE_STRUCT(Boiling, (),
                      (surface, chip_w, area_m2, roughness_um, enhanced_w_m2_k, enhanced_flux,
                       usable_flux, resistance_k_w))

// Sealed tanks of boiling fluid under a condenser coil.
struct TwoPhase {
  Fluid fluid;
  double capture = 1.0;
  double pressure_pa = 101325;           // the tank's, in normal hours
  double allowed_rise_pa = 10e3;         // above, in warm hours
  double condenser_effectiveness = 0.8;  // at rated heat and flow
  Pump facility_pump;
  Boiling boiling;
  double charge_kg_kw = 1.5;      // fluid per kW of rated heat
  double loss_share_year = 0.02;  // of the charge, lid openings included
  bool operator==(const TwoPhase&) const = default;
};
BOOST_DESCRIBE_STRUCT(TwoPhase, (),
                      (fluid, capture, pressure_pa, allowed_rise_pa, condenser_effectiveness,
                       facility_pump, boiling, charge_kg_kw, loss_share_year))

struct Plant {
  PlantKind kind = PlantKind::air_chiller;
  AirSide air;                 // kinds air_*, free_air_*, and the rest of the heat in the others
  LiquidSide liquid;           // cold_plate, immersion_single_phase
  TwoPhase two_phase;          // immersion_two_phase
  Rejection rejection;         // of the liquid side
  double heat_oversize = 1.0;  // rated heat of plant over rated IT input
  bool operator==(const Plant&) const = default;
};
BOOST_DESCRIBE_STRUCT(Plant, (), (kind, air, liquid, two_phase, rejection, heat_oversize))

// Share of the IT heat that the liquid side takes; share of the nodes' fans that stays.
double liquid_share(const Plant& plant);
double fan_share(const Plant& plant);

Status validate(const Plant& plant, const std::string& path = {});

}  // namespace pentad::energy
