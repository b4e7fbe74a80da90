// Prints a made-up run's report for the checks that are not C++: LANGUAGE PARTS, where PARTS is
// plant, schedule, hostile or long.
#include <iostream>
#include <string_view>

#include "twin/report/report.h"
#include "twin/report/sample.h"

int main(int argc, char** argv) {
  using namespace pentad::twin;
  if (argc != 3) return 2;
  const std::string_view parts = argv[2];
  SampleOptions options;
  options.plant = parts != "schedule";
  options.hostile = parts == "hostile";
  if (parts == "long") options.steps = 2 * 8760;
  std::cout << html_report(sample_run(options), language_of(argv[1]));
  return std::cout.good() ? 0 : 1;
}
