// Prints a made-up run's report for the checks that are not C++: LANGUAGE PARTS, where PARTS is
// plant, schedule, hostile, long, comparison or comparison-hostile.
#include <iostream>
#include <string_view>

#include "twin/report/comparison.h"
#include "twin/report/report.h"
#include "twin/report/sample.h"

int main(int argc, char** argv) {
  using namespace pentad::twin;
  if (argc != 3) return 2;
  const std::string_view parts = argv[2];
  if (parts.starts_with("comparison")) {
    const SampleComparison sample = sample_comparison({.hostile = parts == "comparison-hostile"});
    std::cout << comparison_report(sample.comparison, {&sample.runs[0], &sample.runs[1]},
                                   {"1", "2"}, language_of(argv[1]));
    return std::cout.good() ? 0 : 1;
  }
  SampleOptions options;
  options.plant = parts != "schedule";
  options.hostile = parts == "hostile";
  if (parts == "long") options.steps = 2 * 8760;
  std::cout << html_report(sample_run(options), language_of(argv[1]));
  return std::cout.good() ? 0 : 1;
}
