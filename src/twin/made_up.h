// A made-up workload for a machine: the generator's classes, cut to the devices that are there.
#pragma once

#include "twin/trace/generator.h"

namespace pentad::twin {

// `load` of the cores or devices that run short first; the machine's pools as they are; beyond a
// thousand nodes the sizes of jobs grow in proportion. Errors: invalid when the machine has no
// node.
Result<trace::GeneratorConfig> made_up_for(const trace::Machine& machine, int64_t jobs, double load,
                                           uint64_t seed);

}  // namespace pentad::twin
