#include "energy/it_power.h"

#include <algorithm>
#include <cmath>

#include "energy/check.h"
#include "model/by_precision.h"

namespace pentad::energy {
namespace {

double bounded(double utilisation) {
  return std::isfinite(utilisation) ? std::clamp(utilisation, 0.0, 1.0) : 0.0;
}

double sum_max_w(const std::vector<Chip>& chips) {
  double sum = 0;
  for (const Chip& chip : chips) sum += chip.count * chip.max_w;
  return sum;
}

double sum_idle_w(const std::vector<Chip>& chips) {
  double sum = 0;
  for (const Chip& chip : chips) sum += chip.count * chip.idle_w;
  return sum;
}

double fixed_w(const NodeModel& node) {
  return node.base_w + node.memory_w + node.network_w + node.storage_w;
}

// All chips of one list; adds leakage and hottest junction to `power`, returns their watts.
double chips_w(const std::vector<Chip>& chips, std::span<const ChipLoad> loads, double coolant_c,
               NodePower& power) {
  double sum = 0;
  for (size_t i = 0; i < chips.size(); ++i) {
    const ChipPower one = chip_power(chips[i], i < loads.size() ? loads[i] : ChipLoad{}, coolant_c);
    sum += chips[i].count * one.power_w;
    power.leakage_w += chips[i].count * one.leakage_w;
    if (chips[i].count > 0) {
      power.hottest_junction_c = std::max(power.hottest_junction_c, one.junction_c);
    }
  }
  return sum;
}

}  // namespace

double PrecisionPower::at(Precision precision) const { return by_precision(*this, precision); }

ChipPower chip_power(const Chip& chip, const ChipLoad& load, double coolant_c) {
  const Leakage& leak = chip.leakage;
  const double dynamic = (chip.max_w - chip.idle_w) * chip.precision.at(load.precision) *
                         std::pow(bounded(load.utilisation), chip.exponent);
  const double nominal = chip.idle_w + dynamic;
  // Newton on P = nominal + L (exp(k (Tj - Tref)) - 1), Tj = coolant + R P.
  const double reference_w = leak.share * chip.max_w;
  double power = nominal, growth = 1;
  for (int i = 0; i < 20; ++i) {
    const double junction = coolant_c + leak.resistance_k_w * power;
    growth = std::exp(leak.per_k * (junction - leak.reference_c));
    const double wrong = power - nominal - reference_w * (growth - 1);
    const double slope = 1 - reference_w * growth * leak.per_k * leak.resistance_k_w;
    const double step = wrong / std::max(slope, 0.1);
    power -= step;
    if (std::abs(step) < 1e-10) break;
  }
  power = std::max(power, 0.0);
  return {power, power - nominal, coolant_c + leak.resistance_k_w * power};
}

double rated_boards_w(const NodeModel& node) {
  return fixed_w(node) + sum_max_w(node.cpus) + sum_max_w(node.devices);
}

double idle_boards_w(const NodeModel& node) {
  return fixed_w(node) + sum_idle_w(node.cpus) + sum_idle_w(node.devices);
}

NodePower node_power(const NodeModel& node, std::span<const ChipLoad> cpus,
                     std::span<const ChipLoad> devices, double coolant_c) {
  NodePower p;
  p.base_w = node.base_w;
  p.memory_w = node.memory_w;
  p.network_w = node.network_w;
  p.storage_w = node.storage_w;
  p.hottest_junction_c = coolant_c;
  p.cpu_w = chips_w(node.cpus, cpus, coolant_c, p);
  p.device_w = chips_w(node.devices, devices, coolant_c, p);
  p.boards_w = p.base_w + p.cpu_w + p.device_w + p.memory_w + p.network_w + p.storage_w;
  const double rated = rated_boards_w(node);
  if (node.fans.share > 0 && rated > 0) {
    const double flow = std::max(p.boards_w / rated, node.fans.min_flow);
    p.fan_w = node.fans.share * rated * std::pow(flow, node.fans.exponent);
  }
  p.psu_loss_w =
      PsuCurve(node.psu.points).loss_w(p.boards_w + p.fan_w, node.psu.rated_w * node.psu.count);
  p.input_w = p.boards_w + p.fan_w + p.psu_loss_w;
  return p;
}

Result<ItModel> it_model(std::span<const NodeGroup> groups) {
  ItModel it;
  it.nodes = 0;
  it.rated_boards_w = 0;
  double leakage_w = 0, leakage_k = 0, reference = 0, fan_w = 0, psu_w = 0, largest = -1;
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto& [node, count] = groups[i];
    const std::string path = "/" + std::to_string(i);
    Check check(path);
    check.in("count", count, 0, 1e7).part(validate(node, path + "/node"));
    if (!check.status()) return tl::unexpected(check.status().error());
    const double rated = count * rated_boards_w(node);
    it.nodes += count;
    it.rated_boards_w += rated;
    fan_w += rated * node.fans.share;
    psu_w += count * node.psu.rated_w * node.psu.count;
    for (const std::vector<Chip>* chips : {&node.cpus, &node.devices}) {
      for (const Chip& chip : *chips) {
        const double watts = count * chip.count * chip.max_w * chip.leakage.share;
        leakage_w += watts;
        leakage_k += watts * chip.leakage.per_k;
        reference += watts * chip.leakage.reference_c;
      }
    }
    if (rated > largest) {
      largest = rated;
      it.fans = node.fans;
      it.psu = node.psu;
    }
  }
  if (!(it.nodes > 0 && it.rated_boards_w > 0)) {
    return fail(ErrorCode::invalid, "no node that draws power", "");
  }
  it.leakage_share = leakage_w / it.rated_boards_w;
  if (leakage_w > 0) {
    it.leakage_per_k = leakage_k / leakage_w;
    it.reference_c = reference / leakage_w;
  }
  it.fans.share = fan_w / it.rated_boards_w;
  it.psu.rated_w = psu_w / it.nodes / it.psu.count;
  return it;
}

namespace {

void check_fans(Check& check, const NodeFans& fans) {
  check.in("fans/share", fans.share, 0, 0.5)
      .in("fans/min_flow", fans.min_flow, 0, 1)
      .in("fans/exponent", fans.exponent, 1, 4);
}

void check_precision(Check& check, const std::string& at, const PrecisionPower& p) {
  check.in(at + "/fp64", p.fp64, 0, 2)
      .in(at + "/fp32", p.fp32, 0, 2)
      .in(at + "/tf32", p.tf32, 0, 2);
  check.in(at + "/bf16", p.bf16, 0, 2).in(at + "/fp16", p.fp16, 0, 2).in(at + "/fp8", p.fp8, 0, 2);
  check.in(at + "/int8", p.int8, 0, 2).in(at + "/int4", p.int4, 0, 2);
}

void check_chips(Check& check, const std::string& list, const std::vector<Chip>& chips) {
  for (size_t i = 0; i < chips.size(); ++i) {
    const Chip& chip = chips[i];
    const std::string at = list + "/" + std::to_string(i);
    check.in(at + "/count", chip.count, 0, 1024)
        .in(at + "/max_w", chip.max_w, 0, 20e3)
        .in(at + "/idle_w", chip.idle_w, 0, std::max(chip.max_w, 0.0))
        .in(at + "/exponent", chip.exponent, 0.1, 4)
        .in(at + "/leakage/share", chip.leakage.share, 0, 0.5)
        .in(at + "/leakage/per_k", chip.leakage.per_k, 0, 0.03)
        .in(at + "/leakage/reference_c", chip.leakage.reference_c, 40, 120)
        .in(at + "/leakage/resistance_k_w", chip.leakage.resistance_k_w, 0, 1);
    check_precision(check, at + "/precision", chip.precision);
    // At 90 C coolant and twice its power a degree more must not feed itself.
    const double hot = 90 + 2 * chip.leakage.resistance_k_w * chip.max_w;
    const double gain = chip.leakage.share * chip.max_w * chip.leakage.per_k *
                        chip.leakage.resistance_k_w *
                        std::exp(chip.leakage.per_k * (hot - chip.leakage.reference_c));
    check.that(at + "/leakage/resistance_k_w", gain < 0.9,
               "leakage would run away: resistance, share or exponent is too large");
  }
}

}  // namespace

Status validate(const NodeModel& node, const std::string& path) {
  Check check(path);
  check.in("base_w", node.base_w, 0, 1e5)
      .in("memory_w", node.memory_w, 0, 1e5)
      .in("network_w", node.network_w, 0, 1e5)
      .in("storage_w", node.storage_w, 0, 1e5);
  check_chips(check, "cpus", node.cpus);
  check_chips(check, "devices", node.devices);
  check_fans(check, node.fans);
  check.part(validate(node.psu, check.at("psu")));
  const double rated = rated_boards_w(node) * (1 + node.fans.share);
  check.that("psu/rated_w", rated <= 1.5 * node.psu.rated_w * node.psu.count,
             "the supplies are too small for the node");
  return check.status();
}

Status validate(const ItModel& it, const std::string& path) {
  Check check(path);
  check.in("nodes", it.nodes, 1e-3, 1e7)
      .in("rated_boards_w", it.rated_boards_w, 1, 1e11)
      .in("leakage_share", it.leakage_share, 0, 0.5)
      .in("leakage_per_k", it.leakage_per_k, 0, 0.03)
      .in("reference_c", it.reference_c, 40, 120)
      .in("network_w", it.network_w, 0, 1e10);
  check_fans(check, it.fans);
  check.part(validate(it.psu, check.at("psu")));
  const double rated = it.rated_boards_w * (1 + it.fans.share) / it.nodes;
  check.that("psu/rated_w", rated <= 1.5 * it.psu.rated_w * it.psu.count,
             "the supplies of a node are too small for its share of rated_boards_w");
  return check.status();
}

}  // namespace pentad::energy
