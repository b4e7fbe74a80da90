#include "energy/indicators.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pentad::energy {
namespace {

constexpr double kFullYearHours = 8760;

void add_energy(Totals& t, const SiteHour& h, double kh) {
  t.grid_kwh += kh * h.grid_w;
  t.it_kwh += kh * h.it_w;
  t.pdu_output_kwh += kh * h.pdu_output_w;
  t.ups_output_kwh += kh * h.ups_output_w;
  t.boards_kwh += kh * h.boards_w;
  t.leakage_kwh += kh * h.leakage_w;
  t.fan_kwh += kh * h.fan_w;
  t.psu_loss_kwh += kh * h.psu_loss_w;
  t.network_kwh += kh * h.network_w;
  t.it_chain_loss_kwh += kh * h.it_chain_loss_w;
  t.site_chain_loss_kwh += kh * h.site_chain_loss_w;
  t.other_kwh += kh * h.other_w;
  t.cooling_kwh += kh * h.cooling_w;
  t.air_handler_kwh += kh * h.air_handler_w;
  t.coolant_pump_kwh += kh * h.coolant_pump_w;
  t.facility_pump_kwh += kh * h.facility_pump_w;
  t.condenser_pump_kwh += kh * h.condenser_pump_w;
  t.chiller_kwh += kh * h.chiller_w;
  t.tower_fan_kwh += kh * h.tower_fan_w;
  t.dry_cooler_fan_kwh += kh * h.dry_cooler_fan_w;
  t.outside_fan_kwh += kh * h.outside_fan_w;
  t.reuse_pump_kwh += kh * h.reuse_pump_w;
  t.reused_kwh += kh * h.reused_w;
  t.rejected_kwh += kh * h.rejected_w;
  t.vented_kwh += kh * h.vented_w;
  t.wanted_boards_kwh += kh * h.wanted_boards_w;
  t.short_kwh += kh * h.short_w;
}

void add_extremes(Totals& t, const Site& site, const SiteHour& h, double hours) {
  // A load above what the model may carry at all differs from a warm hour only in its actions.
  if (h.short_w > 1e-6 * h.wanted_boards_w) t.hours_short += hours;
  if (h.actions.has(PlantAction::pressure_rise) || h.actions.has(PlantAction::temperature_rise)) {
    t.hours_raised += hours;
  }
  if (h.actions.has(PlantAction::adiabatic)) t.hours_adiabatic += hours;
  t.peak_grid_w = std::max(t.peak_grid_w, h.grid_w);
  t.peak_junction_c = std::max(t.peak_junction_c, h.junction_c);
  if (h.tank_pressure_pa <= 0) return;
  t.peak_pressure_rise_pa =
      std::max(t.peak_pressure_rise_pa, h.tank_pressure_pa - site.plant.two_phase.pressure_pa);
  t.least_flux_margin =
      t.least_flux_margin > 0 ? std::min(t.least_flux_margin, h.flux_margin) : h.flux_margin;
}

const char* metered_at(PueCategory category) {
  switch (category) {
    case PueCategory::pue1_ups_output:
      return "UPS output metered";
    case PueCategory::pue2_pdu_output:
      return "PDU output metered";
    case PueCategory::pue3_it_input:
      return "IT input metered";
  }
  return "";
}

double it_energy_kwh(const Totals& totals, PueCategory category) {
  switch (category) {
    case PueCategory::pue1_ups_output:
      return totals.ups_output_kwh;
    case PueCategory::pue2_pdu_output:
      return totals.pdu_output_kwh;
    case PueCategory::pue3_it_input:
      return totals.it_kwh;
  }
  return 0;
}

double reduction(double ours, double baseline) { return baseline > 0 ? 1 - ours / baseline : 0; }

double carbon_kg(const Totals& t) { return t.carbon_location_kg + t.carbon_fluid_kg; }

}  // namespace

void add_hour(Totals& totals, const Site& site, const SiteHour& hour, const Carbon& carbon,
              double price_cny_kwh, double hours) {
  add_energy(totals, hour, hours / 1000);
  add_extremes(totals, site, hour, hours);
  totals.hours += hours;
  const double grid_kwh = hour.grid_w * hours / 1000;
  totals.carbon_location_kg += grid_kwh * carbon.location_kg_kwh;
  totals.carbon_market_kg += grid_kwh * carbon.market_kg_kwh;
  totals.energy_cny += grid_kwh * price_cny_kwh;
  totals.water_kg += hour.water_kg_s * hours * 3600;
  const double fluid_kg = hour.fluid_loss_kg_s * hours * 3600;
  totals.fluid_loss_kg += fluid_kg;
  totals.carbon_fluid_kg += fluid_kg * site.plant.two_phase.fluid.gwp100;
  totals.fluid_cny += fluid_kg * site.plant.two_phase.fluid.price_cny_kg;
}

Result<Indicators> indicators(const Totals& totals, PueCategory category) {
  const double it = it_energy_kwh(totals, category);
  if (!(it > 0)) return fail(ErrorCode::invalid, "no IT energy: no indicator", "/it_kwh");
  Indicators r;
  r.category = category;
  r.period_hours = totals.hours;
  r.interim = totals.hours < kFullYearHours;
  r.pue = totals.grid_kwh / it;
  r.wue_l_kwh = totals.water_kg / it;
  r.cue_fluid_kg_kwh = totals.carbon_fluid_kg / it;
  r.cue_location_kg_kwh = totals.carbon_location_kg / it + r.cue_fluid_kg_kwh;
  r.cue_market_kg_kwh = totals.carbon_market_kg / it + r.cue_fluid_kg_kwh;
  r.erf = totals.reused_kwh / totals.grid_kwh;
  r.ere = (totals.grid_kwh - totals.reused_kwh) / it;
  const double compute = totals.boards_kwh + totals.network_kwh;
  if (compute > 0) {
    r.itue = totals.it_kwh / compute;
    r.tue = totals.grid_kwh / compute;
  }
  r.partial_pue_cooling = 1 + totals.cooling_kwh / it;
  r.cost_cny_kwh_it = (totals.energy_cny + totals.fluid_cny) / it;
  return r;
}

std::string period_text(double hours) {
  return hours < 10 ? fmt::format("{:.2g} h", hours) : fmt::format("{:.0f} h", hours);
}

std::string pue_text(const Indicators& r) {
  const int category = static_cast<int>(r.category) + 1;
  if (!r.interim) {
    return fmt::format("PUE{} {:.3f} ({:.0f} months, {})", category, r.pue, r.period_hours / 730,
                       metered_at(r.category));
  }
  return fmt::format("iPUE{} {:.3f} ({}, {})", category, r.pue, period_text(r.period_hours),
                     metered_at(r.category));
}

Result<Saving> saving(const Totals& ours, const Totals& baseline,
                      const std::string& baseline_name) {
  if (baseline_name.empty()) {
    return fail(ErrorCode::invalid, "a saving needs the name of its baseline", "/baseline");
  }
  const double work = ours.wanted_boards_kwh - ours.short_kwh;
  const double same = baseline.wanted_boards_kwh - baseline.short_kwh;
  if (!(same > 0) || std::abs(work - same) > 1e-3 * same) {
    return fail(
        ErrorCode::invalid,
        fmt::format("not the same work: {:.6g} kWh against {:.6g} kWh at the boards", work, same),
        "/boards_kwh");
  }
  return Saving{
      .baseline = baseline_name,
      .energy = reduction(ours.grid_kwh, baseline.grid_kwh),
      .carbon = reduction(carbon_kg(ours), carbon_kg(baseline)),
      .cost = reduction(ours.energy_cny + ours.fluid_cny, baseline.energy_cny + baseline.fluid_cny),
      .water = reduction(ours.water_kg, baseline.water_kg)};
}

}  // namespace pentad::energy
