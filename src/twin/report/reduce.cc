#include "twin/report/reduce.h"

#include <algorithm>
#include <cmath>

namespace pentad::twin {

namespace {

double one(const SeriesRow&) { return 1; }

Extent extent_of(std::span<const SeriesRow> rows, const Reducer::Value& numerator,
                 const Reducer::Value& denominator) {
  Extent e;
  double above = 0, below = 0;
  for (const SeriesRow& row : rows) {
    const double a = numerator(row), b = denominator(row);
    if (!std::isfinite(a) || !(b > 0)) continue;
    const auto length = static_cast<double>(row.step.length.value);
    above += a * length;
    below += b * length;
    if (!(a / b >= e.low)) e.low = a / b, e.low_at = row.step.begin;
    if (!(a / b <= e.high)) e.high = a / b, e.high_at = row.step.begin;
  }
  if (below > 0) e.mean = above / below;
  return e;
}

}  // namespace

Reducer::Reducer(const Series& series, size_t max_points)
    : series_(series),
      steps_(std::max<size_t>(1, (series.rows.size() + max_points - 1) / max_points)) {}

size_t Reducer::points() const { return (series_.rows.size() + steps_ - 1) / steps_; }

std::span<const SeriesRow> Reducer::point(size_t i) const {
  const size_t begin = i * steps_;
  return std::span(series_.rows).subspan(begin, std::min(steps_, series_.rows.size() - begin));
}

std::vector<Time> Reducer::times() const {
  std::vector<Time> times;
  for (size_t i = 0; i < points(); ++i) times.push_back(point(i).front().step.begin);
  return times;
}

Reduced Reducer::ratio(const Value& numerator, const Value& denominator) const {
  Reduced reduced;
  for (size_t i = 0; i < points(); ++i) {
    const Extent e = extent_of(point(i), numerator, denominator);
    reduced.mean.push_back(e.mean);
    if (steps_ == 1) continue;
    reduced.low.push_back(e.low);
    reduced.high.push_back(e.high);
  }
  return reduced;
}

Reduced Reducer::mean(const Value& value) const { return ratio(value, one); }

Extent Reducer::extent(const Value& numerator, const Value& denominator) const {
  return extent_of(series_.rows, numerator, denominator);
}

Extent Reducer::extent(const Value& value) const { return extent(value, one); }

}  // namespace pentad::twin
