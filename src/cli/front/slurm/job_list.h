// The names by which Slurm's commands take jobs: 12, 12_3, 12_[1-3,7], 12.batch, 12_3.0, 12+0.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/index_set.h"

namespace pentad::cli::front::slurm {

struct JobTerm {
  int64_t job = 0;
  std::optional<IndexSet> elements;  // of an array: these only
  std::string step;                  // behind the dot; empty: none

  bool covers(int64_t element) const { return !elements || elements->contains(element); }
};

// One name. Errors: invalid.
Result<JobTerm> read_job_term(std::string_view text);

// Names by commas or blanks, brackets aside.
Result<std::vector<JobTerm>> read_job_terms(std::string_view text);

}  // namespace pentad::cli::front::slurm
