// Jobs as the lines of qstat and qhost: one for each running task, one for what waits of a job.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "cli/front/sge/sge.h"

namespace pentad::cli::front::sge {

struct Row {
  const api::JobSummary* job = nullptr;
  std::optional<api::AttemptView> attempt;  // none while it waits
  IndexSet tasks;                           // of an array
  std::string state;                        // r, qw, hqw, ...
  bool is_running = false;

  int64_t shown_at_ms() const;  // start, or submission while it waits
  std::string priority() const;
};

struct Choice {
  std::string users = "*";  // by commas; * for all
  std::string queue;        // pattern; empty: any
  std::string states = "a";
  bool splits_arrays = false;
};

// Running ones first, each by number and task. `jobs` keeps what the rows point to.
std::vector<Row> list_rows(Desk& desk, const Choice& choice, std::deque<api::JobSummary>& jobs);

}  // namespace pentad::cli::front::sge
