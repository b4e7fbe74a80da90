#include "energy/power_chain.h"

#include "energy/check.h"

namespace pentad::energy {

double installed_units(const ChainBlock& block) {
  switch (block.redundancy) {
    case Redundancy::n:
      return block.units;
    case Redundancy::n_plus_1:
      return block.units + 1;
    case Redundancy::two_n:
      return 2 * block.units;
  }
  return block.units;
}

double block_loss_w(const ChainBlock& block, double unit_rated_w, double output_w) {
  const double rated = unit_rated_w * installed_units(block);
  const double x = output_w / rated;
  return rated * (block.no_load + x * (block.linear + x * block.quadratic));
}

ChainBlock ups_double_conversion() {
  return {.name = "ups_double_conversion",
          .kind = BlockKind::ups,
          .no_load = 0.0083,
          .linear = 0.0081,
          .quadratic = 0.0231};
}

ChainBlock ups_eco() {
  return {.name = "ups_eco",
          .kind = BlockKind::ups,
          .no_load = 0.004,
          .linear = 0.004,
          .quadratic = 0.002};
}

ChainBlock ups_legacy() {
  return {.name = "ups_legacy",
          .kind = BlockKind::ups,
          .no_load = 0.03,
          .linear = 0.02,
          .quadratic = 0.03};
}

// 96 % at 25 % load, 97.3 % at 50 %, 97 % at full.
ChainBlock hvdc_rectifier() {
  return {.name = "hvdc_rectifier_240v",
          .kind = BlockKind::rectifier,
          .no_load = 0.0103,
          .linear = -0.0064,
          .quadratic = 0.0270};
}

ChainBlock busway() {
  return {.name = "busway", .kind = BlockKind::distribution, .quadratic = 0.01};
}

ChainBlock transformer_10kv() {
  return {.name = "transformer_10kv",
          .kind = BlockKind::transformer,
          .feeds = BlockFeeds::site,
          .no_load = 0.0012,
          .quadratic = 0.0068};
}

// (P + constant) / efficiency is a loss of constant / efficiency + P (1 / efficiency - 1).
ChainBlock frontier_sivoc(double nodes) {
  const double rated = 2704.26;  // a node at full load
  return {.name = "sivoc",
          .kind = BlockKind::converter,
          .units = nodes,
          .unit_rated_w = rated,
          .no_load = 13 / 0.98 / rated,
          .linear = 1 / 0.98 - 1};
}

ChainBlock frontier_rectifier(double nodes) {
  const double rated = 13670;
  return {.name = "rectifier",
          .kind = BlockKind::rectifier,
          .units = nodes / 4,
          .unit_rated_w = rated,
          .no_load = 17 / 0.96 / rated,
          .linear = 1 / 0.96 - 1};
}

Result<std::array<double, 3>> loss_coefficients(std::span<const EfficiencyPoint, 3> points) {
  std::array<double, 3> x, y;
  for (size_t i = 0; i < 3; ++i) {
    Check check("/" + std::to_string(i));
    check.in("load", points[i].load, 0, 2).in("efficiency", points[i].efficiency, 0.01, 1);
    if (!check.status()) return tl::unexpected(check.status().error());
    x[i] = points[i].load;
    y[i] = x[i] * (1 / points[i].efficiency - 1);
  }
  if (x[0] == x[1] || x[1] == x[2] || x[0] == x[2]) {
    return fail(ErrorCode::invalid, "three different loads are needed", "/load");
  }
  // Newton's divided differences, then multiplied out.
  const double d01 = (y[1] - y[0]) / (x[1] - x[0]), d12 = (y[2] - y[1]) / (x[2] - x[1]);
  const double c = (d12 - d01) / (x[2] - x[0]);
  const double b = d01 - c * (x[0] + x[1]);
  return std::array<double, 3>{y[0] - x[0] * (b + c * x[0]), b, c};
}

Status validate(const PowerChain& chain, const std::string& path) {
  Check check(path);
  check.that("blocks", chain.blocks.size() <= kMaxChainBlocks, "at most 8 blocks");
  bool site = false;
  for (size_t i = 0; i < chain.blocks.size(); ++i) {
    const ChainBlock& block = chain.blocks[i];
    const std::string at = "blocks/" + std::to_string(i);
    check.in(at + "/units", block.units, 1e-3, 1e6)
        .in(at + "/unit_rated_w", block.unit_rated_w, 0, 1e11)
        .in(at + "/design_load", block.design_load, 0.05, 1.2)
        .in(at + "/no_load", block.no_load, 0, 0.2)
        .in(at + "/linear", block.linear, -0.05, 0.5)
        .in(at + "/quadratic", block.quadratic, 0, 0.5);
    // A negative linear part comes from fits; the loss must stay positive at every load.
    check.that(
        at + "/linear",
        block.linear >= 0 || block.linear * block.linear <= 4 * block.no_load * block.quadratic,
        "the loss would be negative at some load");
    check.that(at + "/feeds", !site || block.feeds == BlockFeeds::site,
               "a block that feeds the IT only cannot stand between the site and the grid");
    site = site || block.feeds == BlockFeeds::site;
  }
  return check.status();
}

}  // namespace pentad::energy
