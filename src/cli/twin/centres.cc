#include "cli/twin/centres.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catalogue/data_path.h"
#include "energy/psychrometrics.h"

namespace pentad::cli::twin {

namespace {

namespace fs = std::filesystem;
using pentad::twin::Quality;

Quality quality_of(catalogue::Certainty certainty) {
  switch (certainty) {
    case catalogue::Certainty::measured:
      return Quality::measured;
    case catalogue::Certainty::datasheet:
    case catalogue::Certainty::standard:
    case catalogue::Certainty::published:
      return Quality::stated;
    case catalogue::Certainty::recalled:
    case catalogue::Certainty::judgement:
      return Quality::estimated;
  }
  return Quality::estimated;
}

// The first paragraph of the comment that a file begins with.
std::string opening_comment(const fs::path& path) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; std::getline(file, line) && line.starts_with("#");) {
    line.erase(0, line.find_first_not_of("# "));
    if (line.empty() || line == "#") break;
    if (!text.empty()) text += ' ';
    text += line;
  }
  return text;
}

}  // namespace

std::string catalogue_folder() {
  const char* told = std::getenv("PENTAD_CATALOGUE");
  return told != nullptr && *told != 0 ? told : data_path("catalogue");
}

std::vector<Preset> presets() {
  std::vector<Preset> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(catalogue_folder() + "/centres", error)) {
    if (entry.path().extension() != ".toml") continue;
    all.push_back({entry.path().stem(), entry.path(), opening_comment(entry.path())});
  }
  std::sort(all.begin(), all.end(),
            [](const Preset& a, const Preset& b) { return a.name < b.name; });
  return all;
}

Result<catalogue::CentreFile> read_named_centre(const std::string& name,
                                                const std::string& weather) {
  std::string path = name;
  std::error_code error;
  if (!fs::exists(path, error)) {
    std::string known;
    for (const Preset& preset : presets()) {
      known += (known.empty() ? "" : ", ") + preset.name;
      if (preset.name == name) path = preset.path;
    }
    if (path == name && name.find('/') == std::string::npos && !name.ends_with(".toml")) {
      return fail(ErrorCode::not_found, "no such file; presets are " + known, name);
    }
  }
  auto rows = catalogue::Rows::read(catalogue_folder());
  if (!rows) return tl::unexpected(rows.error());
  auto centre = catalogue::read_centre(*rows, path);
  if (!centre || weather.empty()) return centre;
  auto other = catalogue::read_weather_file(weather);
  if (!other) return tl::unexpected(other.error());
  centre->weather = std::move(*other);
  // What was said of the centre's own weather holds no longer.
  std::erase_if(centre->notes,
                [](const std::string& note) { return note.starts_with("weather: "); });
  std::erase_if(centre->used, [](const catalogue::UsedRow& row) { return row.kind == "climate"; });
  for (const std::string& note : centre->weather.notes) centre->notes.push_back("weather: " + note);
  return centre;
}

Status fill_from(const catalogue::CentreFile& centre, pentad::twin::RunSetup& setup) {
  setup.name = centre.name;
  setup.site = centre.city;
  setup.machine = {centre.devices, catalogue::nodes_of(centre)};
  setup.policy = centre.policy;
  setup.utc_offset = centre.utc_offset;
  if (!setup.replay.workload.wish) setup.replay.workload.default_wish = centre.default_wish;
  pentad::twin::PowerSetup power;
  for (const catalogue::CentrePool& pool : centre.pools) {
    power.pools.push_back({pool.node.name, pool.power});
  }
  const energy::ClassUtilisation& u = centre.utilisation;
  power.utilisation = u;
  pentad::twin::PlantSetup& plant = power.plant;
  plant.site = centre.site;
  plant.nodes = static_cast<double>(setup.machine.nodes.size());
  plant.weather_name = fmt::format("{} ({})", centre.weather.name, centre.weather.origin);
  plant.weather_notes = centre.weather.notes;
  auto hours = energy::weather_hours(centre.weather.hours);
  if (!hours) {
    return fail(hours.error().code, hours.error().message,
                centre.weather.name + " hour " + hours.error().path);
  }
  plant.weather = std::move(*hours);
  plant.tariff = centre.tariff;
  plant.carbon = centre.carbon;
  plant.utc_offset = centre.utc_offset;
  plant.reuse_demand_w = centre.reuse_demand_w;
  setup.power = std::move(power);
  for (const catalogue::UsedRow& row : centre.used) {
    setup.inputs.push_back({row.kind + " " + row.name, quality_of(row.certainty), row.source});
  }
  for (const std::string& note : centre.notes) {
    setup.inputs.push_back({note, Quality::estimated, "centre file"});
  }
  setup.inputs.push_back({"utilisation of chips while jobs hold them", Quality::estimated,
                          fmt::format("simulation {}, training {}, inference {}", u.simulation,
                                      u.training, u.inference)});
  setup.inputs.push_back({"pace of jobs that the plant throttles", Quality::estimated,
                          "work falls as the power above idle does"});
  return {};
}

}  // namespace pentad::cli::twin
