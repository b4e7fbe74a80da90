// What pentad-calibrate measures and prints: throughput of matrix products by precision, and memory
// bandwidth, of one core and of all.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/device.h"

namespace pentad::engine {

// Millions of operations per second; a multiply-add counts as two.
struct GemmRate {
  int32_t threads = 0;
  int32_t repetitions = 0;
  int64_t best_mops = 0;
  int64_t median_mops = 0;
  bool operator==(const GemmRate&) const = default;
};
BOOST_DESCRIBE_STRUCT(GemmRate, (), (threads, repetitions, best_mops, median_mops))

// A product of two n x n matrices of `precision`. `reason` says why there are no rates: the library
// or the CPU cannot do it, or the product came out wrong.
struct GemmMeasurement {
  Precision precision = Precision::fp64;
  std::string library;
  std::string implementation;  // which code path the library chose, by its own name
  int32_t n = 0;
  std::optional<GemmRate> one_core;
  std::optional<GemmRate> all_cores;
  std::string reason;
  bool operator==(const GemmMeasurement&) const = default;
};
BOOST_DESCRIBE_STRUCT(GemmMeasurement, (),
                      (precision, library, implementation, n, one_core, all_cores, reason))

// a[i] = b[i] + s * c[i] on doubles, 24 bytes an element: McCalpin's STREAM triad.
struct TriadRate {
  int32_t threads = 0;
  int32_t repetitions = 0;
  int64_t best_mbytes_per_s = 0;  // of 10^6 bytes
  int64_t median_mbytes_per_s = 0;
  bool operator==(const TriadRate&) const = default;
};
BOOST_DESCRIBE_STRUCT(TriadRate, (), (threads, repetitions, best_mbytes_per_s, median_mbytes_per_s))

struct TriadMeasurement {
  int64_t array_bytes = 0;  // each of the three
  std::optional<TriadRate> one_core;
  std::optional<TriadRate> all_cores;
  bool operator==(const TriadMeasurement&) const = default;
};
BOOST_DESCRIBE_STRUCT(TriadMeasurement, (), (array_bytes, one_core, all_cores))

// A device that is there and was not measured.
struct UnmeasuredDevice {
  std::string model;
  std::string reason;
  bool operator==(const UnmeasuredDevice&) const = default;
};
BOOST_DESCRIBE_STRUCT(UnmeasuredDevice, (), (model, reason))

struct CalibrationReport {
  std::string node;
  std::string cpu_model;     // as in Node::cpu_model
  std::string cpu_name;      // as the machine prints it
  int32_t cores = 0;         // that this process may use
  std::string instructions;  // widest instructions oneDNN uses here
  std::vector<GemmMeasurement> gemm;
  TriadMeasurement memory;
  std::vector<UnmeasuredDevice> devices;
  int64_t duration_ms = 0;
  // Of all processor time meanwhile, what other programs took: above a few per cent the figures are
  // too low.
  std::optional<int32_t> others_percent;
  bool operator==(const CalibrationReport&) const = default;
};
BOOST_DESCRIBE_STRUCT(CalibrationReport, (),
                      (node, cpu_model, cpu_name, cores, instructions, gemm, memory, devices,
                       duration_ms, others_percent))

// Reads what pentad-calibrate printed. Errors: invalid, with the JSON pointer.
Result<CalibrationReport> read_calibration(std::string_view json);

// What DeviceModel::measured of the CPU becomes: per precision the best of all libraries with all
// cores at work, divided by their number, so that a full node gets what it was promised.
Throughput measured_per_core(const CalibrationReport& report);

}  // namespace pentad::engine
