// What an application tells through files: progress in its output, a result when it is done. Both
// are written by jobs, so nothing in them is trusted.
#pragma once

#include <optional>
#include <string>

#include "api/job_views.h"
#include "base/units.h"

namespace pentad::api {

// Nothing when there is no such plain file, when it is older than `not_before` (of an earlier
// attempt), or when it does not hold a result.
std::optional<JobResult> read_result(const std::string& path, Time not_before);

// The last progress line in the end of an output file.
std::optional<JobProgress> read_progress(const std::string& path);

}  // namespace pentad::api
