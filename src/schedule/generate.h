// Random scenarios for the comparison of the scheduler with its oracle.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pentad::scenario {

// The lines of scenario `seed`: a small centre, then jobs, ends, node events and passes. The same
// seed gives the same lines everywhere.
std::vector<std::string> generate(uint64_t seed);

}  // namespace pentad::scenario
