// Repeats a piece of work and takes the best and the median time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace pentad::calibrate {

// How long to repeat. At least `min_repetitions` whatever they take; from then on until `budget_s`
// is spent.
struct Effort {
  double budget_s = 1.0;
  int min_repetitions = 3;
};

struct Times {
  double best_s = 0;
  double median_s = 0;
  int repetitions = 0;
};

// Seconds of a clock that never goes back.
using Clock = std::function<double()>;
double monotonic_s();

// Nothing when `stopped` became true before the first repetition ended. One more run first, not
// counted: pages are touched and code paths chosen in it.
std::optional<Times> repeat(const std::function<void()>& work, const Effort& effort,
                            const std::function<bool()>& stopped, const Clock& now = monotonic_s);

Times summarize(std::vector<double> seconds);

// Millions of `count` per second, rounded down; 0 if no time passed.
int64_t millions_per_s(double count, double seconds);

}  // namespace pentad::calibrate
