// Device models: what the catalogue and `pentad calibrate` say about a kind of processor.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <string>

#include "base/units.h"

namespace pentad {

BOOST_DEFINE_ENUM_CLASS(DeviceKind, cpu, gpu, dcu, npu)
BOOST_DEFINE_ENUM_CLASS(Precision, fp64, fp32, tf32, bf16, fp16, fp8, int8, int4)

// Throughput per precision in millions of operations per second; 0 means unsupported or not known.
struct Throughput {
  int64_t fp64 = 0, fp32 = 0, tf32 = 0, bf16 = 0, fp16 = 0, fp8 = 0, int8 = 0, int4 = 0;
  int64_t at(Precision precision) const;
  bool operator==(const Throughput&) const = default;
};
BOOST_DESCRIBE_STRUCT(Throughput, (), (fp64, fp32, tf32, bf16, fp16, fp8, int8, int4))

// One model of device. For kind cpu the figures are those of one core, so that a job's share of a
// node scales them; for every other kind those of one whole device.
struct DeviceModel {
  std::string name;
  DeviceKind kind = DeviceKind::gpu;
  Bytes memory;
  Throughput measured;   // as measured on this centre's nodes; all 0 until calibrated
  Throughput peak;       // from the catalogue; used where nothing is measured
  Power idle_power;      // milliwatts
  Power full_power;      // milliwatts
  Money price_per_hour;  // one core or one whole device
  bool operator==(const DeviceModel&) const = default;
};
BOOST_DESCRIBE_STRUCT(DeviceModel, (),
                      (name, kind, memory, measured, peak, idle_power, full_power, price_per_hour))

}  // namespace pentad
