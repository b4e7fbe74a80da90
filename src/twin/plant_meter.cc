#include "twin/plant_meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace pentad::twin {

namespace {

constexpr size_t kHoursOfYear = 8760;

// What the throttled jobs would have drawn was wanted, and not carried.
void note_throttle(const StepRow& step, energy::SiteHour& hour) {
  if (!(step.drawn_w < step.boards_w)) return;
  hour.wanted_boards_w = step.boards_w;
  hour.short_w = step.boards_w - hour.carried_w;
  if (!hour.actions.has(energy::PlantAction::it_cap)) {
    hour.actions.add(energy::PlantAction::it_cap);
  }
}

}  // namespace

LocalHour local_hour(Time at, Duration utc_offset) {
  namespace chrono = std::chrono;
  const chrono::milliseconds since{(at + utc_offset).value};
  const auto day = chrono::floor<chrono::days>(since);
  const chrono::year_month_day date{chrono::sys_days{day}};
  static constexpr std::array<int, 12> kBefore = {0,   31,  59,  90,  120, 151,
                                                  181, 212, 243, 273, 304, 334};
  const auto month = static_cast<unsigned>(date.month());
  unsigned day_of_month = static_cast<unsigned>(date.day());
  if (month == 2) day_of_month = std::min(day_of_month, 28U);
  LocalHour local;
  local.month = static_cast<int>(month);
  local.hour = static_cast<int>(chrono::floor<chrono::hours>(since - day).count());
  const size_t day_of_year = static_cast<size_t>(kBefore[month - 1]) + day_of_month - 1;
  local.hour_of_year = day_of_year * 24 + static_cast<size_t>(local.hour);
  return local;
}

Result<PlantMeter> PlantMeter::make(PlantSetup setup) {
  if (setup.weather.size() != kHoursOfYear) {
    return fail(ErrorCode::invalid,
                fmt::format("a year of weather has {} hours, this has {}", kHoursOfYear,
                            setup.weather.size()),
                setup.weather_name);
  }
  auto model = energy::SiteModel::make(setup.site);
  if (!model) return tl::unexpected(model.error());
  return PlantMeter(std::move(setup), std::move(*model));
}

double PlantMeter::carried_w(const LocalHour& at, double boards_w) const {
  energy::HourInput input;
  input.load = {boards_w, setup_.nodes};
  input.reuse_demand_w = setup_.reuse_demand_w[static_cast<size_t>(at.month - 1)];
  return model_.hour(setup_.weather[at.hour_of_year], input).carried_w;
}

PlantRow PlantMeter::add(const StepRow& step) {
  const LocalHour local = local_hour(step.begin, setup_.utc_offset);
  const double hours = static_cast<double>(step.length.value) / 3'600'000;
  PlantRow row;
  row.weather = setup_.weather[local.hour_of_year];
  row.price_cny_kwh = energy::price_cny_kwh(setup_.tariff, local.month, local.hour);
  energy::HourInput input;
  input.load = {step.drawn_w, setup_.nodes};
  input.reuse_demand_w = setup_.reuse_demand_w[static_cast<size_t>(local.month - 1)];
  row.hour = model_.hour(row.weather, input);
  note_throttle(step, row.hour);
  energy::add_hour(totals_, setup_.site, row.hour, setup_.carbon, row.price_cny_kwh, hours);
  row.meter_factor = step.drawn_w > 0 ? row.hour.grid_w / step.drawn_w : 0;
  idle_kwh_ += step.idle_w * row.meter_factor * hours / 1000;
  worst_error_ = std::max(worst_error_, energy::conservation_error(row.hour));
  for (energy::PlantAction action : row.hour.actions.taken()) {
    action_hours_[boost::describe::enum_to_string(action, "?")] += hours;
  }
  return row;
}

}  // namespace pentad::twin
