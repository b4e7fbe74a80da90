// Any text as a centre file against the real catalogue: no crash, an error has words, and a centre
// that is accepted runs an hour with everything conserved.
#include <cstdlib>

#include "catalogue/centre_file.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pentad;
  using namespace pentad::catalogue;
  static const Rows rows = *Rows::read(PENTAD_SOURCE_DIR "/catalogue");
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto centre = parse_centre(rows, "fuzz.toml", text, "nowhere");
  if (!centre) {
    require(!centre.error().message.empty());
    return 0;
  }
  require(!centre->pools.empty() && centre->weather.hours.size() == kHoursOfYear);
  require(centre->pools[0].node.cores > 0 && centre->pools[0].node.memory > Bytes{});
  auto model = energy::SiteModel::make(centre->site);
  auto weather = energy::weather_hour(centre->weather.hours[4000]);
  require(model && weather);
  energy::HourInput input;
  input.load.boards_w = 0.7 * centre->site.it.rated_boards_w;
  require(energy::conservation_error(model->hour(*weather, input)) < 1e-6);
  return 0;
}
