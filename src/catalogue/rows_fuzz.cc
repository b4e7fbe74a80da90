// Any text as rows of the catalogue: no crash; every row that was accepted can be looked up, and
// read as what it is or refused with words; a climate that is accepted gives a year.
#include <cmath>
#include <cstdlib>

#include "catalogue/centre_tables.h"
#include "catalogue/climate.h"
#include "catalogue/device_catalogue.h"
#include "catalogue/rows.h"
#include "energy/plant.h"
#include "energy/power_chain.h"
#include "energy/tariff.h"

namespace pentad::catalogue {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

template <class T>
void read_all(const Rows& rows, const char* kind) {
  for (const std::string& name : rows.names(kind)) {
    require(rows.find(kind, name) != nullptr);
    auto value = rows.get<T>(kind, name);
    require(value || !value.error().message.empty());
  }
}

void try_climates(const Rows& rows) {
  int tried = 0;
  for (const std::string& name : rows.names("climate")) {
    auto climate = rows.get<Climate>("climate", name);
    if (!climate || !validate(*climate) || ++tried > 1) continue;
    Weather weather = climate_year(*climate);
    require(weather.hours.size() == kHoursOfYear);
    for (const auto& hour : weather.hours) {
      require(std::isfinite(hour.dry_bulb_c));
      require(hour.relative_humidity >= 0 && hour.relative_humidity <= 1);
    }
  }
}

}  // namespace
}  // namespace pentad::catalogue

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad;
  using namespace pentad::catalogue;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Rows rows;
  Status status = rows.add("fuzz.toml", text);
  require(status || !status.error().message.empty());
  read_all<CatalogueDevice>(rows, "device");
  read_all<energy::Plant>(rows, "plant");
  read_all<energy::PowerChain>(rows, "chain");
  read_all<energy::Tariff>(rows, "tariff");
  read_all<HostPlatform>(rows, "node");
  read_all<GridFactor>(rows, "grid");
  try_climates(rows);
  return 0;
}
