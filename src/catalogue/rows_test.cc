#include "catalogue/rows.h"

#include <doctest/doctest.h>

#include "catalogue/centre_tables.h"
#include "catalogue/climate.h"
#include "catalogue/device_catalogue.h"
#include "catalogue/test_data.h"
#include "catalogue/unit_cost.h"
#include "energy/plant.h"
#include "energy/power_chain.h"
#include "energy/tariff.h"

namespace pentad::catalogue {
namespace {

constexpr std::string_view kRows = R"(
[[fluid]]
name = "boils-at-49"
source = "a data sheet"
certainty = "datasheet"
boiling_c = 49
gwp100 = 1.5
[[plant]]
name = "tank"
source = "a book"
certainty = "published"
kind = "immersion_two_phase"
two_phase.fluid = "boils-at-49"
two_phase.charge_kg_kw = 2
[[plant]]
name = "tank-in-a-circle"
source = "a book"
certainty = "published"
from = "tank-in-a-circle"
[[block]]
name = "eco"
source = "a book"
certainty = "published"
kind = "ups"
no_load = 0.004
[[chain]]
name = "short"
source = "a book"
certainty = "published"
blocks = ["eco", { from = "eco", name = "second", units = 3 }, { kind = "transformer" }]
)";

Rows made() {
  Rows rows;
  Status status = rows.add("rows.toml", kRows);
  INFO((status ? "" : status.error().message));
  REQUIRE(status);
  return rows;
}

std::string message_of(std::string_view text) {
  Rows rows;
  Status status = rows.add("x.toml", text);
  return status ? "" : status.error().message;
}

template <class T>
Result<T> resolved(const Rows& rows, std::string_view toml, std::string_view kind) {
  Rows copy = rows;
  auto document = parse_toml(toml);
  REQUIRE(document);
  Rows::set_file(*document, copy.add_file("mine.toml"));
  auto value = copy.resolve(*document, kind);
  if (!value) return tl::unexpected(value.error());
  return copy.read_as<T>(*value);
}

TEST_CASE("rows name other rows") {
  Rows rows = made();
  auto plant = rows.get<energy::Plant>("plant", "tank");
  INFO((plant ? "" : plant.error().message));
  REQUIRE(plant);
  CHECK(plant->kind == energy::PlantKind::immersion_two_phase);
  CHECK(plant->two_phase.fluid.name == "boils-at-49");
  CHECK(plant->two_phase.fluid.gwp100 == 1.5);
  auto chain = rows.get<energy::PowerChain>("chain", "short");
  INFO((chain ? "" : chain.error().message));
  REQUIRE(chain);
  REQUIRE(chain->blocks.size() == 3);
  CHECK(chain->blocks[0].name == "eco");
  CHECK(chain->blocks[1].name == "second");
  CHECK(chain->blocks[1].units == 3);
  CHECK(chain->blocks[1].no_load == 0.004);
  CHECK(chain->blocks[2].no_load == 0);
}

TEST_CASE("every parameter can be overridden in place") {
  auto plant = resolved<energy::Plant>(made(), R"(
from = "tank"
two_phase.charge_kg_kw = 1.25
two_phase.fluid.price_cny_kg = 300
two_phase.facility_pump.efficiency = 0.7
)",
                                       "plant");
  INFO((plant ? "" : plant.error().message));
  REQUIRE(plant);
  CHECK(plant->two_phase.charge_kg_kw == 1.25);
  CHECK(plant->two_phase.fluid.price_cny_kg == 300);
  CHECK(plant->two_phase.fluid.gwp100 == 1.5);
  CHECK(plant->two_phase.facility_pump.efficiency == 0.7);
}

TEST_CASE("complaints name file, line and field") {
  Rows rows = made();
  auto message = [&](std::string_view toml) {
    auto plant = resolved<energy::Plant>(rows, toml, "plant");
    return plant ? "" : plant.error().message;
  };
  CHECK(message("from = \"pool\"") ==
        "mine.toml line 1: there is no plant `pool`; there are tank, tank-in-a-circle");
  CHECK(message("from = 3") == "mine.toml line 1: `from` must be the name of a row");
  CHECK(message("from = \"tank\"\ntwo_phase.fluid = \"oil\"") ==
        "mine.toml line 2: there is no fluid `oil`; there are boils-at-49");
  CHECK(message("\nfrom = \"tank\"\n\ntwo_phase.charge = 1")
            .starts_with("mine.toml line 4: /two_phase/charge: "));
  CHECK(message("from = \"tank\"\ntwo_phase.fluid.gwp100 = \"much\"")
            .starts_with("mine.toml line 2: /two_phase/fluid/gwp100: "));
  CHECK(message("from = \"tank-in-a-circle\"") ==
        "rows.toml line 19: `tank-in-a-circle` leads back to itself");
  CHECK(message_of("[[plant]]\nname = \"a\"")
            .starts_with("x.toml line 1: `a` needs a `source` and a `certainty`"));
  CHECK(message_of("[[plant]]\n") == "x.toml line 1: a row needs a `name`");
  CHECK(message_of("plant = 3").starts_with("x.toml line 1: expected [[kind]]"));
  CHECK(message_of("[[plan]]\nname = \"a\"").starts_with("x.toml line 1: expected [[kind]]"));
  CHECK(message_of("x = ").starts_with("x.toml line 1: "));
  std::string twice(kRows);
  CHECK(
      message_of(twice + "[[fluid]]\nname = \"boils-at-49\"\nsource=\"b\"\ncertainty=\"measured\"")
          .ends_with("`boils-at-49` stands twice"));
}

Status validate(const GridFactor&) { return {}; }
Status validate(const HostPlatform& host) { return energy::validate(host.psu); }

template <class T>
size_t read_all(const Rows& rows, const char* kind) {
  for (const std::string& name : rows.names(kind)) {
    CAPTURE(name);
    auto value = rows.get<T>(kind, name);
    INFO((value ? "" : value.error().message));
    REQUIRE(value);
    Status status = validate(*value);
    INFO((status ? "" : status.error().path + " " + status.error().message));
    CHECK(status);
    const Row* row = rows.find(kind, name);
    CHECK(!row->source.empty());
  }
  return rows.names(kind).size();
}

TEST_CASE("every row of the catalogue is what it says and within bounds") {
  auto rows = Rows::read(catalogue_folder());
  INFO((rows ? "" : rows.error().message));
  REQUIRE(rows);
  CHECK(read_all<Climate>(*rows, "climate") >= 12);
  CHECK(read_all<energy::Chiller>(*rows, "chiller") >= 1);
  CHECK(read_all<energy::Plant>(*rows, "plant") >= 10);
  CHECK(read_all<energy::PowerChain>(*rows, "chain") >= 5);
  CHECK(read_all<energy::Tariff>(*rows, "tariff") == 16);
  CHECK(read_all<energy::Fluid>(*rows, "fluid") >= 6);
  CHECK(read_all<energy::Psu>(*rows, "psu") >= 5);
  CHECK(read_all<GridFactor>(*rows, "grid") == 32);
  CHECK(read_all<UnitCost>(*rows, "cost") >= 15);
  CHECK(read_all<HostPlatform>(*rows, "node") >= 8);
  CHECK(read_all<CatalogueDevice>(*rows, "device") >= 20);
}

// Hours of the documents, by hand.
TEST_CASE("tariffs") {
  auto rows = Rows::read(catalogue_folder());
  REQUIRE(rows);
  auto ratio = [&](const char* area, int month, int hour) {
    auto tariff = rows->get<energy::Tariff>("tariff", area);
    REQUIRE(tariff);
    tariff->flat_cny_kwh = 1;
    tariff->floating_share = 1;
    return energy::price_cny_kwh(*tariff, month, hour);
  };
  CHECK(ratio("anhui", 8, 16) == 1.843);
  CHECK(ratio("anhui", 8, 15) == 1);
  CHECK(ratio("anhui", 8, 12) == 0.382);
  CHECK(ratio("anhui", 4, 23) == 0.382);
  CHECK(ratio("anhui", 4, 5) == 0.382);
  CHECK(ratio("anhui", 4, 6) == 1.74);
  CHECK(ratio("guangdong", 8, 11) == 2.125);
  CHECK(ratio("guangdong", 4, 11) == 1.7);
  CHECK(ratio("jiangsu", 1, 14) == 1.8);
  CHECK(ratio("shandong", 4, 12) == doctest::Approx(0.1));
  CHECK(ratio("shandong", 4, 14) == doctest::Approx(0.3));
  CHECK(ratio("shandong", 7, 18) == 2.0);
  CHECK(ratio("xinjiang", 7, 21) == 2.0);
  CHECK(ratio("xinjiang", 6, 15) == doctest::Approx(0.1));
  CHECK(ratio("inner-mongolia-west", 7, 19) == doctest::Approx(1.848));
  CHECK(ratio("inner-mongolia-west", 7, 13) == doctest::Approx(0.352));
  CHECK(ratio("flat", 7, 19) == 1);
}

}  // namespace
}  // namespace pentad::catalogue
