// How hard the jobs of a class drive the chips they hold.
#pragma once

#include <boost/describe.hpp>

#include "model/job.h"

namespace pentad::energy {

// 0..1. Estimated: hourly means of nodes with eight accelerators under real jobs lie between 0.3
// and 0.9.
struct ClassUtilisation {
  double simulation = 0.85;
  double training = 0.75;
  double inference = 0.45;
  double of(WorkloadClass workload_class) const {
    if (workload_class == WorkloadClass::training) return training;
    return workload_class == WorkloadClass::inference ? inference : simulation;
  }
  bool operator==(const ClassUtilisation&) const = default;
};
BOOST_DESCRIBE_STRUCT(ClassUtilisation, (), (simulation, training, inference))

}  // namespace pentad::energy
