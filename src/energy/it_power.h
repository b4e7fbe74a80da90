// Power of a node from what its parts do: base, CPUs, devices, memory, network, storage, fans,
// leakage that follows the junction temperature, and the loss of its supplies.
//
// A chip draws idle + (max - idle) * utilisation^exponent * factor of the precision, at its
// reference junction temperature; leakage moves it from there: P_leak = share * max * exp(k (Tj -
// Tref)), with Tj = coolant + R_th * P solved together. Use measured power where there is any: at
// equal utilisation real jobs differ by a factor of two.
#pragma once

#include <boost/describe.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "energy/psu.h"
#include "model/device.h"

namespace pentad::energy {

// Dynamic power at full utilisation relative to max_w, by the precision computed in.
struct PrecisionPower {
  double fp64 = 1, fp32 = 1, tf32 = 1, bf16 = 1, fp16 = 1, fp8 = 1, int8 = 1, int4 = 1;
  double at(Precision precision) const;
  bool operator==(const PrecisionPower&) const = default;
};
BOOST_DESCRIBE_STRUCT(PrecisionPower, (), (fp64, fp32, tf32, bf16, fp16, fp8, int8, int4))

struct Leakage {
  double share = 0.15;           // of max_w, at the reference temperature, within idle and max
  double per_k = 0.016;          // exponent k
  double reference_c = 85;       // junction temperature that idle_w and max_w hold for
  double resistance_k_w = 0.05;  // junction to coolant, one chip
  bool operator==(const Leakage&) const = default;
};
BOOST_DESCRIBE_STRUCT(Leakage, (), (share, per_k, reference_c, resistance_k_w))

// One kind of chip in a node: a CPU socket or an accelerator.
struct Chip {
  std::string name;
  double count = 1;
  double idle_w = 0;
  double max_w = 0;
  double exponent = 1;
  PrecisionPower precision;
  Leakage leakage;
  bool operator==(const Chip&) const = default;
};
BOOST_DESCRIBE_STRUCT(Chip, (), (name, count, idle_w, max_w, exponent, precision, leakage))

// Fans inside the node. The share is of the node's rated power without fans; 0 where a liquid does
// their work.
struct NodeFans {
  double share = 0.10;
  double min_flow = 0.30;  // of rated flow; flow follows the load above
  double exponent = 2.8;
  bool operator==(const NodeFans&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeFans, (), (share, min_flow, exponent))

struct NodeModel {
  std::string name;
  double base_w = 100;  // board, management controller, voltage regulators
  std::vector<Chip> cpus;
  std::vector<Chip> devices;
  double memory_w = 0;
  double network_w = 0;
  double storage_w = 0;
  NodeFans fans;
  Psu psu;
  bool operator==(const NodeModel&) const = default;
};
BOOST_DESCRIBE_STRUCT(NodeModel, (),
                      (name, base_w, cpus, devices, memory_w, network_w, storage_w, fans, psu))

// What the chips of one kind do, averaged over them.
struct ChipLoad {
  double utilisation = 0;  // 0..1
  Precision precision = Precision::fp16;
};
BOOST_DESCRIBE_STRUCT(ChipLoad, (), (utilisation, precision))

// One node's watts. Sums: boards_w = base + cpu + device + memory + network + storage;
// input_w = boards_w + fan_w + psu_loss_w. leakage_w tells how much of cpu + device came from the
// junctions being away from their reference (negative: cooler).
struct NodePower {
  double base_w = 0, cpu_w = 0, device_w = 0, memory_w = 0, network_w = 0, storage_w = 0;
  double leakage_w = 0;
  double boards_w = 0;
  double fan_w = 0;
  double psu_loss_w = 0;
  double input_w = 0;
  double hottest_junction_c = 0;
};
BOOST_DESCRIBE_STRUCT(NodePower, (),
                      (base_w, cpu_w, device_w, memory_w, network_w, storage_w, leakage_w, boards_w,
                       fan_w, psu_loss_w, input_w, hottest_junction_c))

// One chip at this coolant temperature, W. The fixed point is found to 1e-9 W; thermal runaway,
// which validate() excludes for coolant up to 90 C, cannot occur.
struct ChipPower {
  double power_w = 0;
  double leakage_w = 0;  // difference to the reference temperature
  double junction_c = 0;
};
ChipPower chip_power(const Chip& chip, const ChipLoad& load, double coolant_c);

// `cpus` and `devices` stand in the order of the model; a missing entry is idle. Utilisation
// outside 0..1 is brought to its bound.
NodePower node_power(const NodeModel& node, std::span<const ChipLoad> cpus,
                     std::span<const ChipLoad> devices, double coolant_c);

// Boards at full utilisation and at none, W, chips at their reference temperature, without fans.
double rated_boards_w(const NodeModel& node);
double idle_boards_w(const NodeModel& node);

// What site_hour() knows of all nodes together. it_model() makes it from a list of nodes.
struct ItModel {
  double nodes = 1;             // that share the load
  double rated_boards_w = 1e6;  // of all nodes, at full utilisation and reference temperature
  double leakage_share = 0.10;  // of rated_boards_w, at the reference temperature; at most half
                                // of the power drawn
  double leakage_per_k = 0.016;
  double reference_c = 85;  // junction
  double network_w = 0;     // switches and other IT that is always on, outside the nodes
  NodeFans fans;            // as with air; the plant says how much of them is left
  Psu psu;                  // of one node
  bool operator==(const ItModel&) const = default;
};
BOOST_DESCRIBE_STRUCT(ItModel, (),
                      (nodes, rated_boards_w, leakage_share, leakage_per_k, reference_c, network_w,
                       fans, psu))

struct NodeGroup {
  NodeModel node;
  double count = 0;
};
BOOST_DESCRIBE_STRUCT(NodeGroup, (), (node, count))

// The supplies are those of the group with most power, scaled to the mean node. Errors: invalid,
// path of the field, when a model is absurd or no group has a node.
Result<ItModel> it_model(std::span<const NodeGroup> groups);

Status validate(const Psu& psu, const std::string& path = {});
Status validate(const NodeModel& node, const std::string& path = {});
Status validate(const ItModel& it, const std::string& path = {});

}  // namespace pentad::energy
