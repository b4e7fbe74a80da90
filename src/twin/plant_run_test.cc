#include <doctest/doctest.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "energy/presets.h"
#include "twin/files.h"
#include "twin/made_up.h"
#include "twin/memory_trace.h"
#include "twin/run.h"
#include "twin/trace/generator.h"

using namespace pentad;
using namespace pentad::twin;

namespace {

class Folder {
 public:
  Folder() { path_ = mkdtemp(name_.data()); }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string name_ = "/tmp/pentad-twin-XXXXXX";
  std::string path_;
};

energy::Chip chip(const std::string& name, double count, double idle_w, double max_w) {
  energy::Chip chip;
  chip.name = name;
  chip.count = count;
  chip.idle_w = idle_w;
  chip.max_w = max_w;
  return chip;
}

energy::NodeModel node_model(bool with_gpus) {
  energy::NodeModel node;
  node.cpus = {chip("cpu", 2, 60, 280)};
  if (with_gpus) node.devices = {chip("gpu-a", 4, 60, 500)};
  node.memory_w = 60;
  return node;
}

// Eight nodes of cores, four with accelerators, a year of mild weather with a daily swing.
RunSetup small_centre() {
  RunSetup setup;
  setup.name = "small";
  setup.policy.max_limit = hours(24 * 365);
  DeviceModel gpu;
  gpu.name = "gpu-a";
  gpu.kind = DeviceKind::gpu;
  gpu.peak.bf16 = 100'000;
  setup.machine.devices.push_back(gpu);
  for (int i = 0; i < 12; ++i) {
    Node node;
    node.pool = i < 8 ? "thin" : "gpus";
    node.name = node.pool + std::to_string(i);
    node.cores = 64;
    node.memory = gibibytes(256);
    if (i >= 8) node.devices.push_back({"gpu-a", 4});
    setup.machine.nodes.push_back(node);
  }
  PowerSetup power;
  power.pools = {{"thin", node_model(false)}, {"gpus", node_model(true)}};
  const energy::NodeGroup groups[] = {{node_model(false), 8}, {node_model(true), 4}};
  power.plant.site = energy::immersion_two_phase_dry(energy::fluid_649());
  power.plant.site.it = energy::it_model(groups).value();
  power.plant.nodes = 12;
  std::vector<energy::WeatherReading> readings;
  for (int h = 0; h < 8760; ++h)
    readings.push_back({15 + 8 * std::sin(h / 24.0 * 6.283), 0.6, 1e5});
  power.plant.weather = energy::weather_hours(readings).value();
  setup.power = power;
  return setup;
}

RunOutput run_made_up(const RunSetup& setup, int64_t jobs, uint64_t seed,
                      std::function<bool(const Progress&)> progress = {}) {
  auto trace = trace::generate(made_up_for(setup.machine, jobs, 0.9, seed).value());
  REQUIRE(trace);
  auto output = run(setup, **trace, std::move(progress));
  REQUIRE_MESSAGE(output, output.error().message);
  return std::move(*output);
}

// The sum of a column of a CSV file.
double column_sum(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  size_t column = 0, found = std::string::npos;
  std::istringstream header(line);
  for (std::string word; std::getline(header, word, ','); ++column) {
    if (word == name) found = column;
  }
  REQUIRE(found != std::string::npos);
  double sum = 0;
  while (std::getline(file, line)) {
    std::istringstream row(line);
    std::string word;
    for (size_t i = 0; i <= found; ++i) std::getline(row, word, ',');
    sum += std::stod(word);
  }
  return sum;
}

}  // namespace

TEST_CASE("every joule of the meter is a job's or an idle node's") {
  Folder folder;
  RunSetup setup = small_centre();
  setup.out = folder.path();
  const RunOutput output = run_made_up(setup, 400, 3);
  const PlantSummary& plant = *output.result.plant;
  CHECK(output.result.end == "complete");
  CHECK(plant.worst_conservation_error < 1e-9);
  CHECK(plant.jobs_kwh > 0);
  CHECK(plant.jobs_kwh + plant.idle_kwh == doctest::Approx(plant.totals.grid_kwh).epsilon(1e-9));
  CHECK(column_sum(folder.path() + "/jobs.csv", "meter_kwh") ==
        doctest::Approx(plant.jobs_kwh).epsilon(1e-4));  // six digits after the point
  CHECK(plant.pue_text.starts_with("iPUE3 "));
  CHECK(plant.indicators.pue > 1.0);
  CHECK(plant.indicators.pue < 1.2);
}

TEST_CASE("steps add up to the use that the schedule reports") {
  const RunOutput output = run_made_up(small_centre(), 300, 5);
  for (size_t column = 0; column < output.series.columns.size(); ++column) {
    double unit_hours = 0;
    for (const SeriesRow& row : output.series.rows) {
      unit_hours += row.step.busy[column] * static_cast<double>(row.step.length.value) / 3'600'000;
    }
    const UseColumn& named = output.series.columns[column];
    for (const PoolUse& use : output.result.schedule.pools) {
      if (use.pool != named.pool || use.device_model != named.device_model) continue;
      CHECK(unit_hours == doctest::Approx(use.used_unit_hours).epsilon(1e-9));
    }
  }
}

TEST_CASE("the same trace gives the same schedule, another seed another") {
  const RunOutput first = run_made_up(small_centre(), 200, 7);
  CHECK(run_made_up(small_centre(), 200, 7).result.schedule_digest == first.result.schedule_digest);
  CHECK(run_made_up(small_centre(), 200, 8).result.schedule_digest != first.result.schedule_digest);
}

TEST_CASE("the journal of a run replays to its state; a second run does not overwrite it") {
  Folder folder;
  RunSetup setup = small_centre();
  setup.out = folder.path();
  setup.journal = true;
  // One job is refused: it must not part the journal from the run.
  std::vector<trace::TraceJob> jobs = {memory_job(1, 0, 4, 50, 60), memory_job(2, 5, 1, 9, 10)};
  jobs.push_back(memory_job(3, 50, 64, 9, 10));
  jobs.back().nodes = 99;
  jobs.back().cores_per_node = 64;
  jobs.push_back(memory_job(4, 50, 1, 9, 10));
  MemoryTrace trace(jobs);
  auto output = run(setup, trace);
  REQUIRE_MESSAGE(output, output.error().message);
  CHECK(output->result.schedule.refused == 1);
  CHECK(std::filesystem::exists(folder.path() + "/journal/pentad.db"));
  MemoryTrace again(jobs);
  CHECK_FALSE(run(setup, again));
}

TEST_CASE("an interrupted run says so and keeps what it has") {
  int64_t asked = 0;
  const RunOutput output =
      run_made_up(small_centre(), 5000, 9, [&](const Progress&) { return ++asked < 2; });
  CHECK(output.result.end == "interrupted");
  CHECK(output.result.schedule.submitted > 0);
  CHECK(output.series.rows.size() > 1);
}

TEST_CASE("files: a summary, a line a step; a missing directory is made") {
  Folder folder;
  const RunOutput output = run_made_up(small_centre(), 50, 2);
  const std::string out = folder.path() + "/deep/er";
  REQUIRE(make_directory(out));
  REQUIRE(write_files(output, out, "en"));
  std::ifstream series(out + "/series.csv");
  size_t lines = 0;
  for (std::string line; std::getline(series, line);) ++lines;
  CHECK(lines == output.series.rows.size() + 1);
  CHECK(std::filesystem::file_size(out + "/summary.json") > 500);
}

namespace {

// A dry cooler for mild days, and three hot ones in the middle of the second week.
RunSetup too_small_a_cooler() {
  RunSetup setup = small_centre();
  std::vector<energy::WeatherReading> readings;
  for (int h = 0; h < 8760; ++h) {
    const bool heat_wave = h >= 240 && h < 312;
    readings.push_back({15 + (heat_wave ? 26 : 0) + 4 * std::sin(h / 24.0 * 6.283), 0.3, 1e5});
  }
  setup.power->plant.weather = energy::weather_hours(readings).value();
  for (DeviceModel& model : setup.machine.devices) {
    model.idle_power = Power{60'000};
    model.full_power = Power{500'000};
  }
  DeviceModel core;
  core.name = "core";
  core.kind = DeviceKind::cpu;
  core.idle_power = Power{1'900};
  core.full_power = Power{8'800};
  setup.machine.devices.push_back(core);
  for (Node& node : setup.machine.nodes) node.cpu_model = "core";
  return setup;
}

std::vector<trace::TraceJob> two_busy_weeks() {
  std::vector<trace::TraceJob> jobs;
  for (int i = 0; i < 600; ++i) {
    // Limits without any room: what is slowed must be given time.
    jobs.push_back(memory_job(i + 1, i * 2'000, 32, 7'000 + i % 5 * 2'000, 7'000 + i % 5 * 2'000));
    if (i % 3 != 0) continue;
    jobs.back().cores = 8;
    jobs.back().nodes = 1;
    jobs.back().cores_per_node = 8;
    jobs.back().devices_per_node = 4;
    jobs.back().device_kind = DeviceKind::gpu;
  }
  return jobs;
}

}  // namespace

TEST_CASE("what a plant cannot carry slows and holds the jobs, and is done later") {
  Folder folder;
  RunSetup setup = too_small_a_cooler();
  setup.out = folder.path();
  setup.journal = true;
  MemoryTrace trace(two_busy_weeks());
  auto hot = run(setup, trace);
  REQUIRE_MESSAGE(hot, hot.error().message);
  setup.out.clear();
  setup.journal = false;
  setup.power->plant.site.plant.rejection.dry_cooler.rated_itd_k = 3;  // a large one
  MemoryTrace again(two_busy_weeks());
  auto cool = run(setup, again);
  REQUIRE_MESSAGE(cool, cool.error().message);

  const PlantSummary& p = *hot->result.plant;
  const HeatSummary& heat = p.heat;
  CHECK(cool->result.plant->heat.hours_capped == 0);
  CHECK(cool->result.plant->totals.hours_short == 0);
  CHECK(p.totals.hours_short > 5);
  CHECK(heat.hours_capped >= p.totals.hours_short);
  CHECK(heat.hours_capped < 72.001);
  CHECK(heat.hours_throttled > 1);
  CHECK(heat.least_pace < 0.95);
  CHECK(heat.jobs_slowed > 3);
  CHECK(heat.given_hours > 0);
  CHECK(p.action_hours.at("it_cap") == doctest::Approx(p.totals.hours_short));

  // All of it is done, none cut at its limit: the same work, later.
  CHECK(hot->result.schedule.completed == 600);
  CHECK(cool->result.schedule.completed == 600);
  CHECK(hot->result.schedule.wait_s.mean > cool->result.schedule.wait_s.mean);
  double nominal_s = 0;
  for (const trace::TraceJob& job : two_busy_weeks()) nominal_s += seconds_of(*job.run_time);
  CHECK(heat.lost_job_hours > 0);
  CHECK(column_sum(folder.path() + "/jobs.csv", "slowed_s") ==
        doctest::Approx(heat.lost_job_hours * 3600).epsilon(1e-3));
  CHECK(column_sum(folder.path() + "/jobs.csv", "run_s") ==
        doctest::Approx(nominal_s + heat.lost_job_hours * 3600).epsilon(1e-6));

  // What jobs did at the boards is the same, and every joule is somebody's.
  const auto jobs_kwh = [](const RunOutput& output) {
    double kwh = 0;
    for (const SeriesRow& row : output.series.rows) {
      kwh += (row.step.drawn_w - 12 * 180.0 - 4 * 4 * 60.0) * seconds_of(row.step.length) / 3.6e6;
    }
    return kwh;
  };
  CHECK(jobs_kwh(*hot) == doctest::Approx(jobs_kwh(*cool)).epsilon(1e-7));
  CHECK(p.worst_conservation_error < 1e-9);
  CHECK(p.jobs_kwh + p.idle_kwh == doctest::Approx(p.totals.grid_kwh).epsilon(1e-9));
  for (const SeriesRow& row : hot->series.rows) {
    const energy::SiteHour& h = row.plant->hour;
    CHECK(h.carried_w == doctest::Approx(row.step.drawn_w).epsilon(1e-6));
    CHECK(h.short_w == doctest::Approx(row.step.boards_w - row.step.drawn_w).epsilon(1e-6));
  }
}

TEST_CASE("a plant that can carry nothing ends the run instead of time") {
  RunSetup setup = too_small_a_cooler();
  std::vector<energy::WeatherReading> readings(8760, energy::WeatherReading{49, 0.1, 1e5});
  setup.power->plant.weather = energy::weather_hours(readings).value();
  MemoryTrace trace({memory_job(1, 0, 64, 3600, 7200), memory_job(2, 60, 64, 3600, 7200)});
  auto output = run(setup, trace);
  REQUIRE_MESSAGE(output, output.error().message);
  CHECK(output->result.end == "stuck");
  CHECK(output->result.schedule.completed == 0);
  CHECK(output->result.plant->totals.hours_short > 8000);
}

TEST_CASE("patient jobs are moved to cheap hours and cost less") {
  RunSetup setup = small_centre();
  energy::Tariff& tariff = setup.power->plant.tariff;
  tariff.flat_cny_kwh = 0.6;
  tariff.periods = {{"valley", {}, 0, 8, 0.4}, {"peak", {}, 8, 24, 1.6}};
  std::vector<trace::TraceJob> jobs;
  for (int i = 0; i < 40; ++i) jobs.push_back(memory_job(i + 1, 36'000 + i * 60, 16, 3600, 3600));
  const auto energy_cost = [&](const RunSetup& with) {
    MemoryTrace trace(jobs);
    auto output = run(with, trace);
    REQUIRE(output);
    CHECK(output->result.schedule.completed == 40);
    double cny = 0;
    for (const auto& [name, of_class] : output->result.plant->classes) cny += of_class.energy_cny;
    return cny;
  };
  setup.replay.workload.flexible_share = 1;
  setup.replay.workload.flexible_slack = hours(48);
  const double at_once = energy_cost(setup);
  setup.policy.shift_deadline_jobs.by_hour.assign(24, 16);
  for (size_t h = 0; h < 8; ++h) setup.policy.shift_deadline_jobs.by_hour[h] = 4;
  CHECK(energy_cost(setup) < 0.5 * at_once);
}
