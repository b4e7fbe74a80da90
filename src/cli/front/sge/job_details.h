// What a job asked for, in Grid Engine's words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/front/sge/sge.h"

namespace pentad::cli::front::sge {

struct Asked {
  std::string environment;  // of -pe; empty: none
  int64_t slots = 1;
  std::vector<std::pair<std::string, std::string>> resources;  // of -l
  std::string predecessors;                                    // numbers by commas
};
Asked asked_of(const api::JobDetail& detail);

// `qstat -j LIST`.
int print_details(Desk& desk, const std::string& list, bool as_xml);

}  // namespace pentad::cli::front::sge
