// From an application and the values a user gave to the job that runs it.
#pragma once

#include <map>
#include <string>

#include "base/reflect_traits.h"
#include "base/result.h"
#include "model/application.h"
#include "model/job.h"
#include "model/payload.h"

namespace pentad {

struct ApplicationJob {
  JobRequest request;  // name, resources, limit, warning, workload class, precision
  Payload payload;     // script, environment, application
};

// `application` has passed check_application. `app_dir` is the absolute path of the application's
// folder on the machine where the job runs. `given` holds values by parameter name, unchecked.
// Errors: invalid, with a sentence that names the parameter, and "/NAME" of the offending value as
// path. Unknown names come before missing ones, these before wrong values.
Result<ApplicationJob> make_job(const Application& application, const std::string& app_dir,
                                const std::map<std::string, JsonText>& given);

}  // namespace pentad
