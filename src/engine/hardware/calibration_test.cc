#include "engine/hardware/calibration.h"

#include <doctest/doctest.h>

#include "base/reflect.h"

namespace pentad::engine {
namespace {

GemmMeasurement gemm(Precision precision, std::string library, int32_t threads, int64_t best) {
  GemmMeasurement one;
  one.precision = precision;
  one.library = std::move(library);
  one.one_core = GemmRate{1, 3, best, best};
  one.all_cores = GemmRate{threads, 3, best, best - 1};
  return one;
}

TEST_CASE("per core: the best library with all cores at work, shared among them") {
  CalibrationReport report;
  report.gemm = {
      gemm(Precision::fp64, "OpenBLAS", 4, 400), gemm(Precision::fp32, "OpenBLAS", 4, 900),
      gemm(Precision::fp32, "oneDNN", 4, 1000), gemm(Precision::int8, "oneDNN", 4, 8003)};
  GemmMeasurement unsupported;
  unsupported.precision = Precision::fp16;
  unsupported.reason = "not supported";
  report.gemm.push_back(unsupported);
  Throughput throughput = measured_per_core(report);
  CHECK(throughput.fp64 == 100);
  CHECK(throughput.fp32 == 250);
  CHECK(throughput.int8 == 2000);
  CHECK(throughput.fp16 == 0);
  CHECK(throughput.bf16 == 0);
}

TEST_CASE("a report survives being printed and read; nonsense in it is harmless") {
  CalibrationReport report;
  report.node = "n1";
  report.gemm = {gemm(Precision::bf16, "oneDNN", 2, 77)};
  report.memory.one_core = TriadRate{1, 5, 12345, 12000};
  auto again = read_calibration(to_json(report));
  REQUIRE(again);
  CHECK(*again == report);
  CHECK_FALSE(read_calibration("{\"gemm\": 7}"));
  report.gemm[0].all_cores->threads = 0;
  CHECK(measured_per_core(report).bf16 == 0);
}

}  // namespace
}  // namespace pentad::engine
