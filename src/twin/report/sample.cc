#include "twin/report/sample.h"

#include <cmath>

namespace pentad::twin {

namespace {

constexpr Time kBegin{1'704'038'400'000};  // 2024-01-01 00:00 in UTC+8
constexpr Duration kHour{3'600'000};

SeriesRow sample_row(size_t i, const SampleOptions& options) {
  const double day = std::sin(static_cast<double>(i) * 2 * 3.14159265358979 / 24);
  SeriesRow row;
  row.step.begin = kBegin + static_cast<int64_t>(i) * kHour;
  row.step.length = kHour;
  row.step.queued = i == 7 ? 500 : 20 + 10 * day;
  row.step.running = 50 + 30 * day;
  row.step.busy = {600 + 300 * day, 5 + 3 * day};
  row.step.boards_w = row.step.drawn_w = 400'000 + 100'000 * day;
  row.step.idle_w = 100'000;
  if (!options.plant) return row;
  PlantRow plant;
  plant.weather.dry_bulb_c = 20 + 8 * day;
  plant.weather.wet_bulb_c = 15 + 4 * day;
  energy::SiteHour& h = plant.hour;
  h.wanted_boards_w = h.boards_w = row.step.boards_w;
  h.fan_w = 20'000;
  h.psu_loss_w = 30'000;
  h.it_w = h.boards_w + h.fan_w + h.psu_loss_w;
  h.it_chain_loss_w = 9'000;
  h.site_chain_loss_w = 4'000;
  h.other_w = 2'000;
  h.chiller_w = 60'000 + 20'000 * day;
  h.coolant_pump_w = 5'000;
  h.cooling_w = h.chiller_w + h.coolant_pump_w;
  h.grid_w = h.it_w + h.it_chain_loss_w + h.site_chain_loss_w + h.other_w + h.cooling_w;
  h.rejected_w = h.grid_w;
  h.coolant_c = 27;
  h.junction_c = 60 + 5 * day;
  if (i >= 10 && i < 14) {
    h.actions.add(energy::PlantAction::adiabatic);
    h.short_w = i == 12 ? 5'000 : 0;
    if (i == 12) h.actions.add(energy::PlantAction::it_cap);
  }
  row.plant = plant;
  return row;
}

PlantSummary sample_plant(const Series& series, const std::string& name) {
  PlantSummary p;
  p.plant = "air_chiller";
  p.weather = "Wuhan" + name;
  p.weather_notes = {"3 hours filled" + name};
  p.tariff = "hubei" + name;
  energy::Site site;
  for (const SeriesRow& row : series.rows) {
    energy::add_hour(p.totals, site, row.plant->hour, p.carbon, 0.65);
    for (energy::PlantAction action : row.plant->hour.actions.taken()) {
      p.action_hours[boost::describe::enum_to_string(action, "?")] += 1;
    }
  }
  p.indicators = *energy::indicators(p.totals);
  p.pue_text = energy::pue_text(p.indicators);
  p.classes["simulation"] = {30, 1000, 10, 6000, 3000, 4000};
  p.classes["training"] = {20, 500, 400, 5000, 2500, 3500};
  p.classes["odd" + name] = {1, 1, 1, 10, 1, 1};
  p.jobs_kwh = 11'010;
  p.idle_kwh = p.totals.grid_kwh - p.jobs_kwh;
  p.kwh_per_core_hour = 0.04;
  p.kwh_per_device_hour = 0.8;
  return p;
}

}  // namespace

const std::string& hostile_name() {
  static const std::string name =
      "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;{b}${x}`\\"
      "\x01\x1b[31m\xff\xfe\xe2\x80\xae\xe2\x80\xa8\xc2\x85 -->]]>";
  return name;
}

SampleComparison sample_comparison(const SampleOptions& options) {
  SampleComparison sample;
  SampleOptions shorter = options;
  shorter.steps -= options.steps / 4;
  sample.runs = {sample_run(options), sample_run(shorter)};
  Comparison& c = sample.comparison;
  c.centres = {sample.runs[0].result.centre.name + " A", sample.runs[1].result.centre.name + " B"};
  c.baseline = c.centres.front();
  c.not_a_saving = {"", options.hostile ? hostile_name() : ""};
  const std::optional<double> none;
  c.items = {{"energy_from_grid", "kWh", {2000.0, 1800.0}, {none, 0.1}},
             {"pue", "", {1.4, 1.26}, {none, 0.1}},
             {"water", "kg", {5000.0, 0.0}, {none, 1.0}},
             {"carbon_by_location", "kg", {900.0, 945.0}, {none, -0.05}},
             {"cost_of_energy_and_fluid", "CNY", {1000.0, 1000.0}, {none, 0.0}},
             {"mean_wait", "s", {3725.0, 4000.0}, {none, none}},
             {"heat_reused", "kWh", {0.0, 0.0}, {none, none}}};
  return sample;
}

RunOutput sample_run(const SampleOptions& options) {
  const std::string name = options.hostile ? hostile_name() : "";
  RunOutput run;
  run.series.step = kHour;
  run.series.utc_offset = Duration(8 * kHour.value);
  run.series.columns = {{"cpu" + name, "", 1000}, {"gpu" + name, "h20" + name, 10}};
  for (size_t i = 0; i < options.steps; ++i) run.series.rows.push_back(sample_row(i, options));
  TwinResult& r = run.result;
  r.pentad = "0.1.0";
  r.end = options.hostile ? "interrupted" : "complete";
  r.begin = kBegin;
  r.until = kBegin + static_cast<int64_t>(options.steps) * kHour;
  r.trace = {"trace.swf" + name, "swf", "Cluster" + name, "Somebody" + name, {}, {}, {}};
  r.trace.counts.bad = 2;
  r.trace.counts.over_limit = 1234;
  r.trace.bad_lines = {{17, "run_time" + name, "not a number" + name}};
  r.centre = {"Centre" + name, "Wuhan" + name, "EASY backfill" + name, 100, 1000, 10};
  ScheduleSummary& s = r.schedule;
  s.submitted = 51;
  s.started = s.completed = 50;
  s.refused = 1;
  s.wait_s = {3725, 60, 7200, 9000, 90'000, 200'000};
  s.bounded_slowdown = {3, 1, 5, 8, 20, 40};
  s.utilisation_cores = 0.6;
  s.utilisation_devices = 0.5;
  s.users = 1;
  s.pools = {{"cpu" + name, "", 100, 1000, 28'800, 0.6},
             {"gpu" + name, "h20" + name, 5, 10, 240, 0.5}};
  s.most_active_users = {{"alice" + name, 51, 28'800, 240, 3725, 3}};
  s.refusals = {{"needs 2000 cores" + name, 1, 42}};
  if (options.plant && !run.series.rows.empty()) r.plant = sample_plant(run.series, name);
  r.inputs = {{"weather" + name, Quality::estimated, "made up" + name},
              {"meter", Quality::measured, "a meter"},
              {"device", Quality::stated, "data sheet"},
              {"starts", Quality::modelled, "scheduler"}};
  return run;
}

}  // namespace pentad::twin
