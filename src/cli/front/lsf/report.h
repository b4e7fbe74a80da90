// What bjobs -l and bhist tell of one job.
#pragma once

#include <string>

#include "cli/front/lsf/jobs.h"

namespace pentad::cli::front::lsf {

// "Thu Oct 22 16:00:00: Submitted from ...", broken after 80 columns as LSF does unless `folded` is
// false.
void print_long(Cluster& cluster, const Element& element, bool folded);
void print_history(Cluster& cluster, const Element& element, bool folded);

// Seconds in each state of bhist.
struct Spent {
  int64_t pend = 0, psusp = 0, run = 0;
  int64_t total() const { return pend + psusp + run; }
};
Spent spent_by(const Element& element);

}  // namespace pentad::cli::front::lsf
