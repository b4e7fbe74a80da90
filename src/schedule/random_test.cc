// The scheduler against its oracle on thousands of small random centres.
#include <doctest/doctest.h>

#include <cstdlib>

#include "schedule/generate.h"
#include "schedule/scenario.h"

namespace pentad::scenario {
namespace {

void compare(uint64_t first, uint64_t last, bool every_millisecond) {
  for (uint64_t seed = first; seed < last; ++seed) {
    Options options;
    options.every_millisecond = every_millisecond;
    options.unit_ms = every_millisecond || seed % 2 == 0 ? 1 : 10'000;
    options.check_always = seed % 8 == 0;
    const std::vector<std::string> lines = generate(seed);
    if (!run(lines, options)) continue;
    FAIL("seed " << seed << "\n" << shrink(lines, options));
  }
}

}  // namespace

TEST_CASE("the scheduler starts what the oracle starts") {
  // More seeds for a longer search: PENTAD_SEEDS=1000000 schedule_test -tc='*oracle starts*'
  const char* seeds = std::getenv("PENTAD_SEEDS");
  compare(0, seeds ? std::strtoull(seeds, nullptr, 10) : 4000, false);
}

TEST_CASE("no earlier time would do for a reservation") { compare(1'000'000, 1'000'300, true); }

}  // namespace pentad::scenario
