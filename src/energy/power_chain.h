// From the inlet of the IT equipment up to the grid: rectifiers, UPS, busways, transformers. Each
// loses S (no_load + linear x + quadratic x^2) watts, S its rating and x its load over S. Summed in
// watts, level by level: a chain of efficiencies would lose the no-load parts.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace pentad::energy {

BOOST_DEFINE_ENUM_CLASS(BlockKind, ups, rectifier, distribution, transformer, converter)
// n: just what is needed; n_plus_1: one unit more; two_n: everything twice. All units share the
// load.
BOOST_DEFINE_ENUM_CLASS(Redundancy, n, n_plus_1, two_n)
// it: only the IT equipment hangs on it; site: cooling and the rest as well.
BOOST_DEFINE_ENUM_CLASS(BlockFeeds, it, site)

// One level. unit_rated_w 0 sizes a unit to the design load (rated IT input, for `site` blocks with
// the plant's rated power on top) over units times 1 / design_load.
struct ChainBlock {
  std::string name;
  BlockKind kind = BlockKind::distribution;
  BlockFeeds feeds = BlockFeeds::it;
  double units = 1;  // that carry the design load; redundancy comes on top
  Redundancy redundancy = Redundancy::n;
  double unit_rated_w = 0;   // output
  double design_load = 1.0;  // load of a unit at the design load when it is sized by us
  double no_load = 0;
  double linear = 0;
  double quadratic = 0;
  bool operator==(const ChainBlock&) const = default;
};
BOOST_DESCRIBE_STRUCT(ChainBlock, (),
                      (name, kind, feeds, units, redundancy, unit_rated_w, design_load, no_load,
                       linear, quadratic))

// From the IT inlet to the grid. Once a block feeds the site, all after it do.
struct PowerChain {
  std::vector<ChainBlock> blocks;
  bool operator==(const PowerChain&) const = default;
};
BOOST_DESCRIBE_STRUCT(PowerChain, (), (blocks))

inline constexpr size_t kMaxChainBlocks = 8;

// Units there are, redundancy included.
double installed_units(const ChainBlock& block);

// Watts lost when the block delivers `output_w` and its units are rated `unit_rated_w`.
double block_loss_w(const ChainBlock& block, double unit_rated_w, double output_w);

// Blocks as green.md 3.7 gives them.
ChainBlock ups_double_conversion();
ChainBlock ups_eco();
ChainBlock ups_legacy();
ChainBlock hvdc_rectifier();                  // 240 V DC to the rack, 96-97.3 %
ChainBlock busway();                          // 1 % at full load
ChainBlock transformer_10kv();                // dry type, 10/0.4 kV
ChainBlock frontier_sivoc(double nodes);      // (P + 13 W) / 0.98 for each node
ChainBlock frontier_rectifier(double nodes);  // (P + 17 W) / 0.96 for each four nodes

// Three coefficients from three points (load, efficiency), exactly. Errors: invalid if two loads
// are equal or an efficiency lies outside (0, 1].
struct EfficiencyPoint {
  double load = 0;
  double efficiency = 1;
};
Result<std::array<double, 3>> loss_coefficients(std::span<const EfficiencyPoint, 3> points);

// One level of one hour.
struct ChainLevel {
  double output_w = 0;
  double loss_w = 0;
  double input_w = 0;  // output_w + loss_w
};
BOOST_DESCRIBE_STRUCT(ChainLevel, (), (output_w, loss_w, input_w))

Status validate(const PowerChain& chain, const std::string& path = {});

}  // namespace pentad::energy
