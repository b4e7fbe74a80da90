// One centre, one hour: every watt from the grid to the chip and every joule of heat from the chip
// to the air, and what was done when the plant could not carry it.
//
//   Result<SiteModel> model = SiteModel::make(site);             // checks and prepares, once a
//   design SiteHour hour = model->hour(weather, {.boards_w = 7e5});     // about a microsecond
//
// Nothing is clipped in silence: if the plant cannot carry the wanted load, the actions taken stand
// in `actions` in their order, and what remains is in `short_w`.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "energy/it_power.h"
#include "energy/plant.h"
#include "energy/power_chain.h"
#include "energy/psychrometrics.h"

namespace pentad::energy {

// Heat above `wanted_c` that somebody outside takes: HourInput::reuse_demand_w says how much.
struct HeatReuse {
  bool enabled = false;
  double wanted_c = 45;  // the return water must be that warm plus approach_k
  double approach_k = 2;
  double max_share = 1.0;     // of the liquid side's heat
  double pump_share = 0.005;  // electric, of the heat delivered
  bool operator==(const HeatReuse&) const = default;
};
BOOST_DESCRIBE_STRUCT(HeatReuse, (), (enabled, wanted_c, approach_k, max_share, pump_share))

struct Site {
  std::string name;
  ItModel it;
  PowerChain chain;
  Plant plant;
  HeatReuse reuse;
  double other_share = 0.005;  // light, offices, controls: of the rated IT input, always on
  bool operator==(const Site&) const = default;
};
BOOST_DESCRIBE_STRUCT(Site, (), (name, it, chain, plant, reuse, other_share))

// Refuses what is negative, absurd or contradicting; the path names the field, as
// "/plant/liquid/capture".
Status validate(const Site& site);

// The load that the nodes want: boards without fans, leakage at the reference temperature (what
// rated_boards_w() and utilisation give). `nodes` powered on; 0: all of the model.
struct ItLoad {
  double boards_w = 0;
  double nodes = 0;
};
BOOST_DESCRIBE_STRUCT(ItLoad, (), (boards_w, nodes))

struct HourInput {
  ItLoad load;
  double reuse_demand_w = 0;  // heat wanted outside in this hour
};
BOOST_DESCRIBE_STRUCT(HourInput, (), (load, reuse_demand_w))

// What was done in an hour too warm for the plant, in the order it is tried.
BOOST_DEFINE_ENUM_CLASS(PlantAction, temperature_rise, pressure_rise, adiabatic, it_cap)

struct Actions {
  static constexpr size_t capacity = 4;
  std::array<PlantAction, capacity> list{};
  size_t count = 0;
  void add(PlantAction action) { list[count++] = action; }
  bool has(PlantAction action) const;
  std::span<const PlantAction> taken() const { return {list.data(), count}; }
};

// All powers in W are means over the hour. Conservation, each below 1e-9 relative:
//   it_w      = boards_w + fan_w + psu_loss_w
//   cooling_w = air_handler_w + coolant_pump_w + facility_pump_w + chiller_w + condenser_pump_w +
//               tower_fan_w + dry_cooler_fan_w + outside_fan_w + reuse_pump_w
//   grid_w    = it_w + it_chain_loss_w + cooling_w + other_w + site_chain_loss_w
//   heat_w    = it_w = liquid_heat_w + air_heat_w
//   grid_w    = rejected_w + reused_w + vented_w       (all electricity becomes heat)
struct SiteHour {
  // IT, from the chips outwards
  double wanted_boards_w = 0;  // as asked
  double boards_w = 0;         // as carried, with leakage at the real junction temperature
  double leakage_w = 0;        // part of boards_w due to the junctions' distance from the reference
  double fan_w = 0;
  double psu_loss_w = 0;
  double network_w = 0;
  double it_w = 0;  // IT inlet: E_IT of PUE3
  // power chain
  std::array<ChainLevel, kMaxChainBlocks> chain{};
  uint32_t chain_levels = 0;
  double pdu_output_w = 0;     // E_IT of PUE2: out of the distribution nearest to the IT
  double ups_output_w = 0;     // E_IT of PUE1: out of the UPS; without one, into the last IT block
  double it_chain_loss_w = 0;  // blocks that feed the IT only
  double site_chain_loss_w = 0;  // blocks that feed all
  double other_w = 0;
  double grid_w = 0;
  // cooling, electric
  double air_handler_w = 0;
  double coolant_pump_w = 0;    // technology loop
  double facility_pump_w = 0;   // facility and chilled water
  double condenser_pump_w = 0;  // tower water
  double chiller_w = 0;
  double tower_fan_w = 0;
  double dry_cooler_fan_w = 0;
  double outside_fan_w = 0;  // free air
  double reuse_pump_w = 0;
  double cooling_w = 0;
  // heat
  double liquid_heat_w = 0;  // IT heat taken by the liquid
  double air_heat_w = 0;
  double tower_heat_w = 0;  // into wet towers
  double dry_heat_w = 0;    // into dry coolers and condensers
  double air_out_w = 0;     // into outside air by free cooling
  double rejected_w = 0;    // tower + dry + air out + the fans that blow through them
  double reused_w = 0;
  double vented_w = 0;  // chain losses and the rest: leave through the rooms
  // water and fluid
  double water_kg_s = 0;  // evaporation, blow-down, windage
  double fluid_loss_kg_s = 0;
  // state of the plant
  double coolant_c = 0;  // air to the servers, technology supply, or boiling fluid
  double supply_c = 0;   // facility water to the condenser or exchanger
  double return_c = 0;
  double junction_c = 0;        // mean chip, from ItModel
  double tank_pressure_pa = 0;  // two-phase
  double vapour_kg_s = 0;
  double lid_c = 0;
  double flux_margin =
      0;  // usable critical flux over the hottest lid's; the load is capped to keep 1
  double economiser_share = 0;  // of the air side's heat
  double fan_speed = 0;         // of the liquid side's coolers, 0..1
  // what could not be carried
  double carried_w = 0;  // boards at the reference temperature: wanted_boards_w - short_w
  double short_w = 0;
  Actions actions;
};
// All numbers but the chain's levels and the actions, for tables and files.
BOOST_DESCRIBE_STRUCT(SiteHour, (),
                      (wanted_boards_w, boards_w, leakage_w, fan_w, psu_loss_w, network_w, it_w,
                       pdu_output_w, ups_output_w, it_chain_loss_w, site_chain_loss_w, other_w,
                       grid_w, air_handler_w, coolant_pump_w, facility_pump_w, condenser_pump_w,
                       chiller_w, tower_fan_w, dry_cooler_fan_w, outside_fan_w, reuse_pump_w,
                       cooling_w, liquid_heat_w, air_heat_w, tower_heat_w, dry_heat_w, air_out_w,
                       rejected_w, reused_w, vented_w, water_kg_s, fluid_loss_kg_s, coolant_c,
                       supply_c, return_c, junction_c, tank_pressure_pa, vapour_kg_s, lid_c,
                       flux_margin, economiser_share, fan_speed, carried_w, short_w))

// A site made ready. Cheap to copy, immutable, safe to share between threads. Weather must come
// from weather_hour(): it is not checked again.
class SiteModel {
 public:
  // Errors: those of validate().
  static Result<SiteModel> make(const Site& site);

  // The load is brought to 0..1.5 of rated; what is above stands in short_w. Not finite counts as
  // 0.
  SiteHour hour(const WeatherHour& weather, const HourInput& input) const;

  const Site& site() const;
  double rated_it_w() const;    // IT inlet at rated load and design coolant
  double rated_heat_w() const;  // of the plant
  struct Prepared;

 private:
  std::shared_ptr<const Prepared> prepared_;
};

// For one hour only; prepares each time.
Result<SiteHour> site_hour(const Site& site, const WeatherHour& weather, const HourInput& input);

// The largest relative violation of the sums above; a few 1e-16 is rounding.
double conservation_error(const SiteHour& hour);

}  // namespace pentad::energy
