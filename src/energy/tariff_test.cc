#include "energy/tariff.h"

#include <doctest/doctest.h>

namespace pentad::energy {

TEST_CASE("price by time of use") {
  Tariff tariff;
  tariff.flat_cny_kwh = 0.7;
  tariff.floating_share = 0.8;
  tariff.periods = {{"peak", {7, 8, 9}, 16, 24, 1.843}, {"valley", {}, 23, 6, 0.382}};
  CHECK(price_cny_kwh(tariff, 7, 16) == doctest::Approx(0.7 * (1 + 0.8 * 0.843)));
  CHECK(price_cny_kwh(tariff, 7, 23) == doctest::Approx(0.7 * (1 + 0.8 * 0.843)));
  CHECK(price_cny_kwh(tariff, 1, 23) == doctest::Approx(0.7 * (1 - 0.8 * 0.618)));
  CHECK(price_cny_kwh(tariff, 1, 0) == price_cny_kwh(tariff, 1, 5));
  CHECK(price_cny_kwh(tariff, 1, 6) == doctest::Approx(0.7));
  CHECK(validate(tariff).has_value());
  tariff.demand_cny_kw_month = 40;
  const double peaks_w[] = {1e6, 2e6};
  CHECK(demand_cny(tariff, peaks_w) == doctest::Approx(120e3));
  tariff.periods[1].to_hour = 23;
  CHECK(validate(tariff).error().path == "/periods/1/to_hour");
  tariff.periods[1] = {"bad", {13}, 0, 4, 1};
  CHECK(validate(tariff, "/tariff").error().path == "/tariff/periods/1/months/0");
}

}  // namespace pentad::energy
