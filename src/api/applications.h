// What handlers need of the application catalogue. Implemented by the daemon, which has the files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "api/app_types.h"
#include "api/problem.h"
#include "base/reflect_traits.h"
#include "model/job.h"
#include "model/payload.h"

namespace pentad::api {

// A job as the application makes it, before the submission's own wishes.
struct AppJob {
  JobRequest request;
  Payload payload;
};

// Called from several threads at once.
class Applications {
 public:
  virtual ~Applications() = default;
  virtual AppList list() const = 0;
  virtual std::optional<AppInfo> find(std::string_view name) const = 0;
  // `parameters` as they came, unchecked. A problem's field is relative to the submission.
  virtual tl::expected<AppJob, Problem> make_job(
      const std::string& name, const std::map<std::string, JsonText>& parameters) const = 0;
  // Name of the file in the job's directory that holds the result; empty for an unknown
  // application.
  virtual std::string result_file(const std::string& name) const = 0;
};

}  // namespace pentad::api
