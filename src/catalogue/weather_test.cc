#include "catalogue/weather.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "catalogue/epw.h"
#include "catalogue/open_meteo.h"
#include "catalogue/test_data.h"

namespace pentad::catalogue {
namespace {

std::string epw(size_t hours = kHoursOfYear) {
  std::string text =
      "LOCATION,Town,Region,CHN,Made up,000000,30.0,114.0,8.0,23.0\r\n2\n3\n4\n5\n6\n7\n"
      "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31\n";
  for (size_t h = 0; h < hours; ++h) {
    text +=
        fmt::format("2005,1,1,{},0,flags,{},5.0,{},101000,0\n", h % 24 + 1, h % 24, 50 + h % 24);
  }
  return text;
}

// The file with line `number` (from 1) replaced.
std::string with_line(std::string text, size_t number, std::string_view line) {
  size_t begin = 0;
  for (size_t i = 1; i < number; ++i) begin = text.find('\n', begin) + 1;
  return text.replace(begin, text.find('\n', begin) - begin, line);
}

std::string message(std::string_view text) {
  auto weather = parse_epw(text);
  return weather ? "" : weather.error().message;
}

TEST_CASE("an EPW file") {
  auto weather = parse_epw(epw());
  REQUIRE(weather);
  CHECK(weather->name == "Town, CHN");
  CHECK(*weather->altitude_m == 23);
  CHECK(weather->hours.size() == kHoursOfYear);
  CHECK(weather->hours[13] == energy::WeatherReading{13, 0.63, 101000});
  CHECK(weather->notes.empty());
  auto leap = parse_epw(epw(8784));
  REQUIRE(leap);
  CHECK(leap->hours.size() == kHoursOfYear);
  CHECK(leap->notes == std::vector<std::string>{"29 February left out"});
}

TEST_CASE("gaps of an EPW file are filled and said") {
  // Hour 9 (line 18) between 8 and 10; a whole day from its neighbours.
  std::string text = with_line(epw(), 18, "2005,1,1,10,0,flags,99.9,5.0,999,999999,0");
  for (size_t h = 48; h < 72; ++h) text = with_line(text, 9 + h, "2005,1,3,1,0,f,99.9,5,999,1e5");
  auto weather = parse_epw(text);
  REQUIRE(weather);
  CHECK(weather->hours[9] == energy::WeatherReading{9, 0.59, 101000});
  CHECK(weather->hours[60].dry_bulb_c == 12);
  CHECK(weather->hours[60].relative_humidity == doctest::Approx(0.62));
  REQUIRE(weather->notes.size() == 3);
  CHECK(weather->notes[0].starts_with("dry bulb: 25 missing hours filled"));
  CHECK(weather->notes[2].starts_with("pressure: 1 missing hours filled"));
}

TEST_CASE("humidity above 100 % is cut and said") {
  auto weather = parse_epw(with_line(epw(), 9, "2005,1,1,1,0,f,5,5,104,101000,0"));
  REQUIRE(weather);
  CHECK(weather->hours[0].relative_humidity == 1);
  CHECK(weather->notes ==
        std::vector<std::string>{"relative humidity: 1 hours above 100 % cut to it"});
}

TEST_CASE("complaints about an EPW file name line and column") {
  CHECK(message("") == "line 0: the file ends within its header");
  CHECK(message("x\n").starts_with("line 1: an EPW file starts"));
  std::string good = epw();
  CHECK(message(with_line(good, 1, "LOCATION,a,b,c,d,e,91,0,8,3")).find("latitude") !=
        std::string::npos);
  CHECK(message(with_line(good, 8, "DATA PERIODS,1,2,Data")).starts_with("line 8, columns 2"));
  CHECK(message(with_line(good, 20, "2005,1,1,1,0,f,hot,5,50,101000"))
            .starts_with("line 20, column 7 (dry bulb): `hot` is not a number"));
  CHECK(message(with_line(good, 20, "2005,1,1,1,0,f,5,5,-1,101000"))
            .starts_with("line 20, column 9 (relative humidity) is -1"));
  CHECK(message(with_line(good, 20, "2005,1,1,1,0,f,5,5,50"))
            .starts_with("line 20, column 10 (pressure): `` is not"));
  CHECK(message(epw(100)) == "line 108: 100 hours; a year has 8760 or 8784");
  std::string mostly_gaps = epw(0);
  for (size_t h = 0; h < kHoursOfYear; ++h) {
    mostly_gaps += fmt::format("a,b,c,d,e,f,{},0,50,999999\n", h % 3 == 0 ? "99.9" : "10");
  }
  CHECK(message(mostly_gaps).find("2920 of 8760 hours have no dry bulb") != std::string::npos);
}

std::string series(size_t hours, std::string_view value) {
  std::string out;
  for (size_t h = 0; h < hours; ++h) out += fmt::format("{}{}", h ? "," : "", value);
  return out;
}

std::string open_meteo(std::string_view humidity_name) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::string time;
  for (int m = 0; m < 12; ++m) {
    for (int h = 0; h < days[m] * 24; ++h) {
      time += fmt::format("{}\"2023-{:02}-{:02}T{:02}:00\"", time.empty() ? "" : ",", m + 1,
                          h / 24 + 1, h % 24);
    }
  }
  return fmt::format(
      "{{\"latitude\":1.3,\"longitude\":103.9,\"elevation\":19.0,\"utc_offset_seconds\":28800,"
      "\"other\":{{}},\"hourly\":{{\"time\":[{}],\"temperature_2m\":[null,{}],\"{}\":[{}]}}}}",
      time, series(kHoursOfYear - 1, "20.5"), humidity_name, series(kHoursOfYear, "80"));
}

TEST_CASE("an answer of Open-Meteo") {
  for (auto name : {"relativehumidity_2m", "relative_humidity_2m"}) {
    auto weather = parse_open_meteo(open_meteo(name));
    INFO((weather ? "" : weather.error().path + " " + weather.error().message));
    REQUIRE(weather);
    CHECK(weather->hours[0].dry_bulb_c == 20.5);
    CHECK(weather->hours[8759].relative_humidity == doctest::Approx(0.8));
    CHECK(weather->hours[0].pressure_pa == doctest::Approx(101097).epsilon(0.001));
    CHECK(weather->notes.size() == 2);
  }
  std::string text = open_meteo("relative_humidity_2m");
  auto path_after = [&](std::string_view from, std::string_view to) {
    std::string changed = text;
    auto weather = parse_open_meteo(changed.replace(changed.find(from), from.size(), to));
    return weather ? "" : weather.error().path;
  };
  CHECK(path_after("20.5", "99") == "/hourly/temperature_2m/1");
  CHECK(path_after("20.5,", "") == "/hourly/temperature_2m");
  CHECK(path_after("2023-01-01T01", "2023-01-01T02") == "/hourly/time/1");
  CHECK(path_after("1.3", "100") == "/latitude");
  CHECK(path_after("[80", "[\"x\"") == "/hourly/relative_humidity_2m/0");
  CHECK(parse_open_meteo("[1").error().code == ErrorCode::invalid);
}

TEST_CASE("weather files by their ending") {
  CHECK(read_weather_file("/nonexistent.epw").error().code == ErrorCode::not_found);
  CHECK(read_weather_file(catalogue_folder() + "/devices.toml").error().code ==
        ErrorCode::unsupported);
}

TEST_CASE("real files are read") {
  for (const char* name :
       {"CHN_Beijing.Beijing.545110_CSWD.epw", "CHN_Shanghai.Shanghai.583620_CSWD.epw",
        "CHN_Sichuan.Chengdu.562940_CSWD.epw", "CHN_Xinjiang.Uygur.Urumqi.514630_CSWD.epw",
        "USA_AZ_Phoenix-Sky.Harbor.epw", "SG_Singapore_2023_openmeteo.json",
        "DE_Frankfurt_2023_openmeteo.json"}) {
    std::string path = data_file(std::string("green/weather/") + name);
    if (path.empty()) continue;
    CAPTURE(name);
    auto weather = read_weather_file(path);
    INFO((weather ? "" : weather.error().message));
    REQUIRE(weather);
    CHECK(energy::weather_hours(weather->hours));
  }
}

}  // namespace
}  // namespace pentad::catalogue
