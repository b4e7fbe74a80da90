#include "energy/site.h"

#include <algorithm>
#include <cmath>

#include "energy/check.h"
#include "energy/prepared.h"

namespace pentad::energy {
namespace {

// Finds where a falling margin crosses zero between `good` (margin not negative) and `bad`, by
// regula falsi with the Illinois weights; leaves the last good point in `good`. True if that was
// the last one tried. A margin of 0.001 % of the capacity is as good as none.
template <class Margin>
bool narrow(double& good, double good_margin, double bad, double bad_margin, Margin&& margin) {
  double weight_good = good_margin, weight_bad = bad_margin;
  int side = 0;
  for (int i = 0; i < 60; ++i) {
    const double span = bad - good;
    if (std::abs(span) <= 1e-9 * std::max(std::abs(good), std::abs(bad))) return false;
    const double part = weight_good / (weight_good - weight_bad);
    const double x = good + span * std::clamp(part, 0.001, 0.999);
    const double m = margin(x);
    if (m >= -1e-9) {
      good = x;
      weight_good = std::max(m, 0.0);
      if (m < 1e-5) return true;
      if (side > 0) weight_bad *= 0.5;
      side = 1;
    } else {
      bad = x;
      weight_bad = m;
      if (side < 0) weight_good *= 0.5;
      side = -1;
    }
  }
  return false;
}

// One hour in which the plant is asked for more than it can carry.
class Rescue {
 public:
  Rescue(const SiteModel::Prepared& site, const WeatherHour& weather, const ItLoad& load,
         double reuse_demand_w, SiteHour& hour)
      : site_(site), weather_(weather), load_(load), reuse_w_(reuse_demand_w), hour_(hour) {}

  void run(double margin) {
    const Plant& plant = site_.site.plant;
    most_pa_ = site_.is_two_phase ? plant.two_phase.allowed_rise_pa : 0;
    most_k_ =
        site_.is_loop ? plant.liquid.max_rise_k : (site_.is_two_phase ? 0 : site_.air.max_rise_k());
    // Free air wets its pad before it lets the hall get warmer; tanks and loops the other way
    // round.
    const bool pad_first = site_.liquid_share <= 0;
    Actions taken;
    double base_margin = margin;
    if (pad_first && (base_margin = use_pad(taken, margin)) >= 0) return finish(taken);
    if (raise(taken, base_margin)) return finish(taken);
    if (!pad_first && has_pad()) {
      const bool risen = part_ > 0;
      part_ = 0;
      base_margin = use_pad(taken, margin);
      if (risen && base_margin < 0) {
        if (rise(base_margin)) return finish(taken);
      } else if (base_margin >= 0) {
        if (risen) rise_not_needed(taken);
        return finish(taken);
      }
    }
    cap(taken);
    finish(taken);
  }

 private:
  bool has_pad() const { return site_.rejection.has_pad() || site_.air.has_pad(); }

  double try_load(double boards_w) {
    ItLoad load = load_;
    load.boards_w = boards_w;
    return site_.attempt(weather_, load, reuse_w_,
                         {.rise_pa = part_ * most_pa_, .rise_k = part_ * most_k_, .pad = pad_},
                         hour_);
  }

  double use_pad(Actions& taken, double margin) {
    if (!has_pad()) return margin;
    pad_ = true;
    taken.add(PlantAction::adiabatic);
    return try_load(load_.boards_w);
  }

  // Lets pressure or temperature rise, by no more than is needed.
  bool raise(Actions& taken, double margin) {
    if (most_pa_ <= 0 && most_k_ <= 0) return false;
    taken.add(most_pa_ > 0 ? PlantAction::pressure_rise : PlantAction::temperature_rise);
    return rise(margin);
  }

  bool rise(double margin) {
    part_ = 1;
    const double most = try_load(load_.boards_w);
    if (most < 0) return false;
    double part = 1;
    const bool is_there = narrow(part, most, 0, margin, [&](double x) {
      part_ = x;
      return try_load(load_.boards_w);
    });
    part_ = part;
    if (!is_there) try_load(load_.boards_w);
    return true;
  }

  // With the pad the rise turned out to be unnecessary.
  static void rise_not_needed(Actions& taken) {
    taken = Actions{};
    taken.add(PlantAction::adiabatic);
  }

  void cap(Actions& taken) {
    part_ = most_pa_ > 0 || most_k_ > 0 ? 1 : 0;
    taken.add(PlantAction::it_cap);
    const double at_full = try_load(load_.boards_w);
    const double at_none = try_load(0);
    if (at_none < 0) return;  // not even the idle plant: nothing runs
    double carried = 0;
    if (!narrow(carried, at_none, load_.boards_w, at_full, [&](double x) { return try_load(x); })) {
      try_load(carried);
    }
  }

  void finish(const Actions& taken) { hour_.actions = taken; }

  const SiteModel::Prepared& site_;
  const WeatherHour& weather_;
  const ItLoad load_;
  const double reuse_w_;
  SiteHour& hour_;
  double most_pa_ = 0, most_k_ = 0;
  double part_ = 0;  // of the allowed rise
  bool pad_ = false;
};

// Chips of a plant at full load: an absurdly hot junction, or leakage that feeds itself, is a
// mistake in the parameters.
void check_junction(Check& check, const Site& site) {
  const Plant& plant = site.plant;
  double coolant_c = plant.air.max_supply_c, rise_k = plant.air.junction_rise_k;
  std::string field = "plant/air/junction_rise_k";
  if (plant.kind == PlantKind::cold_plate || plant.kind == PlantKind::immersion_single_phase) {
    coolant_c = plant.liquid.supply_c + plant.liquid.max_rise_k;
    rise_k = plant.liquid.junction_rise_k;
    field = "plant/liquid/junction_rise_k";
  } else if (plant.kind == PlantKind::immersion_two_phase) {
    const Boiling& lid = plant.two_phase.boiling;
    coolant_c = saturation_temp_c(plant.two_phase.fluid,
                                  plant.two_phase.pressure_pa + plant.two_phase.allowed_rise_pa);
    rise_k = lid.resistance_k_w * lid.chip_w;
    const double flux = std::max(lid.chip_w / lid.area_m2, 1.0);
    coolant_c +=
        flux / (lid.surface == BoilingSurface::enhanced
                    ? lid.enhanced_w_m2_k
                    : cooper_w_m2_k(plant.two_phase.fluid, coolant_c, flux, lid.roughness_um));
    field = "plant/two_phase/boiling/chip_w";
  }
  check.that(field, coolant_c + rise_k <= 150,
             "the junction would be hotter than 150 C at full load");
  // At one and a half times the load, the most that is computed, a watt more must bring less than
  // one.
  const double hot_k = coolant_c + 1.5 * rise_k - site.it.reference_c;
  const double gain = site.it.leakage_share * site.it.leakage_per_k * rise_k *
                      std::exp(site.it.leakage_per_k * hot_k);
  check.that("it/leakage_share", gain < 0.5, "leakage would run away at this junction temperature");
}

double finite_or_zero(double value) { return std::isfinite(value) ? std::max(value, 0.0) : 0; }

}  // namespace

bool Actions::has(PlantAction action) const {
  return std::find(list.begin(), list.begin() + static_cast<ptrdiff_t>(count), action) !=
         list.begin() + static_cast<ptrdiff_t>(count);
}

Status validate(const Site& site) {
  Check check("");
  check.part(validate(site.it, "/it"))
      .part(validate(site.chain, "/chain"))
      .part(validate(site.plant, "/plant"))
      .in("reuse/wanted_c", site.reuse.wanted_c, 10, 120)
      .in("reuse/approach_k", site.reuse.approach_k, 0, 30)
      .in("reuse/max_share", site.reuse.max_share, 0, 1)
      .in("reuse/pump_share", site.reuse.pump_share, 0, 0.5)
      .in("other_share", site.other_share, 0, 0.5);
  if (check.status()) check_junction(check, site);
  return check.status();
}

Result<SiteModel> SiteModel::make(const Site& site) {
  if (Status ok = validate(site); !ok) return tl::unexpected(ok.error());
  SiteModel model;
  model.prepared_ = std::make_shared<const Prepared>(site);
  return model;
}

SiteHour SiteModel::hour(const WeatherHour& weather, const HourInput& input) const {
  const Prepared& p = *prepared_;
  ItLoad load = input.load;
  load.nodes = finite_or_zero(load.nodes);
  const double powered = load.nodes > 0 ? std::min(load.nodes / p.site.it.nodes, 1.0) : 1;
  const double wanted_w = finite_or_zero(load.boards_w);
  load.boards_w = std::min(wanted_w, 1.5 * powered * p.site.it.rated_boards_w);
  const double reuse_w = finite_or_zero(input.reuse_demand_w);
  SiteHour hour;
  const double margin = p.attempt(weather, load, reuse_w, {}, hour);
  if (margin < 0) Rescue(p, weather, load, reuse_w, hour).run(margin);
  hour.wanted_boards_w = wanted_w;
  hour.short_w = wanted_w - hour.carried_w;
  return hour;
}

const Site& SiteModel::site() const { return prepared_->site; }
double SiteModel::rated_it_w() const { return prepared_->rated_it_w; }
double SiteModel::rated_heat_w() const {
  return prepared_->liquid_rated_w + prepared_->air_rated_w;
}

Result<SiteHour> site_hour(const Site& site, const WeatherHour& weather, const HourInput& input) {
  Result<SiteModel> model = SiteModel::make(site);
  if (!model) return tl::unexpected(model.error());
  return model->hour(weather, input);
}

double conservation_error(const SiteHour& h) {
  double worst = 0;
  const auto same = [&](double a, double b) {
    worst = std::max(worst, std::abs(a - b) / std::max({std::abs(a), std::abs(b), 1.0}));
  };
  same(h.it_w, h.boards_w + h.fan_w + h.psu_loss_w + h.network_w);
  same(h.it_w, h.liquid_heat_w + h.air_heat_w);
  same(h.cooling_w, h.air_handler_w + h.coolant_pump_w + h.facility_pump_w + h.chiller_w +
                        h.condenser_pump_w + h.tower_fan_w + h.dry_cooler_fan_w + h.outside_fan_w +
                        h.reuse_pump_w);
  same(h.grid_w, h.it_w + h.it_chain_loss_w + h.cooling_w + h.other_w + h.site_chain_loss_w);
  same(h.grid_w, h.rejected_w + h.reused_w + h.vented_w);
  same(h.wanted_boards_w, h.carried_w + h.short_w);
  // Each level delivers what the one before takes in; where the site joins, that and its loads.
  double below_w = h.it_w;
  bool joined = false;
  for (size_t i = 0; i < h.chain_levels; ++i) {
    const ChainLevel& level = h.chain[i];
    const double site_w = below_w + h.cooling_w + h.other_w;
    const bool joins =
        !joined && std::abs(level.output_w - site_w) < std::abs(level.output_w - below_w);
    joined = joined || joins;
    same(level.output_w, joins ? site_w : below_w);
    same(level.input_w, level.output_w + level.loss_w);
    below_w = level.input_w;
  }
  same(h.grid_w, joined ? below_w : below_w + h.cooling_w + h.other_w);
  return worst;
}

}  // namespace pentad::energy
