// Quantiles of many values in little memory: buckets that are 1 % wide, so that a quantile is right
// within 1 % whatever the number of values.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>

namespace pentad::twin {

class Histogram {
 public:
  // Values below 0 count as 0.
  void add(double value) {
    ++count_;
    sum_ += value;
    if (value > max_) max_ = value;
    ++buckets_[value < kSmallest ? INT32_MIN : bucket(value)];
  }
  int64_t count() const { return count_; }
  double mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }
  double max() const { return max_; }

  // share in 0..1; 0 without values.
  double quantile(double share) const {
    const double wanted = share * static_cast<double>(count_);
    double seen = 0;
    for (const auto& [index, count] : buckets_) {
      seen += static_cast<double>(count);
      if (seen < wanted) continue;
      return index == INT32_MIN ? 0 : std::fmin(max_, std::exp((index + 0.5) * kWidth));
    }
    return max_;
  }

 private:
  static constexpr double kWidth = 0.01;
  static constexpr double kSmallest = 1e-3;
  static int32_t bucket(double value) {
    return static_cast<int32_t>(std::floor(std::log(value) / kWidth));
  }

  std::map<int32_t, int64_t> buckets_;
  int64_t count_ = 0;
  double sum_ = 0;
  double max_ = 0;
};

}  // namespace pentad::twin
