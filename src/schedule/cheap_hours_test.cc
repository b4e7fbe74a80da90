#include "schedule/cheap_hours.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace pentad;
using namespace pentad::schedule;

namespace {

constexpr Time kMidnight{1'704'038'400'000};  // 2024-01-01 00:00 at UTC+8

// Night until 8 costs 3, midday from 10 to 15 costs 2, the rest 10.
HourCosts chinese_day() {
  HourCosts costs;
  costs.utc_offset = hours(8);
  costs.by_hour.assign(24, 10);
  for (size_t h = 0; h < 8; ++h) costs.by_hour[h] = 3;
  for (size_t h = 10; h < 15; ++h) costs.by_hour[h] = 2;
  return costs;
}

}  // namespace

TEST_CASE("a short job with a day to spare waits for the cheapest hours") {
  const Time nine = kMidnight + hours(9);
  CHECK(cheapest_begin(chinese_day(), nine, hours(2), nine + hours(24)) == kMidnight + hours(10));
  // From 16:00 the next night is cheapest within half the time to spare.
  const Time four = kMidnight + hours(16);
  CHECK(cheapest_begin(chinese_day(), four, hours(2), four + hours(26)) == kMidnight + hours(24));
}

TEST_CASE("no time to spare, no costs, whole days: at once") {
  const Time nine = kMidnight + hours(9);
  CHECK(cheapest_begin(chinese_day(), nine, hours(2), nine + hours(2)) == nine);
  CHECK(cheapest_begin(chinese_day(), nine, hours(2), nine + hours(1)) == nine);
  CHECK(cheapest_begin({}, nine, hours(2), nine + hours(24)) == nine);
  CHECK(cheapest_begin(chinese_day(), nine, hours(48), nine + hours(240)) == nine);
}

TEST_CASE("never later than the middle of the time to spare, never dearer than at once") {
  CHECK(rc::check([] {
    HourCosts costs;
    costs.utc_offset = hours(*rc::gen::inRange(-11, 13));
    costs.by_hour = *rc::gen::container<std::vector<int32_t>>(24, rc::gen::inRange(0, 100));
    const Time at = kMidnight + minutes(*rc::gen::inRange(0, 100'000));
    const Duration limit = minutes(*rc::gen::inRange(1, 3000));
    const Time deadline = at + minutes(*rc::gen::inRange(0, 20'000));
    const Time begin = cheapest_begin(costs, at, limit, deadline);
    RC_ASSERT(begin >= at);
    if (begin > at) RC_ASSERT(begin - at <= (deadline - limit - at) / 2);
    const auto minute_by_minute = [&](Time from) {
      int64_t sum = 0;
      for (Time t = from; t < from + limit; t = t + minutes(1)) {
        const int64_t local = (t + costs.utc_offset).value / 3'600'000;
        sum += costs.by_hour[static_cast<size_t>(local % 24)];
      }
      return sum;
    };
    RC_ASSERT(minute_by_minute(begin) <= minute_by_minute(at));
  }));
}
