// Identifiers of jobs as people write them for PBS' commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/index_set.h"

namespace pentad::cli::front::pbs {

// 12, 12.server, 12[], 12[3].server, 12[1-4], 12-3 (Torque of old).
struct JobId {
  int64_t job = 0;
  std::optional<IndexSet> elements;
  std::string text;  // with the server's name
};
std::optional<JobId> read_id(std::string_view server, std::string_view text);

}  // namespace pentad::cli::front::pbs
