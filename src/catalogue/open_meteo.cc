#include "catalogue/open_meteo.h"

#include <fmt/format.h>

#include <boost/describe.hpp>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/reflect.h"

namespace pentad::catalogue {
namespace {

using Series = std::vector<std::optional<double>>;

struct Hourly {
  std::vector<std::string> time;
  Series temperature_2m;
  Series relative_humidity_2m, relativehumidity_2m;
  Series surface_pressure;  // hPa
};
BOOST_DESCRIBE_STRUCT(Hourly, (),
                      (time, temperature_2m, relative_humidity_2m, relativehumidity_2m,
                       surface_pressure))

struct Answer {
  std::optional<double> latitude, longitude, elevation;
  int64_t utc_offset_seconds = 0;
  Hourly hourly;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (latitude, longitude, elevation, utc_offset_seconds, hourly))

Status bad(const std::string& path, std::string message) {
  return fail(ErrorCode::invalid, std::move(message), path);
}

bool within(const std::optional<double>& value, double min, double max) {
  return !value || (*value >= min && *value <= max);
}

Status read_series(const Series& in, const char* name, double factor, double min, double max,
                   std::vector<double>& out) {
  for (size_t i = 0; i < in.size(); ++i) {
    if (!within(in[i], min, max)) {
      return bad(fmt::format("/hourly/{}/{}", name, i),
                 fmt::format("is {}; it may be {} to {}", *in[i], min, max));
    }
    out.push_back(in[i] ? *in[i] * factor : std::nan(""));
  }
  return {};
}

constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

// "-01-01T00:00" for hour 0 and so on: all after the year.
std::string clock_text(size_t hour, bool leap) {
  auto day = static_cast<int>(hour / 24);
  int month = 0;
  while (month < 11) {
    int days = kDays[month] + (leap && month == 1 ? 1 : 0);
    if (day < days) break;
    day -= days;
    ++month;
  }
  return fmt::format("-{:02}-{:02}T{:02}:00", month + 1, day + 1, hour % 24);
}

Status check_times(const std::vector<std::string>& time) {
  for (size_t i = 0; i < time.size(); ++i) {
    std::string expected = clock_text(i, time.size() > kHoursOfYear);
    if (time[i].size() < 4 || std::string_view(time[i]).substr(4) != expected) {
      return bad(fmt::format("/hourly/time/{}", i),
                 fmt::format("expected an hour ...{}: one year without a jump", expected));
    }
  }
  return {};
}

Status read_hours(const Hourly& hourly, RawWeather& raw) {
  const bool is_new = !hourly.relative_humidity_2m.empty();
  const char* humidity_name = is_new ? "relative_humidity_2m" : "relativehumidity_2m";
  const Series& humidity = is_new ? hourly.relative_humidity_2m : hourly.relativehumidity_2m;
  size_t n = hourly.time.size();
  if (Status status = check_times(hourly.time); !status) return status;
  if (hourly.temperature_2m.size() != n) {
    return bad("/hourly/temperature_2m", fmt::format("expected {} values as in /hourly/time", n));
  }
  if (humidity.size() != n) {
    return bad(fmt::format("/hourly/{}", humidity_name),
               fmt::format("expected {} values as in /hourly/time", n));
  }
  if (!hourly.surface_pressure.empty() && hourly.surface_pressure.size() != n) {
    return bad("/hourly/surface_pressure", fmt::format("expected {} values as in time", n));
  }
  Status status = read_series(hourly.temperature_2m, "temperature_2m", 1, -70, 65, raw.dry_bulb_c);
  if (status) {
    status = read_series(humidity, humidity_name, 1, 0, 110, raw.relative_humidity_percent);
  }
  if (status) {
    status =
        read_series(hourly.surface_pressure, "surface_pressure", 100, 500, 1100, raw.pressure_pa);
  }
  return status;
}

}  // namespace

Result<Weather> parse_open_meteo(std::string_view json) {
  auto answer = from_json<Answer>(json, ReadMode::lenient);
  if (!answer) return tl::unexpected(answer.error());
  Status place;
  if (!within(answer->latitude, -90, 90)) place = bad("/latitude", "it may be -90 to 90");
  if (!within(answer->longitude, -180, 180)) place = bad("/longitude", "it may be -180 to 180");
  if (!within(answer->elevation, -500, 6000)) place = bad("/elevation", "it may be -500 to 6000");
  if (std::abs(static_cast<double>(answer->utc_offset_seconds)) > 14 * 3600) {
    place = bad("/utc_offset_seconds", "it may be up to 14 hours");
  }
  if (!place) return tl::unexpected(place.error());
  RawWeather raw;
  raw.about.origin = "Open-Meteo";
  raw.about.name =
      fmt::format("{:.3f}, {:.3f}", answer->latitude.value_or(0), answer->longitude.value_or(0));
  raw.about.latitude = answer->latitude;
  raw.about.longitude = answer->longitude;
  raw.about.altitude_m = answer->elevation;
  raw.about.utc_offset_h = static_cast<double>(answer->utc_offset_seconds) / 3600;
  if (Status status = read_hours(answer->hourly, raw); !status) {
    return tl::unexpected(status.error());
  }
  auto weather = finish_weather(std::move(raw));
  if (!weather) return fail(ErrorCode::invalid, weather.error().message, "/hourly");
  return weather;
}

}  // namespace pentad::catalogue
