#include "engine/hardware/calibration.h"

#include <algorithm>

#include "base/reflect.h"

namespace pentad::engine {
namespace {

int64_t* slot(Throughput& throughput, Precision precision) {
  switch (precision) {
    case Precision::fp64:
      return &throughput.fp64;
    case Precision::fp32:
      return &throughput.fp32;
    case Precision::tf32:
      return &throughput.tf32;
    case Precision::bf16:
      return &throughput.bf16;
    case Precision::fp16:
      return &throughput.fp16;
    case Precision::fp8:
      return &throughput.fp8;
    case Precision::int8:
      return &throughput.int8;
    case Precision::int4:
      return &throughput.int4;
  }
  return nullptr;
}

}  // namespace

Result<CalibrationReport> read_calibration(std::string_view json) {
  return from_json<CalibrationReport>(json);
}

Throughput measured_per_core(const CalibrationReport& report) {
  Throughput throughput;
  for (const GemmMeasurement& one : report.gemm) {
    int64_t* best = slot(throughput, one.precision);
    if (!best || !one.all_cores || one.all_cores->threads < 1) continue;
    *best = std::max(*best, one.all_cores->best_mops / one.all_cores->threads);
  }
  return throughput;
}

}  // namespace pentad::engine
