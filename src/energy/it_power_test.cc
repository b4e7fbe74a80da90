#include "energy/it_power.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>

namespace pentad::energy {
namespace {

NodeModel gpu_node() {
  NodeModel node;
  node.base_w = 300;
  Chip cpu;
  cpu.count = 2;
  cpu.idle_w = 80;
  cpu.max_w = 350;
  Chip gpu;
  gpu.count = 8;
  gpu.idle_w = 70;
  gpu.max_w = 700;
  node.cpus = {cpu};
  node.devices = {gpu};
  node.memory_w = 150;
  node.psu.rated_w = 3000;
  node.psu.count = 4;
  return node;
}

}  // namespace

TEST_CASE("80 PLUS points are met exactly") {
  struct Row {
    const char* level;
    double at20, at50, at100;
  };
  for (const Row& row :
       {Row{"bronze", .81, .85, .81}, Row{"silver", .85, .89, .85}, Row{"gold", .88, .92, .88},
        Row{"platinum", .90, .94, .91}, Row{"titanium", .94, .96, .91}}) {
    const PsuCurve curve(*psu_points_80plus(row.level));
    const auto efficiency = [&](double x) { return x / (x + curve.loss_per_rated(x)); };
    CHECK(std::abs(efficiency(0.2) - row.at20) < 1e-12);
    CHECK(std::abs(efficiency(0.5) - row.at50) < 1e-12);
    CHECK(std::abs(efficiency(1.0) - row.at100) < 1e-12);
  }
  const PsuCurve titanium(*psu_points_80plus("titanium"));
  CHECK(std::abs(0.1 / (0.1 + titanium.loss_per_rated(0.1)) - 0.90) < 1e-12);
  CHECK(psu_points_80plus("diamond").error().code == ErrorCode::not_found);
}

TEST_CASE("a supply's loss rises with its load and is never free") {
  for (const char* level : {"bronze", "silver", "gold", "platinum", "titanium"}) {
    const PsuCurve curve(*psu_points_80plus(level));
    double last = curve.loss_per_rated(0);
    CHECK(last > 0);
    for (int i = 1; i <= 130; ++i) {
      const double loss = curve.loss_per_rated(i / 100.0);
      CHECK(loss >= last - 1e-15);
      last = loss;
    }
  }
}

TEST_CASE("a node's parts sum to its input") {
  CHECK(rc::check([] {
    const NodeModel node = gpu_node();
    const std::array<ChipLoad, 1> cpus = {{{*rc::gen::inRange(0, 101) / 100.0, Precision::fp64}}};
    const std::array<ChipLoad, 1> gpus = {{{*rc::gen::inRange(0, 101) / 100.0, Precision::bf16}}};
    const double coolant = *rc::gen::inRange(10, 60);
    const NodePower p = node_power(node, cpus, gpus, coolant);
    RC_ASSERT(std::abs(p.base_w + p.cpu_w + p.device_w + p.memory_w + p.network_w + p.storage_w -
                       p.boards_w) < 1e-9);
    RC_ASSERT(std::abs(p.boards_w + p.fan_w + p.psu_loss_w - p.input_w) < 1e-9);
    // What the site model is given, boards without the change of leakage, lies between idle and
    // full.
    RC_ASSERT(p.boards_w - p.leakage_w >= idle_boards_w(node) - 1e-6);
    RC_ASSERT(p.boards_w - p.leakage_w <= rated_boards_w(node) + 1e-6);
    const NodePower hotter = node_power(node, cpus, gpus, coolant + 5);
    RC_ASSERT(hotter.boards_w > p.boards_w);
  }));
}

TEST_CASE("leakage and junction are solved together") {
  Chip chip;
  chip.idle_w = 100;
  chip.max_w = 700;
  const ChipPower p = chip_power(chip, {1.0, Precision::fp16}, 50);
  CHECK(p.junction_c == doctest::Approx(50 + 0.05 * p.power_w));
  const double leakage = 0.15 * 700 * (std::exp(0.016 * (p.junction_c - 85)) - 1);
  CHECK(p.leakage_w == doctest::Approx(leakage).epsilon(1e-9));
  // At 205 W and 17 K cooler: 11 W less has been measured.
  Chip server = chip;
  server.max_w = 205;
  server.idle_w = 50;
  server.leakage.share = 0.22;
  const double warm = chip_power(server, {1.0, Precision::fp16}, 81).power_w;
  const double cool = chip_power(server, {1.0, Precision::fp16}, 64).power_w;
  CHECK(warm - cool == doctest::Approx(11).epsilon(0.15));
}

TEST_CASE("precision scales what is dynamic only") {
  Chip chip;
  chip.idle_w = 100;
  chip.max_w = 500;
  chip.leakage.share = 0;
  chip.precision.fp64 = 0.5;
  CHECK(chip_power(chip, {1.0, Precision::fp64}, 30).power_w == doctest::Approx(300));
  CHECK(chip_power(chip, {0.0, Precision::fp64}, 30).power_w == doctest::Approx(100));
  CHECK(chip_power(chip, {7.0, Precision::fp16}, 30).power_w == doctest::Approx(500));
}

TEST_CASE("all nodes together") {
  const std::array<NodeGroup, 1> groups = {{{gpu_node(), 10}}};
  const Result<ItModel> it = it_model(groups);
  REQUIRE(it);
  CHECK(it->nodes == 10);
  CHECK(it->rated_boards_w == doctest::Approx(10 * rated_boards_w(gpu_node())));
  CHECK(it->leakage_share ==
        doctest::Approx(0.15 * (2 * 350 + 8 * 700) / rated_boards_w(gpu_node())));
  CHECK(validate(*it).has_value());
  CHECK(it_model({}).error().code == ErrorCode::invalid);
}

TEST_CASE("absurd nodes are refused by name") {
  NodeModel node = gpu_node();
  node.devices[0].idle_w = 800;
  CHECK(validate(node).error().path == "/devices/0/idle_w");
  node = gpu_node();
  node.cpus[0].leakage = {.share = 0.5, .per_k = 0.03, .reference_c = 60, .resistance_k_w = 0.5};
  CHECK(validate(node, "/node").error().path == "/node/cpus/0/leakage/resistance_k_w");
  node = gpu_node();
  node.psu.points = {{0.5, 0.9}, {0.2, 0.9}};
  CHECK(validate(node).error().path == "/psu/points/1/load");
  node = gpu_node();
  node.psu.count = 1;
  CHECK(validate(node).error().path == "/psu/rated_w");
}

}  // namespace pentad::energy
