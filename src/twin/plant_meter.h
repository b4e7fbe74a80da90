// Step by step from the boards' watts to the grid: weather, plant, tariff and carbon of the step's
// hour, summed up, and the factor from a job's watts to the meter's that the step had.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "energy/indicators.h"
#include "energy/site.h"
#include "energy/tariff.h"
#include "twin/steps.h"

namespace pentad::twin {

struct PlantSetup {
  energy::Site site;  // `site.it` describes the machine's nodes
  double nodes = 0;
  std::string weather_name;
  std::vector<std::string> weather_notes;
  std::vector<energy::WeatherHour> weather;  // 8,760, local standard time
  energy::Tariff tariff;
  energy::Carbon carbon;
  Duration utc_offset;
  std::array<double, 12> reuse_demand_w{};  // heat wanted outside, by month
};

// One step with all that the plant made of it.
struct PlantRow {
  energy::WeatherHour weather;
  energy::SiteHour hour;
  double price_cny_kwh = 0;
  // Watts at the meter for each watt that the boards were let draw: their sum over jobs and idle is
  // grid_w.
  double meter_factor = 0;
};

// The local clock of a moment: what weather and tariffs go by. 29 February counts as the 28th.
struct LocalHour {
  int month = 1;
  int hour = 0;             // 0..23
  size_t hour_of_year = 0;  // 0..8759
};
LocalHour local_hour(Time at, Duration utc_offset);

class PlantMeter {
 public:
  // Errors: those of SiteModel::make; invalid when the weather has not 8,760 hours.
  static Result<PlantMeter> make(PlantSetup setup);

  PlantRow add(const StepRow& step);
  // How much of these watts of the boards the plant carries in such an hour, after all it can do.
  double carried_w(const LocalHour& at, double boards_w) const;

  const PlantSetup& setup() const { return setup_; }
  const energy::Totals& totals() const { return totals_; }
  // Energy that reached the meter because of idle parts of nodes, kWh.
  double idle_kwh() const { return idle_kwh_; }
  double worst_conservation_error() const { return worst_error_; }
  // Hours in which each action was needed, by its name.
  const std::map<std::string, double>& action_hours() const { return action_hours_; }

 private:
  PlantMeter(PlantSetup setup, energy::SiteModel model)
      : setup_(std::move(setup)), model_(std::move(model)) {}

  PlantSetup setup_;
  energy::SiteModel model_;
  energy::Totals totals_;
  double idle_kwh_ = 0;
  double worst_error_ = 0;
  std::map<std::string, double> action_hours_;
};

}  // namespace pentad::twin
