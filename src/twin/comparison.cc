#include "twin/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace pentad::twin {

namespace {

using Value = std::function<std::optional<double>(const TwinResult&)>;

struct Item {
  const char* name;
  const char* unit;
  bool saves;  // less of it is a saving
  Value value;
};

template <class F>
Value of_plant(F figure) {
  return [figure](const TwinResult& r) -> std::optional<double> {
    if (!r.plant) return {};
    return figure(*r.plant);
  };
}

template <class F>
Value of_schedule(F figure) {
  return [figure](const TwinResult& r) -> std::optional<double> { return figure(r.schedule); };
}

std::vector<Item> plant_items() {
  using P = PlantSummary;
  const auto total = [](double energy::Totals::*part) {
    return of_plant([part](const P& p) { return p.totals.*part; });
  };
  using T = energy::Totals;
  return {
      {"energy_from_grid", "kWh", true, total(&T::grid_kwh)},
      {"energy_of_it", "kWh", true, total(&T::it_kwh)},
      {"energy_of_cooling", "kWh", true, total(&T::cooling_kwh)},
      {"energy_of_power_chain", "kWh", true, of_plant([](const P& p) {
         return p.totals.it_chain_loss_kwh + p.totals.site_chain_loss_kwh;
       })},
      {"pue", "", true, of_plant([](const P& p) { return p.indicators.pue; })},
      {"tue", "", true, of_plant([](const P& p) { return p.indicators.tue; })},
      {"peak_power", "W", true, total(&T::peak_grid_w)},
      {"water", "kg", true, total(&T::water_kg)},
      {"carbon_by_location", "kg", true,
       of_plant([](const P& p) { return p.totals.carbon_location_kg + p.totals.carbon_fluid_kg; })},
      {"carbon_by_contract", "kg", true,
       of_plant([](const P& p) { return p.totals.carbon_market_kg + p.totals.carbon_fluid_kg; })},
      {"cost_of_energy_and_fluid", "CNY", true,
       of_plant([](const P& p) { return p.totals.energy_cny + p.totals.fluid_cny; })},
      {"heat_reused", "kWh", false, total(&T::reused_kwh)},
      {"hours_plant_short", "h", false, total(&T::hours_short)},
      {"jobs_slowed", "", false,
       of_plant([](const P& p) { return static_cast<double>(p.heat.jobs_slowed); })},
  };
}

std::vector<Item> schedule_items() {
  using S = ScheduleSummary;
  return {
      {"mean_wait", "s", true, of_schedule([](const S& s) { return s.wait_s.mean; })},
      {"wait_95", "s", true, of_schedule([](const S& s) { return s.wait_s.p95; })},
      {"mean_bounded_slowdown", "", true,
       of_schedule([](const S& s) { return s.bounded_slowdown.mean; })},
      {"utilisation_of_cores", "", false,
       of_schedule([](const S& s) { return s.utilisation_cores; })},
      {"utilisation_of_devices", "", false,
       of_schedule([](const S& s) { return s.utilisation_devices; })},
      {"jobs_completed", "", false,
       of_schedule([](const S& s) { return static_cast<double>(s.completed); })},
      {"jobs_refused", "", false,
       of_schedule([](const S& s) { return static_cast<double>(s.refused); })},
  };
}

}  // namespace

std::string not_the_same_work(const TwinResult& ours, const TwinResult& baseline) {
  if (!ours.plant || !baseline.plant) return "no plant, no saving";
  const auto done = [](const ScheduleSummary& s) { return s.completed + s.failed + s.timeout; };
  if (done(ours.schedule) != done(baseline.schedule)) {
    return fmt::format("not the same work: {} jobs ran to their end against {}",
                       done(ours.schedule), done(baseline.schedule));
  }
  auto saving = energy::saving(ours.plant->totals, baseline.plant->totals, baseline.centre.name);
  return saving ? "" : saving.error().message;
}

Comparison compare(const std::vector<const TwinResult*>& results) {
  Comparison c;
  for (const TwinResult* result : results) {
    const auto same = std::count_if(results.begin(), results.end(), [&](const TwinResult* other) {
      return other->centre.name == result->centre.name;
    });
    c.centres.push_back(same == 1
                            ? result->centre.name
                            : fmt::format("{} ({})", result->centre.name, c.centres.size() + 1));
    c.not_a_saving.push_back(
        result == results.front() ? "" : not_the_same_work(*result, *results.front()));
  }
  c.baseline = c.centres.front();
  std::vector<Item> items = plant_items();
  for (Item& item : schedule_items()) items.push_back(std::move(item));
  for (const Item& item : items) {
    ComparedItem row{item.name, item.unit, {}, {}};
    const std::optional<double> base = item.value(*results.front());
    for (size_t i = 0; i < results.size(); ++i) {
      const std::optional<double> value = item.value(*results[i]);
      row.values.push_back(value);
      const bool said = i > 0 && item.saves && value && base && *base > 0;
      row.less.push_back(said && c.not_a_saving[i].empty()
                             ? std::optional<double>(1 - *value / *base)
                             : std::nullopt);
    }
    c.items.push_back(std::move(row));
  }
  return c;
}

}  // namespace pentad::twin
