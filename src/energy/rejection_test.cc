#include "energy/rejection.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "energy/dry_cooler.h"
#include "energy/tower.h"

namespace pentad::energy {

// The same sum written the long way, coefficient by coefficient.
TEST_CASE("the tower's approach is the published sum") {
  CHECK(rc::check([] {
    const double wet = *rc::gen::inRange(-340, 294) / 10.0;
    const double range = *rc::gen::inRange(11, 222) / 10.0;
    const double lg = *rc::gen::inRange(10, 800) / 100.0;
    double sum = 0;
    size_t n = 0;
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) {
        for (int k = 0; k < 3; ++k) {
          sum += york_coefficients()[n++] * std::pow(lg, i) * std::pow(range, j) * std::pow(wet, k);
        }
      }
    }
    RC_ASSERT(std::abs(york_approach_k(wet, range, lg) - sum) <=
              1e-9 * std::max(1.0, std::abs(sum)));
  }));
}

// The rating point of the correlation: 25.55 C wet bulb, 5.56 K range, 3.89 K approach.
TEST_CASE("the tower meets its rating point") {
  CHECK(york_approach_k(25.55, 5.56, 1.0) == doctest::Approx(3.89).epsilon(0.01));
}

TEST_CASE("the fan speed in closed form holds the wanted water") {
  CHECK(rc::check([] {
    WetTower settings;
    settings.min_water_c = 0;
    const TowerModel tower(settings, 1e6, 1e6 / 4186 / 5.6);
    const double wet = *rc::gen::inRange(0, 290) / 10.0;
    const double range = *rc::gen::inRange(20, 80) / 10.0;
    const double target = wet + *rc::gen::inRange(12, 200) / 10.0;
    const double fan = tower.fan_for(wet, range, 1, target);
    if (fan > 1) {
      RC_ASSERT(tower.coldest_c(wet, range, 1) > target);
    } else if (fan > settings.min_fan + 1e-9) {
      // A tower with that much air, all of it: the same water.
      const double lg = 1 / fan;
      const TowerModel full(settings, 1e6, 1e6 / 4186 / 5.6);
      RC_ASSERT(std::abs(full.coldest_c(wet, range, lg) - target) < 1e-6);
    }
  }));
}

TEST_CASE("water of a tower") {
  const TowerModel tower(WetTower{}, 1e6, 1e6 / 4186 / 5.6);
  // Litres a kWh at five cycles.
  CHECK(tower.water_kg_s(1e6, 1) * 3.6 == doctest::Approx(1.5).epsilon(0.05));
}

TEST_CASE("the chiller is itself at its reference point") {
  const Chiller c;
  CHECK(chiller_capacity_factor(c, c.te_reference_c, c.tc_reference_c) ==
        doctest::Approx(1).epsilon(0.01));
  CHECK(chiller_eir_factor(c, c.te_reference_c, c.tc_reference_c) ==
        doctest::Approx(1).epsilon(0.01));
  CHECK(c.eir_part_load[0] + c.eir_part_load[1] + c.eir_part_load[2] ==
        doctest::Approx(1).epsilon(0.002));
  CHECK(chiller_full_load_cop(c, 5.56, 21.11) == doctest::Approx(5.42).epsilon(0.01));
}

TEST_CASE("beyond the chiller's limits the COP goes on without a jump") {
  const Chiller c;
  CHECK(chiller_full_load_cop(c, 8, c.tc_max_c + 1e-7) ==
        doctest::Approx(chiller_full_load_cop(c, 8, c.tc_max_c)).epsilon(1e-6));
  CHECK(chiller_full_load_cop(c, 8, 30) < chiller_full_load_cop(c, 8, 23));
  CHECK(chiller_full_load_cop(c, 18, 25) > chiller_full_load_cop(c, 10, 25));
  // As a share of Carnot's it stays where machines are.
  const double carnot = (273.15 + 18 - c.evaporator_k) / (30 + c.condenser_k - 18 + c.evaporator_k);
  const double share = chiller_full_load_cop(c, 18, 30) / carnot;
  CHECK(share > 0.40);
  CHECK(share < 0.65);
}

TEST_CASE("only as many chillers run as are needed") {
  Chiller c;
  c.units = 4;
  CHECK(chiller_power_w(c, 4e6, 2e6, 7, 20) ==
        doctest::Approx(2 * chiller_power_w(c, 4e6, 1e6, 7, 20)));
  CHECK(chiller_power_w(c, 4e6, 0, 7, 20) == 0);
  // Below the least load the power goes with the heat.
  CHECK(chiller_power_w(c, 4e6, 0.05e6, 7, 20) ==
        doctest::Approx(0.5 * chiller_power_w(c, 4e6, 0.1e6, 7, 20)));
}

// 4.5 gpm/hp at 46.1/40.6 C water and 35 C air is 11.3 % of the heat at 11.1 K.
TEST_CASE("the dry cooler's rating") {
  const DryCooler settings{.rated_itd_k = 11.1};
  const DryModel dry(settings, 1e6);
  CHECK(dry.fan_w(1) == doctest::Approx(0.113e6).epsilon(0.002));
  CHECK(dry.fan_for(1e6, 46.1, 35) == doctest::Approx(1).epsilon(1e-9));
  CHECK(dry.fan_for(1.01e6, 46.1, 35) == 2);
  const double fan = dry.fan_for(0.7e6, 46.1, 30);
  CHECK(dry.capacity_w(46.1, 30) * std::pow(fan, 0.7) == doctest::Approx(0.7e6));
}

TEST_CASE("a wetted pad cools along the wet bulb line") {
  const auto weather = weather_hour({.dry_bulb_c = 35, .relative_humidity = 0.3});
  const DryModel dry(DryCooler{.pad = true}, 1e6);
  const double air = dry.pad_air_c(*weather);
  CHECK(air == doctest::Approx(35 - 0.7 * (35 - weather->wet_bulb_c)));
  const double humidity = weather->humidity_ratio + evaporated_kg_kg(*weather, air);
  // Enthalpy stays but for what the water brings along.
  CHECK(air_enthalpy_j_kg(air, humidity) ==
        doctest::Approx(air_enthalpy_j_kg(35, weather->humidity_ratio)).epsilon(0.02));
}

}  // namespace pentad::energy
