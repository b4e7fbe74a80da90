#include "schedule/cheap_hours.h"

#include <algorithm>

namespace pentad::schedule {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;
constexpr Duration kFarthest = hours(24 * 28);

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Cost units times milliseconds of a span that begins at a local time and is shorter than a day.
int64_t cost_of_part(const HourCosts& costs, int64_t begin, int64_t length) {
  int64_t sum = 0;
  while (length > 0) {
    const int64_t into_day = begin - floor_div(begin, kDay) * kDay;
    const int64_t hour = into_day / kHour;
    const int64_t part = std::min(length, (hour + 1) * kHour - into_day);
    sum += part * costs.by_hour[static_cast<size_t>(hour)];
    begin += part;
    length -= part;
  }
  return sum;
}

}  // namespace

Time cheapest_begin(const HourCosts& costs, Time earliest, Duration limit, Time deadline) {
  if (costs.by_hour.size() != 24 || deadline == Time::never()) return earliest;
  const Duration spare = deadline - limit - earliest;
  if (spare <= Duration{}) return earliest;
  const Time latest = earliest + std::min(spare / 2, kFarthest);
  // Whole days cost the same whenever they begin.
  const int64_t length = limit.value % kDay;
  const auto cost = [&](Time begin) {
    return cost_of_part(costs, (begin + costs.utc_offset).value, length);
  };
  Time best = earliest;
  int64_t least = cost(earliest);
  const int64_t local = (earliest + costs.utc_offset).value;
  Time candidate = earliest + Duration{(floor_div(local, kHour) + 1) * kHour - local};
  for (; candidate <= latest; candidate = candidate + hours(1)) {
    const int64_t this_one = cost(candidate);
    if (this_one >= least) continue;
    least = this_one;
    best = candidate;
  }
  return best;
}

}  // namespace pentad::schedule
