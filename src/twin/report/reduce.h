// A long series made short enough to draw: equal numbers of steps become one point with their mean
// and their extremes, so that no peak is lost.
#pragma once

#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "twin/result.h"

namespace pentad::twin {

inline constexpr size_t kMaxPoints = 2000;

struct Reduced {
  std::vector<double> mean;       // over time; NaN where there is no value
  std::vector<double> low, high;  // empty when each point is one step
};

// Least, mean over time and largest of the steps, and when the extremes stood.
struct Extent {
  double low = std::numeric_limits<double>::quiet_NaN();
  double mean = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  Time low_at, high_at;
};

class Reducer {
 public:
  using Value = std::function<double(const SeriesRow&)>;

  // `series` outlives this.
  explicit Reducer(const Series& series, size_t max_points = kMaxPoints);

  size_t steps_per_point() const { return steps_; }
  // Begin of each point.
  std::vector<Time> times() const;

  // The mean of numerator over the mean of denominator; extremes are of single steps. Steps whose
  // value is not finite or whose denominator is not positive have none.
  Reduced ratio(const Value& numerator, const Value& denominator) const;
  Reduced mean(const Value& value) const;
  Extent extent(const Value& numerator, const Value& denominator) const;
  Extent extent(const Value& value) const;

 private:
  std::span<const SeriesRow> point(size_t i) const;
  size_t points() const;

  const Series& series_;
  size_t steps_ = 1;
};

}  // namespace pentad::twin
