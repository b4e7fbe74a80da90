// The query tables of jobs and attempts, written batch by batch. However often a job changed in one
// batch, its row is written once. Private to src/store; read through JobQueries.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "centre/effects.h"
#include "model/job.h"
#include "model/job_status.h"
#include "store/database.h"
#include "store/payload_store.h"

namespace pentad::store {

class JobTable {
 public:
  // Throws soci_error.
  explicit JobTable(Database& database);
  ~JobTable();

  // What the coming write() stores. A job is added before anything else is said of it.
  void add(JobId job, JobRequest request, std::string application, std::string payload);
  void modify(JobId job, JobRequest request);
  void record(const Effects& effects);
  // How a job ended that ended in this batch.
  std::optional<Outcome> outcome(JobId job) const;

  // Inside a transaction, after payloads.write(); throws soci_error.
  void write(const PayloadStore& payloads);
  void clear();

 private:
  struct Statements;
  // What is known of a job's row; parts that did not change are absent.
  struct Change {
    JobId job;
    bool is_new = false;
    std::optional<JobRequest> request;
    std::string application;
    std::string payload;  // digest
    std::optional<JobStatus> status;
    std::optional<Outcome> outcome;
  };

  Change& change_of(JobId job);
  void write(const Change& change, const PayloadStore& payloads);
  void write(const AttemptStatus& attempt);

  std::unique_ptr<Statements> statements_;
  std::vector<Change> changes_;
  std::unordered_map<JobId, size_t> places_;  // in changes_
  std::map<AttemptId, AttemptStatus> attempts_;
};

}  // namespace pentad::store
