#include "energy/psychrometrics.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

namespace pentad::energy {

// Handbook values: saturation over water and ice, and a chart point.
TEST_CASE("moist air agrees with the handbook") {
  CHECK(saturation_pressure_pa(20) == doctest::Approx(2339.2).epsilon(3e-4));
  CHECK(saturation_pressure_pa(100) == doctest::Approx(101420).epsilon(2e-3));
  CHECK(saturation_pressure_pa(0) == doctest::Approx(611.2).epsilon(2e-4));
  CHECK(saturation_pressure_pa(-10) == doctest::Approx(259.9).epsilon(1e-3));
  CHECK(wet_bulb_c(40, 0.1408, 101325) == doctest::Approx(20.0).epsilon(3e-3));
  CHECK(wet_bulb_c(30, 0.5, 101325) == doctest::Approx(22.0).epsilon(3e-3));
  CHECK(humidity_ratio(30, 0.5, 101325) == doctest::Approx(0.01331).epsilon(3e-3));
  CHECK(air_density_kg_m3(20, 0, 101325) == doctest::Approx(1.204).epsilon(1e-3));
  CHECK(standard_pressure_pa(0) == doctest::Approx(101325));
  CHECK(standard_pressure_pa(1000) == doctest::Approx(89875).epsilon(1e-3));
  CHECK(relative_humidity_of_dew_point(20, 9.27) == doctest::Approx(0.5).epsilon(2e-3));
}

TEST_CASE("the wet bulb lies below the dry bulb and rises with humidity") {
  CHECK(rc::check([] {
    const double dry = *rc::gen::inRange(-400, 500) / 10.0;
    const double humidity = *rc::gen::inRange(1, 990) / 1000.0;
    const double pressure = *rc::gen::inRange(60000, 105000);
    const double wet = wet_bulb_c(dry, humidity, pressure);
    RC_ASSERT(wet <= dry);
    RC_ASSERT(wet > dry - 50);
    RC_ASSERT(wet_bulb_c(dry, humidity + 0.01, pressure) >= wet - 1e-9);
  }));
  CHECK(wet_bulb_c(25, 1, 101325) == doctest::Approx(25).epsilon(1e-6));
}

TEST_CASE("absurd weather is refused by name") {
  CHECK(weather_hour({.dry_bulb_c = 80}).error().path == "/dry_bulb_c");
  CHECK(weather_hour({.relative_humidity = 50}).error().path == "/relative_humidity");
  CHECK(weather_hour({.pressure_pa = 1013}).error().path == "/pressure_pa");
  CHECK(weather_hour({.dry_bulb_c = std::nan("")}).error().path == "/dry_bulb_c");
  const std::vector<WeatherReading> two = {{}, {.dry_bulb_c = -200}};
  CHECK(weather_hours(two).error().path == "/1/dry_bulb_c");
  CHECK(weather_hour({.relative_humidity = 1.04})->relative_humidity == 1);
}

}  // namespace pentad::energy
