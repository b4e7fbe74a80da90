#include "catalogue/centre_file.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <set>

#include "catalogue/test_data.h"
#include "catalogue/text_file.h"

namespace pentad::catalogue {
namespace {

const Rows& rows() {
  static const Rows rows = [] {
    auto read = Rows::read(catalogue_folder());
    INFO((read ? "" : read.error().message));
    REQUIRE(read);
    return *read;
  }();
  return rows;
}

CentreFile preset(const std::string& name) {
  auto centre = read_centre(rows(), catalogue_folder() + "/centres/" + name + ".toml");
  INFO((centre ? "" : centre.error().message));
  REQUIRE(centre);
  return *centre;
}

// A year at a constant share of the rated load.
energy::Totals year(const CentreFile& centre, double load) {
  auto model = energy::SiteModel::make(centre.site);
  REQUIRE(model);
  auto weather = energy::weather_hours(centre.weather.hours);
  REQUIRE(weather);
  energy::Totals totals;
  for (const auto& hour : *weather) {
    energy::HourInput input;
    input.load.boards_w = load * centre.site.it.rated_boards_w;
    auto result = model->hour(hour, input);
    REQUIRE(energy::conservation_error(result) < 1e-9);
    energy::add_hour(totals, centre.site, result, centre.carbon, 0.65);
  }
  return totals;
}

struct Expected {
  const char* name;
  int32_t nodes;
  double min_boards_w, max_boards_w;
  double min_pue, max_pue;  // at 70 % load
};
constexpr Expected kPresets[] = {
    {"air-as-found", 332, 0.7e6, 0.9e6, 1.40, 1.70},
    {"air-best-practice", 332, 0.7e6, 0.9e6, 1.10, 1.25},
    {"cold-plate", 332, 0.7e6, 0.9e6, 1.06, 1.18},
    {"immersion-single-phase", 332, 0.7e6, 0.9e6, 1.05, 1.12},
    {"immersion-two-phase-5a", 332, 0.7e6, 0.9e6, 1.02, 1.07},
    {"frontier", 9472, 25e6, 26.5e6, 1.05, 1.12},  // converters in the cabinets included
    {"summit", 4608, 10e6, 13e6, 1.03, 1.20},
};

TEST_CASE("every preset loads and is plausible over a year") {
  std::set<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(catalogue_folder() + "/centres")) {
    found.insert(file.path().stem().string());
  }
  for (const Expected& expected : kPresets) {
    CAPTURE(expected.name);
    CHECK(found.erase(expected.name) == 1);
    CentreFile centre = preset(expected.name);
    auto text = read_text_file(catalogue_folder() + "/centres/" + expected.name + ".toml");
    CHECK(text->starts_with("# "));
    CHECK(static_cast<int32_t>(nodes_of(centre).size()) == expected.nodes);
    CHECK(centre.site.it.rated_boards_w > expected.min_boards_w);
    CHECK(centre.site.it.rated_boards_w < expected.max_boards_w);
    CHECK(centre.weather.hours.size() == kHoursOfYear);
    for (const UsedRow& row : centre.used) CHECK(!row.source.empty());
    energy::Totals totals = year(centre, 0.7);
    auto result = energy::indicators(totals);
    REQUIRE(result);
    std::printf("%-24s boards %.2f MW, %s, WUE %.2f, short %.0f h, pad %.0f h\n", expected.name,
                centre.site.it.rated_boards_w / 1e6, energy::pue_text(*result).c_str(),
                result->wue_l_kwh, totals.hours_short, totals.hours_adiabatic);
    CHECK(result->pue > expected.min_pue);
    CHECK(result->pue < expected.max_pue);
    CHECK(totals.short_kwh < 0.01 * totals.wanted_boards_kwh);
  }
  CHECK(found.empty());
}

TEST_CASE("the 5A centre in detail") {
  CentreFile centre = preset("immersion-two-phase-5a");
  CHECK(centre.city == "Wuhan 武汉");
  CHECK(centre.carbon.location_kg_kwh == 0.4044);
  CHECK(centre.carbon.market_kg_kwh == 0.4044);
  CHECK(centre.utc_offset == hours(8));
  REQUIRE(centre.pools.size() == 4);
  const CentrePool& train = centre.pools[2];
  CHECK(train.node.devices == std::vector<DeviceGroup>{{"nvidia-h20", 8}});
  CHECK(train.node.cores == 112);
  CHECK(train.node.memory == gibibytes(2048));
  REQUIRE(train.power.devices.size() == 1);
  CHECK(train.power.devices[0].name == "nvidia-h20");
  CHECK(train.power.devices[0].max_w == 400);
  CHECK(centre.site.plant.two_phase.fluid.boiling_c == 49);
  CHECK(centre.site.plant.rejection.dry_cooler.pad);
  CHECK(centre.site.plant.two_phase.boiling.chip_w == 400);
  CHECK(centre.reuse_demand_w[0] == 200e3);
  CHECK(centre.policy.reservation_depth == 1);
  CHECK(energy::price_cny_kwh(centre.tariff, 7, 21) > energy::price_cny_kwh(centre.tariff, 7, 13));
  CHECK(nodes_of(centre)[200].name == "dcu-001");
  bool priced = false;
  for (const DeviceModel& model : centre.devices) {
    if (model.name == "nvidia-h20") priced = model.price_per_hour == Money{9'000'000};
  }
  CHECK(priced);
  bool estimated = false;
  for (const std::string& note : centre.notes) {
    estimated |= note.starts_with("idle power of hygon-dcu-k100-ai is not known");
  }
  CHECK(estimated);
}

// Idle and peak of the published simulator; its 25 coolant units of 8.47 kW count as IT there and
// as pumps of the plant here.
TEST_CASE("Frontier's watts") {
  CentreFile centre = preset("frontier");
  double nodes = centre.pools[0].nodes;
  double converters_w = 0;
  auto site_w = [&](double node_w) {
    double sivoc_w = (node_w + 13) / 0.98;
    converters_w = nodes * (sivoc_w * 4 + 17) / 0.96 / 4;
    return converters_w + 2368 * 250.0 + 25 * 8470.0;
  };
  CHECK(site_w(energy::idle_boards_w(centre.pools[0].power)) ==
        doctest::Approx(7.31e6).epsilon(0.01));
  CHECK(site_w(energy::rated_boards_w(centre.pools[0].power)) ==
        doctest::Approx(28.23e6).epsilon(0.01));
}

constexpr std::string_view kSmall = R"(name = "Small"
[site]
city = "Hefei"
climate = "hefei"
grid = "anhui"
tariff = { from = "anhui", flat_cny_kwh = 0.6 }
market_kg_kwh = 0.1
[device.nvidia-a100-pcie-40gb]
full_w = 240
idle_w = 40
[[pool]]
name = "a"
nodes = 2
host = { from = "dual-epyc-7763", memory_gib = 128 }
devices = [{ model = "nvidia-a100-pcie-40gb", count = 4 }]
[power]
from = "eco"
[plant]
from = "air-best-practice"
air.supply_c = 27
air.chiller.cop = 6
[policy]
scheduler = "conservative"
fair_share = false
power_cap_kw = [5]
wish = "greenest"
)";

TEST_CASE("overrides in place") {
  auto centre = parse_centre(rows(), "small.toml", kSmall, "");
  INFO((centre ? "" : centre.error().message));
  REQUIRE(centre);
  CHECK(centre->tariff.flat_cny_kwh == 0.6);
  CHECK(!centre->tariff.periods.empty());
  CHECK(centre->carbon.market_kg_kwh == 0.1);
  CHECK(centre->carbon.location_kg_kwh == 0.6553);
  CHECK(centre->pools[0].node.memory == gibibytes(128));
  CHECK(centre->pools[0].power.devices[0].max_w == 240);
  CHECK(centre->site.plant.air.supply_c == 27);
  CHECK(centre->site.plant.air.chiller.cop == 6);
  CHECK(centre->site.plant.air.chilled_water_c == 18);
  CHECK(centre->policy.reservation_depth == -1);
  CHECK(centre->policy.weights.fair_share == 0);
  CHECK(centre->policy.power_cap.by_hour == std::vector<Power>(24, Power{5'000'000}));
  CHECK(centre->policy.power_cap.utc_offset == hours(8));
  CHECK(centre->default_wish == Wish::greenest);
}

TEST_CASE("a weather file instead of a climate") {
  std::string path = data_file("green/weather/CHN_Beijing.Beijing.545110_CSWD.epw");
  if (path.empty()) return;
  std::string text(kSmall), key = "climate = \"hefei\"";
  text.replace(text.find(key), key.size(), "weather = \"" + path + "\"");
  auto centre = parse_centre(rows(), "small.toml", text, "");
  INFO((centre ? "" : centre.error().message));
  REQUIRE(centre);
  CHECK(centre->weather.name == "Beijing, CHN");
  CHECK(centre->weather.hours[0].dry_bulb_c == -5.1);
  // A relative name is looked for beside the centre file.
  auto folder = std::filesystem::path(path).parent_path().string();
  text.replace(text.find(path), path.size(), std::filesystem::path(path).filename().string());
  CHECK(parse_centre(rows(), "small.toml", text, folder));
}

std::string message_after(std::string_view from, std::string_view to) {
  std::string text(kSmall);
  size_t at = text.find(from);
  REQUIRE(at != text.npos);
  auto centre = parse_centre(rows(), "small.toml", text.replace(at, from.size(), to), "");
  return centre ? "" : centre.error().message;
}

TEST_CASE("complaints name file, line, field and what is allowed") {
  struct Case {
    const char *from, *to, *message;
  };
  const Case cases[] = {
      {"name = \"Small\"", "", "small.toml line 1: /name: expected"},
      {"[plant]", "[plants]", "small.toml line 18: /plants: unknown; there may be name, site"},
      {"city =", "town =", "small.toml line 3: /site/town: unknown"},
      {"\"hefei\"", "\"atlantis\"",
       "small.toml line 4: there is no climate `atlantis`; there are b"},
      {"climate = \"hefei\"", "", "small.toml line 2: /site: expected either `climate`"},
      {"climate = \"hefei\"", "weather = \"no.epw\"",
       "small.toml line 4: /site/weather: no.epw: is"},
      {"grid = \"anhui\"", "grid = 3", "small.toml line 5: "},
      {"flat_cny_kwh = 0.6", "flat_cny_kwh = -1", "small.toml line 6: /site/tariff/flat_cny_kwh"},
      {"market_kg_kwh = 0.1", "market_kg_kwh = 9", "small.toml line 7: /site/market_kg_kwh: "},
      {"idle_w = 40", "idle_w = 400", "small.toml line 10: /device/nvidia-a100-pcie-40gb/idle_w"},
      {"[device.nvidia-a100-pcie-40gb]", "[device.gpu]", "small.toml line 8: there is no device"},
      {"nodes = 2", "nodes = 0", "small.toml line 13: /pool/0/nodes: "},
      {"nodes = 2", "nodes = 2000000", "small.toml line 13: /pool/0/nodes: "},
      {"name = \"a\"", "name = \"a b\"", "small.toml line 11: /pool/0/name: expected letters"},
      {"dual-epyc-7763", "pdp-11", "small.toml line 14: there is no node `pdp-11`; there are dual"},
      {"memory_gib = 128", "memory_gib = 0", "small.toml line 14: /pool/0/host/memory_gib: "},
      {"memory_gib = 128", "base_w = -5", "small.toml line 14: /pool/0/host/base_w: "},
      {"\"nvidia-a100-pcie-40gb\", count", "\"x\", count",
       "small.toml line 11: there is no device"},
      {"\"nvidia-a100-pcie-40gb\", count = 4", "\"hygon-dcu-bw1000\"",
       "small.toml line 11: /device/hygon-dcu-bw1000/full_w: not known to the catalogue"},
      {"count = 4", "count = 65", "small.toml line 15: /pool/0/devices/0/count: "},
      {"from = \"eco\"", "from = \"eko\"", "small.toml line 17: there is no chain `eko`"},
      {"from = \"eco\"", "blocks = [{ from = \"ups-eco\", no_load = -1 }]",
       "small.toml line 17: /power/blocks/0/no_load: "},
      {"air.supply_c = 27", "air.supply_c = 270", "small.toml line 20: /plant/air/supply_c: "},
      {"air.supply_c = 27", "air.supply_k = 300", "small.toml line 20: /plant/air/supply_k: "},
      {"\"conservative\"", "\"magic\"", "small.toml line 23: /policy/scheduler: "},
      {"[5]", "[5, 6]", "small.toml line 22: /policy/power_cap_kw: expected 24 values"},
      {"[5]", "[-5]", "small.toml line 22: /policy/power_cap_kw: expected more than 0"},
      {"[policy]", "[prices]\nx = 1\n[policy]", "small.toml line 22: /prices/x: no pool has"},
      {"[policy]", "[reuse]\nenabled = true\n[policy]", "small.toml line 22: /reuse/demand_kw"},
      {"[[pool]]", "[pool]", "small.toml line 11: /pool: expected at least one [[pool]]"},
      {"name = \"Small\"", "name = ", "small.toml line 1: "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.to);
    std::string message = message_after(c.from, c.to);
    CAPTURE(message);
    CHECK(message.starts_with(c.message));
  }
  CHECK(read_centre(rows(), "/nonexistent.toml").error().code == ErrorCode::not_found);
}

}  // namespace
}  // namespace pentad::catalogue
