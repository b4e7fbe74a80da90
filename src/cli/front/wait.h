// Waiting until a job has come as far as a command wants it.
#pragma once

#include <functional>
#include <optional>

#include "api/job_views.h"
#include "cli/session.h"

namespace pentad::cli::front {

inline constexpr int kInterrupted = 130;

// Asks until the job has ended or `enough` holds: often at first, ever less often later. A centre
// that restarts meanwhile is waited for. Nothing when interrupted. Throws.
std::optional<api::JobSummary> wait_for(Session& session, int64_t job,
                                        const std::function<bool(const api::JobSummary&)>& enough);

}  // namespace pentad::cli::front
