// Where heat leaves the building: dry cooler (with a wetted pad if there is one), wet tower,
// chiller. All sizes are shares of the rated heat of the loop they serve, so that one description
// fits any centre; a plant is rated by Site::it.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <string>

#include "base/result.h"
#include "energy/psychrometrics.h"

namespace pentad::energy {

// A pump of a water loop: rated power = heat * pressure / (rho cp rise efficiency).
struct Pump {
  double pressure_pa = 180e3;
  double temp_rise_k = 8;  // of the water at rated heat and flow
  double efficiency = 0.68;
  bool variable_speed = true;
  double exponent = 2.5;  // power over flow
  double min_flow = 0.3;  // of the rated flow; fixed speed: always 1
  bool operator==(const Pump&) const = default;
};
BOOST_DESCRIBE_STRUCT(Pump, (),
                      (pressure_pa, temp_rise_k, efficiency, variable_speed, exponent, min_flow))

// Watts per watt of rated heat at full flow; flow that goes with a share of the rated heat; share
// of the rated power at that flow.
double rated_share(const Pump& pump);
double flow_at(const Pump& pump, double load);
double power_share_at(const Pump& pump, double flow);

// Q = Q_rated (ITD/ITD_rated) f^exponent with ITD = hot water - air; fan power = rated f^3.
struct DryCooler {
  double rated_itd_k = 16;       // carries the loop's rated heat at full fan speed
  double fan_w_per_w_k = 1.254;  // fan watts at full speed per W/K of coil: 11.3 % at 11.1 K
  double exponent = 0.7;
  double min_fan = 0.1;
  bool variable_speed = true;
  bool pad = false;  // wetted pad, used only in hours that need it
  double pad_effectiveness = 0.7;
  double air_kg_s_w_k = 1.6e-3;  // air through the coil at full speed per W/K of coil
  bool operator==(const DryCooler&) const = default;
};
BOOST_DESCRIBE_STRUCT(DryCooler, (),
                      (rated_itd_k, fan_w_per_w_k, exponent, min_fan, variable_speed, pad,
                       pad_effectiveness, air_kg_s_w_k))

// YorkCalc: approach from the wet bulb, the range and the ratio of water to air.
struct WetTower {
  double design_wet_bulb_c = 27;
  double design_range_k = 5.6;
  double design_approach_k = 4;  // at rated heat and full fan speed
  double fan_share = 0.0126;     // of rated heat, at full speed
  double min_fan = 0.15;         // slower than that, the fans cycle
  bool variable_speed = true;
  double latent_share = 0.80;  // of the heat that leaves as vapour
  double cycles = 5;           // of concentration: blow-down = evaporation / (cycles - 1)
  double windage = 0.0001;     // of the water flow
  double min_water_c = 5;      // no colder, against ice
  bool operator==(const WetTower&) const = default;
};
BOOST_DESCRIBE_STRUCT(WetTower, (),
                      (design_wet_bulb_c, design_range_k, design_approach_k, fan_share, min_fan,
                       variable_speed, latent_share, cycles, windage, min_water_c))

// The 27 coefficients as they are published: approach = sum c (lg^i)(range^j)(wet bulb^k), k
// fastest.
const std::array<double, 27>& york_coefficients();
// Approach of the leaving water over the wet bulb, K; lg = water flow / air flow, both over
// nominal.
double york_approach_k(double wet_bulb_c, double range_k, double lg);

// Quadratic in two temperatures: a + b Te + c Te^2 + d Tc + e Tc^2 + f Te Tc, Te the leaving
// chilled water, Tc the entering condenser water. The defaults are a 742 kW Carrier 19XR with
// variable speed.
struct Chiller {
  std::string name = "carrier_19xr_742kw_vsd";
  double cop = 5.42;  // at the reference point
  double te_reference_c = 5.56;
  double tc_reference_c = 21.11;
  std::array<double, 6> capacity = {0.9797101, -0.002895701,  -0.0008970718,
                                    0.0103144, -0.0007431651, 0.001453508};
  std::array<double, 6> eir = {0.9946139,    -0.04829399,  0.0004674277,
                               -0.001158726, 0.0005762583, 0.0002148192};
  std::array<double, 3> eir_part_load = {0.1202277, 0.1396384, 0.7394038};
  double te_min_c = 5.56, te_max_c = 10.0;  // the curves hold inside these
  double tc_min_c = 11.25, tc_max_c = 23.89;
  double min_part_load = 0.19;  // below: cycles at that load's efficiency
  double evaporator_k = 2;      // refrigerant below the chilled water
  double condenser_k = 7;       // refrigerant above the entering condenser water
  double oversize = 1.1;        // capacity over the rated heat of its loop
  double units = 2;             // equal; only as many run as the load needs
  double power_factor = 1;      // calibration: multiplies the power
  bool operator==(const Chiller&) const = default;
};
BOOST_DESCRIBE_STRUCT(Chiller, (),
                      (name, cop, te_reference_c, tc_reference_c, capacity, eir, eir_part_load,
                       te_min_c, te_max_c, tc_min_c, tc_max_c, min_part_load, evaporator_k,
                       condenser_k, oversize, units, power_factor))

// At full load and these water temperatures. Outside the curves' limits the COP is that of the
// nearest point inside times the ratio of the two Carnot COPs, with the refrigerant evaporator_k
// below and condenser_k above the water: no jump at the limit.
double chiller_capacity_factor(const Chiller& chiller, double te_c, double tc_c);
double chiller_eir_factor(const Chiller& chiller, double te_c, double tc_c);
double chiller_full_load_cop(const Chiller& chiller, double te_c, double tc_c);
// Power, W, of units with `reference_w` capacity in total that take `heat_w` from the chilled
// water.
double chiller_power_w(const Chiller& chiller, double reference_w, double heat_w, double te_c,
                       double tc_c);

BOOST_DEFINE_ENUM_CLASS(RejectionKind, dry_cooler, wet_tower)

// Cools one water loop. With trim_chiller the chiller takes what tower or dry cooler cannot bring
// down to the supply temperature, and gives its own heat to the same tower or cooler.
struct Rejection {
  RejectionKind kind = RejectionKind::dry_cooler;
  DryCooler dry_cooler;
  WetTower wet_tower;
  bool trim_chiller = false;
  Chiller chiller;
  double approach_k = 0;  // of a heat exchanger between loop and tower water
  Pump tower_pump{.pressure_pa = 150e3, .temp_rise_k = 5.6};  // wet tower only
  bool operator==(const Rejection&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rejection, (),
                      (kind, dry_cooler, wet_tower, trim_chiller, chiller, approach_k, tower_pump))

Status validate(const DryCooler& dry, const std::string& path = {});
Status validate(const WetTower& tower, const std::string& path = {});
Status validate(const Pump& pump, const std::string& path = {});
Status validate(const Rejection& rejection, const std::string& path = {});
Status validate(const Chiller& chiller, const std::string& path = {});

}  // namespace pentad::energy
