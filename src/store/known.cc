#include "store/known.h"

#include <algorithm>

namespace pentad::store {

namespace {

void collect(const Dependency& dependency, std::vector<JobId>& out) {
  // Ids below 1 name no job of the past: none, or one of the same submission.
  if (dependency.job.value > 0) out.push_back(dependency.job);
  for (const Dependency& part : dependency.of) collect(part, out);
}

std::vector<Outcome>* known_of(event::What& what) {
  if (auto* submit = std::get_if<event::Submit>(&what)) return &submit->known;
  if (auto* modify = std::get_if<event::Modify>(&what)) return &modify->known;
  return nullptr;
}

}  // namespace

std::vector<JobId> dependencies_of(const event::What& what) {
  std::vector<JobId> jobs;
  if (auto* submit = std::get_if<event::Submit>(&what)) {
    for (const JobRequest& job : submit->jobs) {
      if (job.dependency) collect(*job.dependency, jobs);
    }
  } else if (auto* modify = std::get_if<event::Modify>(&what)) {
    if (modify->dependency) collect(*modify->dependency, jobs);
  }
  std::sort(jobs.begin(), jobs.end());
  jobs.erase(std::unique(jobs.begin(), jobs.end()), jobs.end());
  return jobs;
}

Status fill_known(event::What& what, const Centre& centre, const FindOutcomes& find) {
  std::vector<Outcome>* known = known_of(what);
  if (!known) return {};
  known->clear();
  std::vector<JobId> gone = dependencies_of(what);
  std::erase_if(gone, [&](JobId job) { return centre.has_job(job); });
  if (gone.empty()) return {};
  Result<std::vector<Outcome>> found = find(gone);
  if (!found) return tl::unexpected(found.error());
  *known = std::move(*found);
  return {};
}

Status fill_known(event::What& what, const Centre& centre, JobQueries& queries) {
  return fill_known(what, centre,
                    [&](std::span<const JobId> jobs) { return queries.outcomes(jobs); });
}

}  // namespace pentad::store
