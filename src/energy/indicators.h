// Sums over hours and what standards make of them: PUE with category and period (ISO/IEC 30134-2),
// ERF
// (-6), CUE (-8), WUE (-9), ITUE and TUE, money. Each indicator says what it covers.
#pragma once

#include <boost/describe.hpp>
#include <string>

#include "base/result.h"
#include "energy/site.h"
#include "energy/tariff.h"

namespace pentad::energy {

// What a kWh from the grid costs the climate. Location-based: the grid's mean; market-based: what
// was bought (contracts, certificates).
struct Carbon {
  double location_kg_kwh = 0.5306;
  double market_kg_kwh = 0.5306;
  bool operator==(const Carbon&) const = default;
};
BOOST_DESCRIBE_STRUCT(Carbon, (), (location_kg_kwh, market_kg_kwh))

// Energies in kWh, masses in kg, money in yuan, over all hours added.
struct Totals {
  double hours = 0;
  double grid_kwh = 0, it_kwh = 0, pdu_output_kwh = 0, ups_output_kwh = 0;
  double boards_kwh = 0, leakage_kwh = 0, fan_kwh = 0, psu_loss_kwh = 0, network_kwh = 0;
  double it_chain_loss_kwh = 0, site_chain_loss_kwh = 0, other_kwh = 0, cooling_kwh = 0;
  double air_handler_kwh = 0, coolant_pump_kwh = 0, facility_pump_kwh = 0, condenser_pump_kwh = 0;
  double chiller_kwh = 0, tower_fan_kwh = 0, dry_cooler_fan_kwh = 0, outside_fan_kwh = 0;
  double reuse_pump_kwh = 0, reused_kwh = 0, rejected_kwh = 0, vented_kwh = 0;
  double water_kg = 0, fluid_loss_kg = 0;
  double carbon_location_kg = 0, carbon_market_kg = 0, carbon_fluid_kg = 0;
  double energy_cny = 0, fluid_cny = 0;
  double wanted_boards_kwh = 0, short_kwh = 0;
  double hours_short = 0, hours_raised = 0, hours_adiabatic = 0;
  double peak_grid_w = 0, peak_pressure_rise_pa = 0, peak_junction_c = 0;
  double least_flux_margin = 0;  // 0: nothing boiled
};
BOOST_DESCRIBE_STRUCT(Totals, (),
                      (hours, grid_kwh, it_kwh, pdu_output_kwh, ups_output_kwh, boards_kwh,
                       leakage_kwh, fan_kwh, psu_loss_kwh, network_kwh, it_chain_loss_kwh,
                       site_chain_loss_kwh, other_kwh, cooling_kwh, air_handler_kwh,
                       coolant_pump_kwh, facility_pump_kwh, condenser_pump_kwh, chiller_kwh,
                       tower_fan_kwh, dry_cooler_fan_kwh, outside_fan_kwh, reuse_pump_kwh,
                       reused_kwh, rejected_kwh, vented_kwh, water_kg, fluid_loss_kg,
                       carbon_location_kg, carbon_market_kg, carbon_fluid_kg, energy_cny, fluid_cny,
                       wanted_boards_kwh, short_kwh, hours_short, hours_raised, hours_adiabatic,
                       peak_grid_w, peak_pressure_rise_pa, peak_junction_c, least_flux_margin))

// Adds `hours` hours like this one (a part of an hour for shorter steps).
void add_hour(Totals& totals, const Site& site, const SiteHour& hour, const Carbon& carbon,
              double price_cny_kwh, double hours = 1);

// Where the IT energy of a PUE is metered.
BOOST_DEFINE_ENUM_CLASS(PueCategory, pue1_ups_output, pue2_pdu_output, pue3_it_input)

struct Indicators {
  PueCategory category = PueCategory::pue3_it_input;
  double period_hours = 0;
  bool interim = true;  // shorter than 12 months: print iPUE
  double pue = 0;
  double wue_l_kwh = 0;                                   // site water over IT energy, all sources
  double cue_location_kg_kwh = 0, cue_market_kg_kwh = 0;  // fugitive fluid included
  double cue_fluid_kg_kwh = 0;                            // of which fugitive fluid
  double erf = 0, ere = 0;
  double itue = 0, tue = 0;        // IT input and grid over boards and switches
  double partial_pue_cooling = 0;  // 1 + cooling over IT
  double cost_cny_kwh_it = 0;      // energy and fluid
};
BOOST_DESCRIBE_STRUCT(Indicators, (),
                      (category, period_hours, interim, pue, wue_l_kwh, cue_location_kg_kwh,
                       cue_market_kg_kwh, cue_fluid_kg_kwh, erf, ere, itue, tue,
                       partial_pue_cooling, cost_cny_kwh_it))

// Errors: invalid, path "/it_kwh", when no IT energy was used.
Result<Indicators> indicators(const Totals& totals,
                              PueCategory category = PueCategory::pue3_it_input);

// "168 h"; two digits below ten.
std::string period_text(double hours);

// "PUE3 1.043 (12 months, IT input metered)" or "iPUE3 1.051 (168 h, IT input metered)".
std::string pue_text(const Indicators& indicators);

// A saving never goes without its baseline. Relative: 1 - ours / baseline, for the same work:
// boards energy at reference temperature carried must agree within 0.1 %, else an error.
struct Saving {
  std::string baseline;
  double energy = 0, carbon = 0, cost = 0, water = 0;  // water 0 when the baseline uses none
};
BOOST_DESCRIBE_STRUCT(Saving, (), (baseline, energy, carbon, cost, water))
Result<Saving> saving(const Totals& ours, const Totals& baseline, const std::string& baseline_name);

}  // namespace pentad::energy
