#include "energy/psu.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/assert.h"
#include "energy/check.h"
#include "energy/it_power.h"

namespace pentad::energy {
namespace {

struct LevelPoints {
  const char* level;
  std::array<double, 4> efficiency;  // at 10, 20, 50, 100 %; 0: not required
};

constexpr std::array<LevelPoints, 5> kLevels = {{
    {"bronze", {0, 0.81, 0.85, 0.81}},
    {"silver", {0, 0.85, 0.89, 0.85}},
    {"gold", {0, 0.88, 0.92, 0.88}},
    {"platinum", {0, 0.90, 0.94, 0.91}},
    {"titanium", {0.90, 0.94, 0.96, 0.91}},
}};
constexpr std::array<double, 4> kLoads = {0.1, 0.2, 0.5, 1.0};

double loss_at(const PsuPoint& point) { return point.load * (1 / point.efficiency - 1); }

// Slope at an inner point that keeps the curve between its neighbours (Fritsch and Butland): the
// weighted harmonic mean of both sides, 0 where they disagree in sign.
double inner_slope(double h0, double slope0, double h1, double slope1) {
  if (slope0 * slope1 <= 0) return 0;
  const double w0 = 2 * h1 + h0, w1 = h1 + 2 * h0;
  return (w0 + w1) / (w0 / slope0 + w1 / slope1);
}

}  // namespace

Result<std::vector<PsuPoint>> psu_points_80plus(const std::string& level) {
  for (const LevelPoints& one : kLevels) {
    if (level != one.level) continue;
    std::vector<PsuPoint> points;
    for (size_t i = 0; i < kLoads.size(); ++i) {
      if (one.efficiency[i] > 0) points.push_back({kLoads[i], one.efficiency[i]});
    }
    return points;
  }
  return fail(ErrorCode::not_found,
              "unknown 80 PLUS level " + level + ": bronze, silver, gold, platinum or titanium");
}

PsuCurve::PsuCurve(const std::vector<PsuPoint>& points) {
  PENTAD_ASSERT(!points.empty(), "a supply has at least one point");
  const size_t n = points.size();
  std::vector<double> secant;
  for (size_t i = 0; i + 1 < n; ++i) {
    secant.push_back((loss_at(points[i + 1]) - loss_at(points[i])) /
                     (points[i + 1].load - points[i].load));
  }
  // One point: a constant loss. Ends take the slope of their piece.
  std::vector<double> slope(n, 0.0);
  if (n > 1) {
    slope.front() = secant.front();
    slope.back() = secant.back();
  }
  for (size_t i = 1; i + 1 < n; ++i) {
    slope[i] = inner_slope(points[i].load - points[i - 1].load, secant[i - 1],
                           points[i + 1].load - points[i].load, secant[i]);
  }
  // From no load to the first point straight, but not below half of its loss.
  const double first = loss_at(points.front());
  const double start = std::clamp(first - points.front().load * slope.front(), 0.5 * first, first);
  pieces_.push_back({0, start, (first - start) / points.front().load, 0, 0});
  for (size_t i = 0; i + 1 < n; ++i) {
    const double h = points[i + 1].load - points[i].load;
    pieces_.push_back({points[i].load, loss_at(points[i]), slope[i],
                       (3 * secant[i] - 2 * slope[i] - slope[i + 1]) / h,
                       (slope[i] + slope[i + 1] - 2 * secant[i]) / (h * h)});
  }
  // Above the last point the loss goes on with the square of the current, from its slope there.
  pieces_.push_back({points.back().load, loss_at(points.back()), slope.back(),
                     std::max(0.0, slope.back()) / (2 * points.back().load), 0});
}

double PsuCurve::loss_per_rated(double load) const {
  if (pieces_.empty()) return 0;
  size_t i = pieces_.size() - 1;
  while (i > 0 && load < pieces_[i].from) --i;
  const Piece& p = pieces_[i];
  const double x = std::max(load, 0.0) - p.from;
  return p.loss + x * (p.slope + x * (p.c2 + x * p.c3));
}

double PsuCurve::loss_w(double output_w, double rated_w) const {
  return rated_w > 0 ? rated_w * loss_per_rated(output_w / rated_w) : 0;
}

Status validate(const Psu& psu, const std::string& path) {
  Check check(path);
  check.in("rated_w", psu.rated_w, 1, 1e9).in("count", psu.count, 1, 1e6);
  check.that("points", !psu.points.empty() && psu.points.size() <= 8, "expected 1 to 8 points");
  double last = 0;
  for (size_t i = 0; i < psu.points.size(); ++i) {
    const std::string at = "points/" + std::to_string(i);
    check.in(at + "/load", psu.points[i].load, 0.01, 1.2)
        .in(at + "/efficiency", psu.points[i].efficiency, 0.3, 1)
        .that(at + "/load", psu.points[i].load > last, "loads must rise from point to point");
    last = psu.points[i].load;
  }
  return check.status();
}

}  // namespace pentad::energy
