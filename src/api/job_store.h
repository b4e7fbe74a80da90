// Finding jobs for handlers, and completing what the tables say with what only the core knows.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "api/answer.h"
#include "api/caller.h"
#include "api/job_views.h"
#include "api/submission.h"
#include "engine/outputs.h"
#include "store/job_queries.h"

namespace pentad::api {

// The job's row; the problem of there being none, also when the caller may not know of it, or of
// not being permitted to do this with it.
Answer<store::JobRecord> find_job(store::JobQueries& queries, JobId job, const Caller& caller,
                                  Permission permission = Permission::job_view);

// Calls `then` when the caller has the permission for the job, and answers with the problem when
// not. `then` runs on this thread, the core's or a worker's.
void with_permission(const Services& services, const Caller& caller, JobId job,
                     Permission permission, net::Responder responder, std::function<void()> then);

// Whose jobs are, for the event hub, read through `reader`.
EventHub::FindOwner owners_from(store::Database reader);

Problem no_such_job(JobId job);
// What keeps the caller from doing this with a job of that user and project; nothing when they may.
std::optional<Problem> check_permission(const Caller& caller, Permission permission, JobId job,
                                        std::string_view user, std::string_view project);

// What the core knows of jobs that wait: why, place in the queue, expected start. Rows of jobs that
// have moved on meanwhile keep what the tables said.
void add_waiting(CoreView& view, std::vector<JobSummary*> jobs);

// Answers with the job as it is now.
void respond_job(const Services& services, const Caller& caller, JobId job,
                 net::Responder responder);

bool is_waiting(const JobSummary& job);

// Adds what the job's application tells: its progress while it runs, its result afterwards.
void add_report(const Services& services, store::JobQueries& queries, JobSummary& job);

engine::Files files_of(const Services& services, const AttemptId& attempt,
                       const store::JobRecord& record, const Payload& payload);

}  // namespace pentad::api
