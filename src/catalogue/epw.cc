#include "catalogue/epw.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace pentad::catalogue {
namespace {

struct Column {
  size_t number;  // from 1
  const char* name;
  double missing;  // this value and above
  double min, max;
};
constexpr Column kDryBulb{7, "dry bulb", 99.9, -70, 65};
constexpr Column kHumidity{9, "relative humidity", 999, 0, 110};
constexpr Column kPressure{10, "pressure", 999999, 50000, 110000};
constexpr size_t kHeaderLines = 8;

std::string_view trim(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

// Empty when the line has fewer columns.
std::string_view column(std::string_view line, size_t number) {
  for (size_t i = 1; i < number; ++i) {
    size_t comma = line.find(',');
    if (comma == line.npos) return {};
    line.remove_prefix(comma + 1);
  }
  return trim(line.substr(0, line.find(',')));
}

bool to_number(std::string_view text, double& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && std::isfinite(out);
}

tl::unexpected<Error> bad(size_t line, const std::string& what) {
  return fail(ErrorCode::invalid, fmt::format("line {}{}", line, what));
}

Status read_value(std::string_view line, size_t number, const Column& c, std::vector<double>& out) {
  double value = 0;
  std::string_view text = column(line, c.number);
  if (!to_number(text, value)) {
    return bad(number, fmt::format(", column {} ({}): `{}` is not a number", c.number, c.name,
                                   text.substr(0, 40)));
  }
  if (value >= c.missing) {
    out.push_back(std::nan(""));
    return {};
  }
  if (value < c.min || value > c.max) {
    return bad(number, fmt::format(", column {} ({}) is {}; it may be {} to {}, or {} if missing",
                                   c.number, c.name, value, c.min, c.max, c.missing));
  }
  out.push_back(value);
  return {};
}

Status read_hour(std::string_view line, size_t number, RawWeather& raw) {
  Status status = read_value(line, number, kDryBulb, raw.dry_bulb_c);
  if (status) status = read_value(line, number, kHumidity, raw.relative_humidity_percent);
  if (status) status = read_value(line, number, kPressure, raw.pressure_pa);
  return status;
}

// LOCATION,city,region,country,source,WMO,latitude,longitude,time zone,altitude
Status read_location(std::string_view line, Weather& about) {
  if (!line.starts_with("LOCATION,")) return bad(1, ": an EPW file starts with `LOCATION,`");
  about.name = fmt::format("{}, {}", column(line, 2), column(line, 4));
  struct Place {
    size_t number;
    const char* name;
    double min, max;
    double value = 0;
  };
  Place places[] = {{7, "latitude", -90, 90},
                    {8, "longitude", -180, 180},
                    {9, "time zone", -12, 14},
                    {10, "altitude", -500, 6000}};
  for (Place& place : places) {
    std::string_view text = column(line, place.number);
    if (!to_number(text, place.value) || place.value < place.min || place.value > place.max) {
      return bad(1,
                 fmt::format(", column {} ({}): `{}` is not a number from {} to {}", place.number,
                             place.name, text.substr(0, 40), place.min, place.max));
    }
  }
  about.latitude = places[0].value;
  about.longitude = places[1].value;
  about.utc_offset_h = places[2].value;
  about.altitude_m = places[3].value;
  return {};
}

Status read_header(std::string_view line, size_t number, Weather& about) {
  if (number == 1) return read_location(line, about);
  if (number < kHeaderLines) return {};
  if (!line.starts_with("DATA PERIODS,")) return bad(number, ": expected `DATA PERIODS,`");
  if (column(line, 2) != "1" || column(line, 3) != "1") {
    return bad(number, ", columns 2 and 3: one data period with one record an hour is read");
  }
  return {};
}

}  // namespace

Result<Weather> parse_epw(std::string_view text) {
  RawWeather raw;
  raw.about.origin = "EPW file";
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    size_t end = text.find('\n');
    std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    Status status;
    if (number <= kHeaderLines) {
      status = read_header(line, number, raw.about);
    } else if (!line.empty()) {
      status = read_hour(line, number, raw);
    }
    if (!status) return tl::unexpected(status.error());
  }
  if (number < kHeaderLines) return bad(number, ": the file ends within its header");
  auto weather = finish_weather(std::move(raw));
  if (!weather) return bad(number, ": " + weather.error().message);
  return weather;
}

}  // namespace pentad::catalogue
