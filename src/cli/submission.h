// From command-line options to a submission of the API.
#pragma once

#include "api/job_types.h"
#include "api/job_views.h"
#include "cli/options.h"
#include "cli/session.h"

namespace pentad::cli {

// Reads the script file ("-": standard input). Throws CommandError with a sentence that names the
// option. Paths become absolute and the working directory defaults to the present one, but for
// applications, which have a directory of their own.
// A script with another scheduler's directives is translated, over which the options count; what
// differs is told on standard error.
api::JobSubmission to_submission(Session& session, const JobOptions& options);

// The bytes of a script as they are, whatever they are.
void set_script(api::JobSubmission& submission, std::string bytes);

// What `pentad modify` changes. Throws CommandError.
api::JobChange to_change(const JobOptions& options, const api::Resources& present);

}  // namespace pentad::cli
