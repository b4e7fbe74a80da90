#include "catalogue/climate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "catalogue/rows.h"
#include "catalogue/test_data.h"

namespace pentad::catalogue {
namespace {

// What cooling plants feel of a year.
struct Summary {
  double mean_c = 0, mean_max_c = 0, mean_min_c = 0, humidity = 0;
  double dry_996_c = 0, wet_990_c = 0, wet_mean_c = 0;
  double hours_dry_30 = 0, hours_dry_18 = 0, hours_wet_24 = 0, hours_wet_15 = 0;
};

double quantile(std::vector<double> values, double share) {
  auto at = values.begin() + static_cast<long>(share * static_cast<double>(values.size()));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

Summary summary(const Weather& weather) {
  auto hours = energy::weather_hours(weather.hours);
  REQUIRE(hours);
  Summary s;
  std::vector<double> dry, wet;
  for (size_t h = 0; h < hours->size(); ++h) {
    const auto& hour = (*hours)[h];
    dry.push_back(hour.dry_bulb_c);
    wet.push_back(hour.wet_bulb_c);
    s.mean_c += hour.dry_bulb_c / kHoursOfYear;
    s.wet_mean_c += hour.wet_bulb_c / kHoursOfYear;
    s.humidity += hour.relative_humidity / kHoursOfYear;
    s.hours_dry_30 += hour.dry_bulb_c > 30;
    s.hours_dry_18 += hour.dry_bulb_c > 18;
    s.hours_wet_24 += hour.wet_bulb_c > 24;
    s.hours_wet_15 += hour.wet_bulb_c > 15;
  }
  for (size_t d = 0; d < 365; ++d) {
    auto begin = dry.begin() + static_cast<long>(d * 24);
    s.mean_max_c += *std::max_element(begin, begin + 24) / 365;
    s.mean_min_c += *std::min_element(begin, begin + 24) / 365;
  }
  s.dry_996_c = quantile(dry, 0.996);
  s.wet_990_c = quantile(wet, 0.99);
  return s;
}

void print(const char* what, const Summary& s) {
  std::printf(
      "%-22s mean %5.1f max %5.1f min %5.1f rh %2.0f%% dry99.6 %4.1f wet99 %4.1f wet %5.1f "
      "h>30 %4.0f h>18 %4.0f wb>24 %4.0f wb>15 %4.0f\n",
      what, s.mean_c, s.mean_max_c, s.mean_min_c, s.humidity * 100, s.dry_996_c, s.wet_990_c,
      s.wet_mean_c, s.hours_dry_30, s.hours_dry_18, s.hours_wet_24, s.hours_wet_15);
}

const Rows& rows() {
  static const Rows rows = [] {
    auto read = Rows::read(catalogue_folder());
    INFO((read ? "" : read.error().message));
    REQUIRE(read);
    return *read;
  }();
  return rows;
}

Climate climate(const std::string& name) {
  auto found = rows().get<Climate>("climate", name);
  INFO((found ? "" : found.error().message));
  REQUIRE(found);
  return *found;
}

double mean(const Monthly& values) {
  constexpr double days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  double sum = 0;
  for (size_t m = 0; m < 12; ++m) sum += values[m] * days[m] / 365;
  return sum;
}

TEST_CASE("each climate of the catalogue keeps to its normals and design values") {
  auto names = rows().names("climate");
  CHECK(names.size() >= 12);
  for (const std::string& name : names) {
    CAPTURE(name);
    Climate c = climate(name);
    REQUIRE(validate(c));
    Weather weather = climate_year(c);
    Summary s = summary(weather);
    print(name.c_str(), s);
    CHECK(std::abs(s.mean_c - mean(c.mean_c)) < 0.1);
    CHECK(std::abs(s.mean_max_c - mean(c.max_c)) < 1.0);
    CHECK(std::abs(s.mean_min_c - mean(c.min_c)) < 1.0);
    CHECK(std::abs(s.humidity * 100 - mean(c.relative_humidity_percent)) < 1);
    CHECK(s.dry_996_c > c.design_dry_bulb_c);
    CHECK(s.dry_996_c < c.design_dry_bulb_c + 1.5);
    CHECK(climate_year(c).hours == weather.hours);
  }
}

struct Station {
  const char* climate;
  const char* file;
};
constexpr Station kStations[] = {{"beijing", "CHN_Beijing.Beijing.545110_CSWD.epw"},
                                 {"shanghai", "CHN_Shanghai.Shanghai.583620_CSWD.epw"},
                                 {"chengdu", "CHN_Sichuan.Chengdu.562940_CSWD.epw"},
                                 {"urumqi", "CHN_Xinjiang.Uygur.Urumqi.514630_CSWD.epw"}};

// The normals and design values of a measured year, as the catalogue would have them.
Climate climate_of(Climate c, const Weather& weather) {
  constexpr size_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  auto hours = energy::weather_hours(weather.hours);
  REQUIRE(hours);
  std::vector<double> dry, wet;
  for (const auto& hour : *hours) {
    dry.push_back(hour.dry_bulb_c);
    wet.push_back(hour.wet_bulb_c);
  }
  size_t h = 0;
  for (size_t m = 0; m < 12; ++m) {
    auto n = static_cast<double>(days[m]);
    c.mean_c[m] = c.max_c[m] = c.min_c[m] = c.relative_humidity_percent[m] = 0;
    for (size_t d = 0; d < days[m]; ++d, h += 24) {
      auto begin = dry.begin() + static_cast<long>(h);
      c.max_c[m] += *std::max_element(begin, begin + 24) / n;
      c.min_c[m] += *std::min_element(begin, begin + 24) / n;
      for (size_t k = h; k < h + 24; ++k) {
        c.mean_c[m] += dry[k] / n / 24;
        c.relative_humidity_percent[m] += weather.hours[k].relative_humidity * 100 / n / 24;
      }
    }
  }
  c.design_dry_bulb_c = quantile(dry, 1 - 50.0 / 8760);
  c.design_wet_bulb_c = quantile(wet, 1 - 50.0 / 8760);
  return c;
}

TEST_CASE("the method against measured typical years, from their own monthly means") {
  for (const Station& station : kStations) {
    std::string path = data_file(std::string("green/weather/") + station.file);
    if (path.empty()) continue;
    CAPTURE(station.climate);
    auto measured = read_weather_file(path);
    REQUIRE(measured);
    Summary real = summary(*measured);
    Summary built = summary(climate_year(climate_of(climate(station.climate), *measured)));
    print("typical year", real);
    print("rebuilt", built);
    CHECK(std::abs(built.mean_c - real.mean_c) < 0.1);
    CHECK(std::abs(built.dry_996_c - real.dry_996_c) < 0.5);
    CHECK(std::abs(built.wet_990_c - real.wet_990_c) < 0.7);
    CHECK(std::abs(built.wet_mean_c - real.wet_mean_c) < 0.3);
    CHECK(std::abs(built.hours_dry_30 - real.hours_dry_30) < 150);
    CHECK(std::abs(built.hours_dry_18 - real.hours_dry_18) < 150);
    CHECK(std::abs(built.hours_wet_24 - real.hours_wet_24) < 150);
    CHECK(std::abs(built.hours_wet_15 - real.hours_wet_15) < 150);
  }
}

// Another thing: these typical years are of 1971-2003, the normals of 1991-2020 and up to 1.1 K
// warmer in summer, which the tolerances must bear. So that a wrong row shows, not a wrong method.
TEST_CASE("the catalogue's climates against measured typical years") {
  for (const Station& station : kStations) {
    std::string path = data_file(std::string("green/weather/") + station.file);
    if (path.empty()) continue;
    CAPTURE(station.climate);
    auto measured = read_weather_file(path);
    REQUIRE(measured);
    Summary real = summary(*measured);
    Summary built = summary(climate_year(climate(station.climate)));
    CHECK(std::abs(built.mean_c - real.mean_c) < 1.2);
    CHECK(std::abs(built.dry_996_c - real.dry_996_c) < 1.7);
    CHECK(std::abs(built.wet_990_c - real.wet_990_c) < 1.5);
    CHECK(std::abs(built.wet_mean_c - real.wet_mean_c) < 1.2);
    CHECK(std::abs(built.hours_dry_30 - real.hours_dry_30) < 350);
    CHECK(std::abs(built.hours_dry_18 - real.hours_dry_18) < 400);
    CHECK(std::abs(built.hours_wet_24 - real.hours_wet_24) < 350);
    CHECK(std::abs(built.hours_wet_15 - real.hours_wet_15) < 400);
  }
}

TEST_CASE("an absurd climate is refused") {
  Climate good = climate("wuhan");
  auto path_after = [&](auto change) {
    Climate c = good;
    change(c);
    Status status = validate(c);
    return status ? "" : status.error().path;
  };
  CHECK(path_after([](Climate& c) { c.mean_c[3] = 100; }) == "/mean_c/3");
  CHECK(path_after([](Climate& c) { c.max_c[0] = -5; }) == "/max_c/0");
  CHECK(path_after([](Climate& c) { c.min_c[11] = 20; }) == "/min_c/11");
  CHECK(path_after([](Climate& c) { c.relative_humidity_percent[5] = NAN; }) ==
        "/relative_humidity_percent/5");
  CHECK(path_after([](Climate& c) { c.design_wet_bulb_c = 36; }) == "/design_wet_bulb_c");
  CHECK(path_after([](Climate& c) { c.day_sd_k[1] = -1; }) == "/day_sd_k/1");
}

}  // namespace
}  // namespace pentad::catalogue
