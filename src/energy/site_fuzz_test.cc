// Whatever validate() lets pass must compute: every number of a site is moved at random, and either
// the site is refused with the name of a field or each hour is finite and conserved.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/reflect_traits.h"
#include "energy/presets.h"

namespace pentad::energy {
namespace {

struct Number {
  std::string path;
  double* value;
};

template <class T>
void collect(T& value, const std::string& path, std::vector<Number>& numbers) {
  if constexpr (std::is_same_v<T, double>) {
    numbers.push_back({path, &value});
  } else if constexpr (reflect::Struct<T>) {
    reflect::for_each_field<T>([&](auto i) {
      collect(value.*(reflect::Member<T, i>::pointer),
              path + "/" + std::string(reflect::field_name<T, i>), numbers);
    });
  } else if constexpr (reflect::Array<T> || (reflect::List<T> && !reflect::Text<T>)) {
    size_t index = 0;
    for (auto& one : value) collect(one, path + "/" + std::to_string(index++), numbers);
  }
}

std::vector<Site> presets() {
  return {air_legacy(),
          air_best(),
          air_free_direct(),
          air_free_indirect(),
          cold_plate_dry(),
          cold_plate_wet(),
          immersion_single_phase(),
          immersion_two_phase_dry(fluid_649()),
          immersion_two_phase_wet(fluid_7100()),
          frontier(),
          summit(),
          bench_two_phase()};
}

double moved(double value) {
  switch (*rc::gen::inRange(0, 12)) {
    case 0:
      return 0;
    case 1:
      return -value;
    case 2:
      return std::numeric_limits<double>::quiet_NaN();
    case 3:
      return std::numeric_limits<double>::infinity();
    case 4:
      return 1e-9;
    case 5:
      return 1;
    default:
      return value * std::pow(10.0, *rc::gen::inRange(-100, 101) / 100.0);
  }
}

bool all_finite(const SiteHour& hour) {
  bool finite = true;
  reflect::for_each_field<SiteHour>([&](auto i) {
    finite =
        finite && std::isfinite(static_cast<double>(hour.*(reflect::Member<SiteHour, i>::pointer)));
  });
  return finite;
}

}  // namespace

TEST_CASE("a site is refused by name or computes") {
  CHECK(rc::check([] {
    const auto all = presets();
    Site site = all[*rc::gen::inRange<size_t>(0, all.size())];
    std::vector<Number> numbers;
    collect(site, "", numbers);
    RC_ASSERT(numbers.size() > 100u);
    const int changes = *rc::gen::inRange(1, 6);
    for (int i = 0; i < changes; ++i) {
      const Number& number = numbers[*rc::gen::inRange<size_t>(0, numbers.size())];
      *number.value = moved(*number.value);
      RC_LOG() << site.name << number.path << " = " << *number.value << "\n";
    }
    const Result<SiteModel> model = SiteModel::make(site);
    if (!model) {
      RC_ASSERT(model.error().code == ErrorCode::invalid);
      RC_ASSERT(model.error().path.starts_with("/"));
      return;
    }
    for (double dry_bulb_c : {-40.0, 0.0, 20.0, 35.0, 50.0}) {
      for (double humidity : {0.02, 0.6, 1.0}) {
        const auto weather =
            weather_hour({.dry_bulb_c = dry_bulb_c, .relative_humidity = humidity});
        for (double load : {0.0, 0.02, 0.6, 1.2}) {
          const double boards_w = load * site.it.rated_boards_w;
          const SiteHour h = model->hour(
              *weather, {.load = {.boards_w = boards_w, .nodes = 0}, .reuse_demand_w = 1e5});
          RC_ASSERT(all_finite(h));
          RC_ASSERT(conservation_error(h) < 1e-9);
          RC_ASSERT(h.grid_w >= 0.0);
          RC_ASSERT(h.carried_w <= h.wanted_boards_w + 1e-6);
        }
      }
    }
  }));
}

}  // namespace pentad::energy
