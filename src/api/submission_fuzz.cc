// Any bytes as the body of a submission, a change or an action: they are refused or taken, and what
// is taken can be shown and taken again as the same job.
#include <cstdint>
#include <string_view>

#include "api/job_views.h"
#include "api/submission.h"
#include "base/assert.h"
#include "base/reflect.h"

using namespace pentad;
using namespace pentad::api;

namespace {

void check_again(const Prepared& job, size_t position) {
  JobSubmission shown = to_api(job.request, job.payload);
  // A script is kept as bytes; the view leaves it out.
  if (!job.payload.script.empty()) {
    if (!from_json<std::string>(to_json(job.payload.script))) return;
    shown.script = job.payload.script;
    shown.argv.clear();
  }
  // A dependency within the request has no id to show.
  if (job.request.dependency) return;
  auto body = to_json(shown);
  auto read = read_submission(body);
  if (!read) return;  // a script that is no UTF-8 comes out mended
  auto again = prepare(read->jobs.at(0), {"fuzz", nullptr}, position);
  PENTAD_ASSERT(again.has_value(), "what was taken once is taken again");
  PENTAD_ASSERT(again->request == job.request, "the same job");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view body(reinterpret_cast<const char*>(data), size);
  if (auto submission = read_submission(body)) {
    for (size_t i = 0; i < submission->jobs.size(); ++i) {
      auto job = prepare(submission->jobs[i], {"fuzz", nullptr}, i);
      if (job) check_again(*job, i);
    }
  }
  std::ignore = read_body<JobChange>(body);
  std::ignore = read_body<ManyJobs>(body);
  std::ignore = read_indices(std::string(body), "/elements");
  return 0;
}
