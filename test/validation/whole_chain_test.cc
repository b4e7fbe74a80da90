// The presets beside the reference calculation from which their parameters were chosen: a year at
// 70 % load in four Chinese climates. Not blind; it keeps presets and documentation together.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdio>

#include "data.h"
#include "energy/indicators.h"
#include "energy/presets.h"

namespace pentad::validation {
namespace {

using namespace energy;

constexpr std::array<const char*, 4> kFiles = {"weather/CHN_Beijing.Beijing.545110_CSWD.epw",
                                               "weather/CHN_Shanghai.Shanghai.583620_CSWD.epw",
                                               "weather/CHN_Sichuan.Chengdu.562940_CSWD.epw",
                                               "weather/CHN_Xinjiang.Uygur.Urumqi.514630_CSWD.epw"};

struct Reference {
  Site site;
  std::array<double, 4> pue;
};

std::vector<Reference> references() {
  Site double_conversion = immersion_two_phase_dry(fluid_7100());
  double_conversion.chain = air_best().chain;
  return {{air_legacy(), {1.479, 1.485, 1.482, 1.472}},
          {air_best(), {1.144, 1.165, 1.163, 1.121}},
          {cold_plate_dry(), {1.109, 1.114, 1.111, 1.102}},
          {cold_plate_wet(), {1.100, 1.104, 1.103, 1.095}},
          {immersion_two_phase_dry(fluid_649()), {1.048, 1.048, 1.047, 1.046}},
          {immersion_two_phase_wet(fluid_649()), {1.042, 1.042, 1.042, 1.042}},
          {immersion_two_phase_dry(fluid_7100()), {1.042, 1.043, 1.042, 1.042}},
          {double_conversion, {1.068, 1.068, 1.068, 1.067}}};
}

Totals year(const Site& site, const std::vector<WeatherHour>& weather) {
  const auto model = SiteModel::make(site);
  Totals totals;
  double worst = 0;
  for (const WeatherHour& hour : weather) {
    const SiteHour h =
        model->hour(hour, {.load = {.boards_w = 0.7 * site.it.rated_boards_w, .nodes = 0}});
    worst = std::max(worst, conservation_error(h));
    add_hour(totals, site, h, {}, 0.6);
  }
  CHECK(worst < 1e-9);
  return totals;
}

}  // namespace

TEST_CASE("the presets land on the reference calculation") {
  constexpr std::array<double, 4> capped_hours = {286, 236, 162, 223};  // cold plate, dry cooler
  for (size_t place = 0; place < kFiles.size(); ++place) {
    const std::string file = data_file(kFiles[place]);
    if (file.empty()) return;
    const auto weather = read_weather(file);
    REQUIRE(weather.size() == 8760);
    for (const Reference& reference : references()) {
      const Totals totals = year(reference.site, weather);
      const double pue = indicators(totals)->pue;
      CHECK_MESSAGE(std::abs(pue - reference.pue[place]) < 0.02,
                    reference.site.name << " in " << kFiles[place] << ": " << pue);
      if (reference.site.name == "cold_plate_dry") {
        CHECK(std::abs(totals.hours_short - capped_hours[place]) <= 3);
      }
      if (reference.site.name == "immersion_two_phase_dry") CHECK(totals.hours_short <= 3);
    }
  }
}

}  // namespace pentad::validation
