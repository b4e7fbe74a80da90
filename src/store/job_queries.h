// Questions about jobs, finished ones included, answered from the query tables. They show what has
// been committed; what only the core knows (place in the queue, expected start) is not here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/units.h"
#include "model/job.h"
#include "model/job_status.h"
#include "model/payload.h"
#include "store/database.h"

namespace pentad::store {

struct JobRecord {
  JobStatus status;
  JobRequest request;  // as accepted and since modified
  std::string application;
};

// Jobs that somebody may see: their own, and all of these projects ("tenant/name") and tenants.
struct JobScope {
  std::string user;
  std::vector<std::string> projects;
  std::vector<std::string> tenants;
};

// All conditions that are given must hold. Texts are compared exactly, letter case included.
struct JobFilter {
  std::vector<JobId> ids;        // empty: any
  std::vector<JobState> states;  // empty: any
  std::optional<std::string> user;
  std::optional<std::string> project;
  std::optional<std::string> application;
  std::optional<std::string> name;
  std::optional<std::string> name_prefix;
  std::optional<std::string> name_part;  // anywhere in the name
  std::optional<WorkloadClass> workload_class;
  // Each from (inclusive) and until (exclusive). A job that has not ended is in no range of ends.
  std::optional<Time> submitted_from;
  std::optional<Time> submitted_until;
  std::optional<Time> ended_from;
  std::optional<Time> ended_until;
  std::optional<JobScope> scope;
};

// Equal keys follow each other by id. Jobs that have not ended come first by `ended`.
enum class JobSort { id, submitted, ended, name, user, project, state };

struct JobListing {
  JobFilter filter;
  JobSort sort = JobSort::id;
  bool descending = false;
  int32_t limit = 100;  // rows a page
  std::string cursor;   // JobPage::next of the page before; empty: the first
};

struct JobPage {
  std::vector<JobRecord> jobs;
  std::string next;  // empty: this was the last page
};

// Attempts of a job by element and number, or of several by job, element and number.
struct AttemptListing {
  JobId job;
  std::optional<int64_t> element;
  bool descending = true;
  int32_t limit = 100;
  std::string cursor;
  std::vector<JobId> jobs = {};  // if not empty, `job` does not count
};

struct AttemptPage {
  std::vector<AttemptStatus> attempts;
  std::string next;
};

// Works on the writer's database or on a reader's; as thread-safe as that, which is not. Every call
// may fail with an error of the database (unavailable, corrupt, failed).
class JobQueries {
 public:
  explicit JobQueries(Database& database) : database_(&database) {}
  // For other questions on the same connection.
  Database& database() { return *database_; }

  // Errors: invalid for a cursor that does not belong to this listing.
  Result<JobPage> list(const JobListing& listing);
  Result<int64_t> count(const JobFilter& filter);
  Result<std::optional<JobRecord>> job(JobId job);

  Result<AttemptPage> attempts(const AttemptListing& listing);
  Result<std::optional<AttemptStatus>> attempt(const AttemptId& attempt);

  // How those of `jobs` ended that have; ascending by id, absent ones left out.
  Result<std::vector<Outcome>> outcomes(std::span<const JobId> jobs);

  // What a job runs. Errors: not_found, corrupt.
  Result<Payload> payload(JobId job);
  Result<std::string> script(JobId job);
  // Length of the script, without reading it.
  Result<int64_t> script_bytes(JobId job);

 private:
  Result<int64_t> payload_id(JobId job);
  Database* database_;
};

}  // namespace pentad::store
