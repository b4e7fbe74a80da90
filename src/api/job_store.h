// Finding jobs for handlers, and completing what the tables say with what only the core knows.
#pragma once

#include <memory>
#include <vector>

#include "api/answer.h"
#include "api/job_views.h"
#include "api/submission.h"
#include "engine/outputs.h"
#include "store/job_queries.h"

namespace pentad::api {

// The job's row, or the problem of there being none.
Answer<store::JobRecord> find_job(store::JobQueries& queries, JobId job);

// What the core knows of jobs that wait: why, place in the queue, expected start. Rows of jobs that
// have moved on meanwhile keep what the tables said.
void add_waiting(CoreView& view, std::vector<JobSummary*> jobs);

// Answers with the job as it is now.
void respond_job(const Services& services, JobId job, net::Responder responder);

bool is_waiting(const JobSummary& job);

// Adds what the job's application tells: its progress while it runs, its result afterwards.
void add_report(const Services& services, store::JobQueries& queries, JobSummary& job);

engine::Files files_of(const Services& services, const AttemptId& attempt,
                       const store::JobRecord& record, const Payload& payload);

}  // namespace pentad::api
