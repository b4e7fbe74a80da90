// A run's result as a person reads it on a terminal.
#pragma once

#include <string>
#include <vector>

#include "twin/result.h"

namespace pentad::cli::twin {

// `width` in cells, 0: no limit.
std::string result_text(const pentad::twin::TwinResult& result, size_t width, bool colour);

// What was saved against the baseline for the same work, or why nothing can be said.
std::string saving_text(const pentad::twin::TwinResult& ours,
                        const pentad::twin::TwinResult& baseline);

// Several results side by side, the first being the baseline of the savings. `savings` has one
// entry fewer; a text says why there is none.
struct Compared {
  pentad::twin::TwinResult result;
  std::string saving;  // against the baseline, in words
};
std::string comparison_text(const std::vector<Compared>& all, size_t width, bool colour);

}  // namespace pentad::cli::twin
