// T2: the air presets inside the 5-95 % bands of Lei and Masanet (2022) for the climate zones whose
// weather is at hand. Blind: nothing was fitted to the bands.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

#include "data.h"
#include "energy/indicators.h"
#include "energy/presets.h"

namespace pentad::validation {
namespace {

struct Band {
  double low = 1e9, high = -1e9;
};

// PUE from the 5th to the 95th percentile, both ends of the tabled quantiles.
Band band(const Table& table, const std::string& zone, const std::string& size,
          const std::string& cooling) {
  Band b;
  for (const auto& row : table) {
    if (row.size() < 7 || row[2] != zone || row[5] != size || row[6] != cooling) continue;
    b.low = std::min(b.low, number(row[0]));
    b.high = std::max(b.high, number(row[0]));
  }
  return b;
}

energy::Indicators year(const energy::Site& site, const std::vector<energy::WeatherHour>& weather,
                        double load) {
  const auto model = energy::SiteModel::make(site);
  energy::Totals totals;
  for (const auto& hour : weather) {
    const auto h =
        model->hour(hour, {.load = {.boards_w = load * site.it.rated_boards_w, .nodes = 0}});
    energy::add_hour(totals, site, h, {}, 0.6);
  }
  return *energy::indicators(totals);
}

struct Place {
  const char* zone;
  const char* file;
};
constexpr Place kPlaces[] = {
    {"1A", "weather/SG_Singapore_2023_openmeteo.json"},
    {"2B", "weather/USA_AZ_Phoenix-Sky.Harbor.epw"},
    {"3A", "weather/CHN_Shanghai.Shanghai.583620_CSWD.epw"},
    {"4A", "weather/CHN_Beijing.Beijing.545110_CSWD.epw"},
    {"6B", "weather/CHN_Xinjiang.Uygur.Urumqi.514630_CSWD.epw"},
};

}  // namespace

TEST_CASE("T2 air plants lie inside the published bands") {
  const std::string bands = data_file("benchmarks/lei_masanet_ue_pue_wue.csv");
  if (bands.empty()) return;
  const Table table = read_table(bands, ',');
  for (const Place& place : kPlaces) {
    const std::string file = data_file(place.file);
    if (file.empty()) return;
    const auto weather = read_weather(file);
    REQUIRE_MESSAGE(weather.size() == 8760, place.file);
    const Band large =
        band(table, place.zone, "Large-scale", "Water-cooled chiller (waterside economizer)");
    REQUIRE_MESSAGE(large.low < large.high, place.zone);
    const double pue = year(energy::air_best(), weather, 0.7).pue;
    std::printf("T2 %s air_best %.3f in %.3f..%.3f\n", place.zone, pue, large.low, large.high);
    CHECK_MESSAGE(pue >= large.low, place.zone);
    CHECK_MESSAGE(pue <= large.high, place.zone);
  }
}

TEST_CASE("T2 the legacy plant lies inside the band of midsize chilled water sites") {
  const std::string bands = data_file("benchmarks/lei_masanet_ue_pue_wue.csv");
  const std::string file = data_file("weather/CHN_Shanghai.Shanghai.583620_CSWD.epw");
  if (bands.empty() || file.empty()) return;
  const Table table = read_table(bands, ',');
  const Band midsize = band(table, "3A", "Midsize", "Water-cooled chiller");
  REQUIRE(midsize.low < midsize.high);
  const double pue = year(energy::air_legacy(), read_weather(file), 0.7).pue;
  std::printf("T2 3A air_legacy %.3f in %.3f..%.3f\n", pue, midsize.low, midsize.high);
  CHECK(pue >= midsize.low);
  CHECK(pue <= midsize.high);
}

}  // namespace pentad::validation
