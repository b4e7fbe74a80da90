// Jobs that have left the core may still be depended on: the tables know how they ended, and an
// event that names them carries what they know into the core.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "centre/centre.h"
#include "centre/event.h"
#include "model/job_status.h"
#include "store/job_queries.h"

namespace pentad::store {

// Jobs that the dependencies of a Submit or Modify name, ascending; those of the submission itself
// left out. Empty for other events.
std::vector<JobId> dependencies_of(const event::What& what);

// How those of these jobs ended that have.
using FindOutcomes = std::function<Result<std::vector<Outcome>>(std::span<const JobId>)>;

// Sets `known` of a Submit or Modify to the outcomes of the jobs it depends on that `centre` has
// not in memory; what stood there is dropped. Other events are left alone.
Status fill_known(event::What& what, const Centre& centre, const FindOutcomes& find);
Status fill_known(event::What& what, const Centre& centre, JobQueries& queries);

}  // namespace pentad::store
