// Any text as an EPW file, as its hours, as an answer of Open-Meteo, and any gaps in a year: no
// crash, and a Weather that is accepted is whole and within bounds. The first byte chooses.
#include <cmath>
#include <cstdlib>

#include "catalogue/epw.h"
#include "catalogue/open_meteo.h"
#include "catalogue/weather.h"

namespace pentad::catalogue {
namespace {

void check(const Result<Weather>& weather) {
  if (!weather) {
    if (weather.error().message.empty()) std::abort();
    return;
  }
  if (weather->hours.size() != kHoursOfYear) std::abort();
  if (!energy::weather_hours(weather->hours)) std::abort();
}

// The text as body of a file, over and over until a year is full.
std::string as_hours(std::string_view text) {
  std::string file = "LOCATION,a,b,c,d,e,30,114,8,23\n2\n3\n4\n5\n6\n7\nDATA PERIODS,1,1\n";
  size_t at = 0;
  for (size_t h = 0; h < kHoursOfYear; ++h) {
    if (at >= text.size()) at = 0;
    size_t end = std::min(text.find('\n', at), text.size());
    file.append(text.substr(at, std::min<size_t>(end - at, 100)));
    file += '\n';
    at = end + 1;
  }
  return file;
}

RawWeather with_gaps(std::string_view text) {
  RawWeather raw;
  size_t n = text.size() % 2 == 0 ? kHoursOfYear : 8784;
  for (size_t h = 0; h < n; ++h) {
    unsigned char byte = text.empty() ? 0 : static_cast<unsigned char>(text[h % text.size()]);
    raw.dry_bulb_c.push_back(byte % 7 == 0 ? std::nan("") : byte / 8.0);
    raw.relative_humidity_percent.push_back(byte % 11 == 0 ? std::nan("") : byte / 3.0);
    raw.pressure_pa.push_back(byte % 3 == 0 ? std::nan("") : 1e5);
  }
  return raw;
}

}  // namespace
}  // namespace pentad::catalogue

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad::catalogue;
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      check(parse_epw(text));
      break;
    case 1:
      check(parse_epw(as_hours(text)));
      break;
    case 2:
      check(parse_open_meteo(text));
      break;
    default:
      check(finish_weather(with_gaps(text)));
  }
  return 0;
}
