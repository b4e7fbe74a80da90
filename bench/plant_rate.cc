// How long one site-year of the plant takes, and what comes out of it: each preset on each weather
// file given, 8,760 hours at a constant load.
//
//   plant_rate [--load 0.7] [--rounds 20] WEATHER.epw|.json ...
//
// Prints PUE3, WUE, hours short of capacity, hours raised and wetted, and milliseconds per year.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/weather.h"
#include "energy/indicators.h"
#include "energy/presets.h"

namespace {

using namespace pentad;
using namespace pentad::energy;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::vector<Site> all_sites() {
  std::vector<Site> sites = {
      air_legacy(),     air_best(),       air_free_direct(),       air_free_indirect(),
      cold_plate_dry(), cold_plate_wet(), immersion_single_phase()};
  for (const Fluid& fluid : {fluid_649(), fluid_7100()}) {
    sites.push_back(immersion_two_phase_dry(fluid));
    sites.push_back(immersion_two_phase_wet(fluid));
    for (size_t i = sites.size() - 2; i < sites.size(); ++i) sites[i].name += " " + fluid.name;
  }
  Site wetted = immersion_two_phase_dry(fluid_649());
  wetted.plant.rejection.dry_cooler.pad = true;
  wetted.name += " FK-5-1-12 pad";
  sites.push_back(wetted);
  Site double_conversion = immersion_two_phase_dry(fluid_7100());
  double_conversion.chain.blocks[1] = air_best().chain.blocks[1];
  double_conversion.name += " HFE-7100 double conversion";
  sites.push_back(double_conversion);
  return sites;
}

Totals run_year(const SiteModel& model, const std::vector<WeatherHour>& weather, double boards_w) {
  Totals totals;
  for (const WeatherHour& hour : weather) {
    add_hour(totals, model.site(), model.hour(hour, {.load = {.boards_w = boards_w, .nodes = 0}}),
             Carbon{}, 0.6);
  }
  return totals;
}

// What the two-phase plant saves against the others for the same computing.
void report_savings(const std::vector<WeatherHour>& weather, double load) {
  const Site ours = immersion_two_phase_dry(fluid_7100());
  const auto year = [&](const Site& site) {
    return run_year(*SiteModel::make(site), weather, load * site.it.rated_boards_w);
  };
  const Totals mine = year(ours);
  for (const Site& site : {air_legacy(), air_best(), cold_plate_dry(), cold_plate_wet()}) {
    const auto s = saving(mine, year(site), site.name);
    if (s) {
      std::printf("  two-phase 61 C against %-16s energy -%.1f %% water -%.1f %%\n",
                  s->baseline.c_str(), 100 * s->energy, 100 * s->water);
    } else {
      std::printf("  against %s: %s\n", site.name.c_str(), s.error().message.c_str());
    }
  }
}

void report(const Site& site, const std::vector<WeatherHour>& weather, double load, int rounds) {
  const auto model = SiteModel::make(site);
  if (!model) {
    std::printf("%s: %s %s\n", site.name.c_str(), model.error().path.c_str(),
                model.error().message.c_str());
    return;
  }
  const double boards_w = load * site.it.rated_boards_w;
  const Totals totals = run_year(*model, weather, boards_w);
  double best_ms = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    const auto fresh = SiteModel::make(site);
    const Totals again = run_year(*fresh, weather, boards_w);
    const double ms = milliseconds_since(start);
    if (again.grid_kwh != totals.grid_kwh) std::printf("not repeatable\n");
    best_ms = std::min(best_ms, ms);
  }
  const auto r = indicators(totals);
  if (!r) return;
  std::printf(
      "  %-52s PUE %.3f pPUE %.4f WUE %.2f short %4.0f raised %4.0f wet %4.0f Tj %.0f  %.2f ms\n",
      site.name.c_str(), r->pue, r->partial_pue_cooling, r->wue_l_kwh, totals.hours_short,
      totals.hours_raised, totals.hours_adiabatic, totals.peak_junction_c, best_ms);
}

}  // namespace

int main(int argc, char** argv) {
  double load = 0.7;
  int rounds = 20;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (i + 1 < argc && word == "--load") {
      const std::string_view value = argv[++i];
      std::from_chars(value.data(), value.data() + value.size(), load);
    } else if (i + 1 < argc && word == "--rounds") {
      const std::string_view value = argv[++i];
      std::from_chars(value.data(), value.data() + value.size(), rounds);
    } else {
      files.emplace_back(word);
    }
  }
  if (files.empty()) {
    std::puts("plant_rate [--load 0.7] [--rounds 20] WEATHER.epw|.json ...");
    return 2;
  }
  for (const std::string& file : files) {
    const auto weather = catalogue::read_weather_file(file);
    if (!weather) {
      std::printf("%s: %s\n", file.c_str(), weather.error().message.c_str());
      return 1;
    }
    const auto start = Clock::now();
    const auto hours = weather_hours(weather->hours);
    std::printf("%s: %zu hours, wet bulb in %.1f ms\n", weather->name.c_str(), hours->size(),
                milliseconds_since(start));
    for (const Site& site : all_sites()) report(site, *hours, load, rounds);
    report_savings(*hours, load);
  }
}
