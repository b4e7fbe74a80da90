// A run made by hand for the tests of the report: every part filled, names as hostile as they come.
#pragma once

#include <string>
#include <vector>

#include "twin/comparison.h"
#include "twin/run.h"

namespace pentad::twin {

struct SampleOptions {
  bool plant = true;
  bool hostile = false;  // names that try to be markup, script or something worse
  size_t steps = 48;     // hours
};
RunOutput sample_run(const SampleOptions& options);

// Two of them beside each other; the second saves a tenth.
struct SampleComparison {
  std::vector<RunOutput> runs;
  Comparison comparison;
};
SampleComparison sample_comparison(const SampleOptions& options);

// What stands in the names of a hostile sample.
const std::string& hostile_name();

}  // namespace pentad::twin
