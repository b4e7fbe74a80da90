// Power supplies of a node: what is lost between the rack's outlet and the boards. The loss counts
// as IT energy in the PUE.
//
// Losses, not efficiencies, are interpolated: in pieces that meet the stated points exactly and
// rise with the load as the points do; a straight line below the first point leaves the no-load
// loss.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace pentad::energy {

struct PsuPoint {
  double load = 0;        // output over rated output
  double efficiency = 1;  // output over input
  bool operator==(const PsuPoint&) const = default;
};
BOOST_DESCRIBE_STRUCT(PsuPoint, (), (load, efficiency))

struct Psu {
  std::string name = "80plus_platinum";
  double rated_w = 3000;  // output of one supply
  double count = 2;       // supplies of one node; all share the load
  std::vector<PsuPoint> points = {{0.2, 0.90}, {0.5, 0.94}, {1.0, 0.91}};
  bool operator==(const Psu&) const = default;
};
BOOST_DESCRIBE_STRUCT(Psu, (), (name, rated_w, count, points))

// The 80 PLUS minima for 230 V internal redundant supplies; the names are bronze, silver, gold,
// platinum and titanium. Errors: not_found.
Result<std::vector<PsuPoint>> psu_points_80plus(const std::string& level);

// The curve made ready: loss over rated output as a function of load.
class PsuCurve {
 public:
  PsuCurve() = default;  // no loss at all
  // Needs points that passed validate(): 1 to 8, loads rising.
  explicit PsuCurve(const std::vector<PsuPoint>& points);

  double loss_per_rated(double load) const;
  // Watts lost by supplies of `rated_w` in total that deliver `output_w`.
  double loss_w(double output_w, double rated_w) const;

 private:
  struct Piece {
    double from = 0, loss = 0, slope = 0, c2 = 0, c3 = 0;
  };
  std::vector<Piece> pieces_;
};

}  // namespace pentad::energy
