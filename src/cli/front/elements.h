// Jobs as the other schedulers list them: each element of an array is a row of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/job_views.h"
#include "cli/session.h"

namespace pentad::cli::front {

// `index` is 0 for a job without array. `state` of one that waits is held or queued; one that was
// cancelled before it started has no attempt.
struct Element {
  const api::JobSummary* job = nullptr;
  int64_t index = 0;
  JobState state = JobState::queued;
  std::optional<api::AttemptView> attempt;  // the newest; none while it waits

  bool is_array() const { return job->array.has_value(); }
  std::optional<int64_t> started_at_ms() const;
  std::optional<int64_t> ended_at_ms() const;
};

// All pages of GET /jobs with this query, such as "state=active&sort=id". Throws.
std::vector<api::JobSummary> list_jobs(Session& session, const std::string& query);

// One row, or one for each element in ascending order; asks for the attempts only where there are
// some. `job` must outlive the answer. Throws.
std::vector<Element> elements_of(Session& session, const api::JobSummary& job);

}  // namespace pentad::cli::front
