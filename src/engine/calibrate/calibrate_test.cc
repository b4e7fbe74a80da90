#include <doctest/doctest.h>

#include "engine/calibrate/gemm.h"
#include "engine/calibrate/other_load.h"
#include "engine/calibrate/timing.h"
#include "engine/calibrate/triad.h"

namespace pentad::calibrate {
namespace {

// A clock that moves by a step with each look at it.
Clock stepping(double step_s) {
  return [now = 0.0, step_s]() mutable { return now += step_s; };
}

bool never() { return false; }

TEST_CASE("best and median") {
  Times times = summarize({3, 1, 2});
  CHECK(times.best_s == 1);
  CHECK(times.median_s == 2);
  CHECK(times.repetitions == 3);
  CHECK(summarize({4, 1, 2, 3}).median_s == 2.5);
  CHECK(summarize({}).repetitions == 0);
}

TEST_CASE("repeats until the budget is spent, and at least so often") {
  int runs = 0;
  auto times = repeat([&] { ++runs; }, {1.0, 3}, never, stepping(0.125));
  REQUIRE(times);
  CHECK(times->repetitions == 4);  // begin, end: 0.25 s of the clock each
  CHECK(runs == 5);                // one first, not counted
  CHECK(times->best_s == 0.125);
  times = repeat([] {}, {1.0, 4}, never, stepping(10));
  CHECK(times->repetitions == 4);
}

TEST_CASE("stops when told") {
  int runs = 0;
  CHECK_FALSE(repeat([&] { ++runs; }, {1.0, 3}, [] { return true; }, stepping(0.1)));
  CHECK(runs == 0);
  auto times = repeat([&] { ++runs; }, {100.0, 3}, [&] { return runs >= 3; }, stepping(0.1));
  CHECK(times->repetitions == 2);
}

TEST_CASE("rates") {
  CHECK(millions_per_s(2e9, 1.0) == 2000);
  CHECK(millions_per_s(1, 0) == 0);
  CHECK(triad_bytes(1000) == 3000);
}

TEST_CASE("the check of a product notices what is wrong") {
  const int n = 40;
  CHECK(looks_right(n, [&](int row, int column) { return expected(row, column, n); }));
  CHECK_FALSE(looks_right(n, [](int, int) { return 0.0; }));
  CHECK_FALSE(looks_right(n, [&](int row, int column) {  // one wrong corner
    return expected(row, column, n) + (row == n - 1 && column == n - 1 ? 1 : 0);
  }));
  CHECK_FALSE(looks_right(n, [&](int row, int column) { return expected(column, row, n); }));
}

TEST_CASE("what others take") {
  auto ticks = parse_cpu_ticks("cpu  100 5 50 1000 20 1 2 3 0 0\ncpu0 1 1\n");
  REQUIRE(ticks);
  CHECK(ticks->busy == 161);
  CHECK(ticks->idle == 1020);
  CHECK_FALSE(parse_cpu_ticks("cpu  100 5"));
  CHECK_FALSE(parse_cpu_ticks("cpu  100 5 50 x 20 1 2 3"));
  CHECK_FALSE(parse_cpu_ticks(""));
  CHECK(others_percent({0, 0}, {150, 50}, 100) == 25);
  CHECK(others_percent({0, 0}, {100, 100}, 120) == 0);  // ticks are rounded
  CHECK(others_percent({5, 5}, {5, 5}, 0) == 0);
}

TEST_CASE("a triad runs on one thread and on several") {
  for (int threads : {1, 3}) {
    auto times = time_triad(1 << 16, threads, {0, 2}, never);
    REQUIRE(times);
    CHECK(times->repetitions == 2);
    CHECK(times->best_s > 0);
  }
}

}  // namespace
}  // namespace pentad::calibrate
