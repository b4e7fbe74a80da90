// From command-line options to a submission of the API.
#pragma once

#include "api/job_types.h"
#include "api/job_views.h"
#include "cli/options.h"

namespace pentad::cli {

// Reads the script file ("-": standard input). Throws CommandError with a sentence that names the
// option. Paths become absolute and the working directory defaults to the present one, but for
// applications, which have a directory of their own.
api::JobSubmission to_submission(const JobOptions& options);

// What `pentad modify` changes. Throws CommandError.
api::JobChange to_change(const JobOptions& options, const api::Resources& present);

}  // namespace pentad::cli
