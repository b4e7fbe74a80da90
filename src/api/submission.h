// From a submission as it came in to what the core and the engine take, and back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/applications.h"
#include "api/body.h"
#include "api/job_types.h"
#include "api/problem.h"
#include "model/job.h"
#include "model/payload.h"

namespace pentad::api {

struct Submission {
  std::vector<JobSubmission> jobs;
  bool is_batch = false;  // else fields of problems are relative to the one job
};
Answer<Submission> read_submission(std::string_view body);

struct Prepared {
  JobRequest request;
  Payload payload;
};

struct SubmitContext {
  std::string default_user;
  const Applications* applications = nullptr;  // null: no catalogue
};

// Checks everything that can be checked without the core. `position` is the job's place in its
// submission; a dependency on a job of the same submission becomes in_request(its place).
Answer<Prepared> prepare(JobSubmission job, const SubmitContext& context, size_t position);

// A dependency on a job that has no id yet: negative, to be resolved when ids are given.
constexpr JobId in_request(int64_t position) { return JobId{-1 - position}; }

// Checks and converts; `field` of a problem starts with `at`.
Answer<ResourceRequest> to_core(const Resources& resources, ResourceRequest defaults,
                                const std::string& at);
Answer<Dependency> to_core(const JobDependency& dependency, size_t position, const std::string& at);
Answer<IndexSet> read_indices(const std::string& text, const std::string& at);

Resources to_api(const ResourceRequest& resources);
JobDependency to_api(const Dependency& dependency);
// As it could be submitted again, without the script's bytes.
JobSubmission to_api(const JobRequest& request, const Payload& payload);

// The core names its own fields (/jobs/0/limit); this is what the API calls them (/limit_s),
// relative to the one job unless `is_batch`.
std::string api_field(std::string_view core_field, bool is_batch);

}  // namespace pentad::api
