#include "data.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>

#include "catalogue/weather.h"

namespace pentad::validation {

std::string data_file(const std::string& name) {
  const char* given = std::getenv("PENTAD_DATA");
  const std::string folder = given ? given : std::string(PENTAD_SOURCE_DIR) + "/../shared/data";
  const std::string path = folder + "/green/" + name;
  std::error_code error;
  if (std::filesystem::exists(path, error)) return path;
  std::cout << "skipped: no PENTAD_DATA (" << name << ")\n";
  return "";
}

Table read_table(const std::string& file, char separator) {
  Table table;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> fields(1);
    for (char c : line) {
      if (c == separator) {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    table.push_back(std::move(fields));
  }
  return table;
}

double number(const std::string& text) {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<energy::WeatherHour> read_weather(const std::string& file) {
  const auto weather = catalogue::read_weather_file(file);
  if (!weather) return {};
  auto hours = energy::weather_hours(weather->hours);
  return hours ? *hours : std::vector<energy::WeatherHour>{};
}

}  // namespace pentad::validation
