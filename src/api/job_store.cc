#include "api/job_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "api/result_file.h"
#include "api/views.h"

namespace pentad::api {

Problem no_such_job(JobId job) {
  return problem("not-found", fmt::format("there is no job {}", job.value));
}

std::optional<Problem> check_permission(const Caller& caller, Permission permission, JobId job,
                                        std::string_view user, std::string_view project) {
  if (caller.may_about(permission, user, project)) return {};
  if (!caller.may_about(Permission::job_view, user, project)) return no_such_job(job);
  return problem("not-permitted",
                 fmt::format("{} may see job {}, but not do this with it", caller.user, job.value));
}

EventHub::FindOwner owners_from(store::Database reader) {
  auto database = std::make_shared<store::Database>(std::move(reader));
  return [database](JobId job) -> std::optional<EventHub::Owner> {
    auto record = store::JobQueries(*database).job(job);
    if (!record || !*record) return {};
    return EventHub::Owner{(*record)->request.user, (*record)->request.project};
  };
}

void with_permission(const Services& services, const Caller& caller, JobId job,
                     Permission permission, net::Responder responder, std::function<void()> then) {
  if (caller.may_everywhere(permission)) return then();
  services.core.ask([&services, caller, job, permission, responder, then](CoreView& view) {
    const auto request = view.centre().job_request(job);
    if (request) {
      auto p = check_permission(caller, permission, job, request->user, request->project);
      return p ? responder.send(problem_response(*p)) : then();
    }
    services.workers.post([caller, job, permission, responder, then](store::JobQueries& queries) {
      auto record = find_job(queries, job, caller, permission);
      if (!record) return responder.send(problem_response(record.error()));
      then();
    });
  });
}

Answer<store::JobRecord> find_job(store::JobQueries& queries, JobId job, const Caller& caller,
                                  Permission permission) {
  auto record = queries.job(job);
  if (!record) return tl::unexpected(problem_of(record.error()));
  if (!*record) {
    return tl::unexpected(no_such_job(job));
  }
  const JobRequest& request = (*record)->request;
  if (auto p = check_permission(caller, permission, job, request.user, request.project)) {
    return tl::unexpected(std::move(*p));
  }
  return std::move(**record);
}

bool is_waiting(const JobSummary& job) { return job.pending > 0 && !is_final(job.state); }

void add_waiting(CoreView& view, std::vector<JobSummary*> jobs) {
  const Centre& centre = view.centre();
  for (JobSummary* job : jobs) {
    JobId id{job->id};
    if (job->array) job->waiting = centre.waiting_elements(id).to_string();
    Wait wait = centre.why_waiting(id);
    if (wait.reason == PendingReason::none) continue;
    job->reason = wait.reason;
    job->message = std::move(wait.detail);
    if (int64_t position = centre.queue_position(id); position > 0) job->position = position;
    if (auto start = view.expected_start(id)) {
      job->expected_start_at_ms = start->value;
    } else if (wait.reason == PendingReason::begin_time) {
      auto request = centre.job_request(id);
      if (request && request->begin) job->expected_start_at_ms = request->begin->value;
    }
  }
}

void respond_job(const Services& services, const Caller& caller, JobId job,
                 net::Responder responder) {
  services.workers.post([&services, caller, job, responder](store::JobQueries& queries) {
    auto record = find_job(queries, job, caller);
    if (!record) return responder.send(problem_response(record.error()));
    auto summary = std::make_shared<JobSummary>(job_summary(*record, services.now()));
    if (!is_waiting(*summary)) {
      add_report(services, queries, *summary);
      return responder.send(json_response(*summary));
    }
    services.core.ask([summary, responder](CoreView& view) {
      add_waiting(view, {summary.get()});
      responder.send(json_response(*summary));
    });
  });
}

engine::Files files_of(const Services& services, const AttemptId& attempt,
                       const store::JobRecord& record, const Payload& payload) {
  engine::Names names{attempt, record.request.name, record.request.user, services.host};
  engine::Files files = engine::attempt_files(services.home, names, payload);
  // Until it has been delivered.
  auto is_there = [](const std::string& path) {
    return !path.empty() && access(path.c_str(), F_OK) == 0;
  };
  if (is_there(files.spooled_stdout)) files.stdout_path = files.spooled_stdout;
  if (is_there(files.spooled_stderr)) files.stderr_path = files.spooled_stderr;
  return files;
}

void add_report(const Services& services, store::JobQueries& queries, JobSummary& job) {
  if (job.array) return;
  bool is_over = is_final(job.state);
  if (!is_over && job.state != JobState::running) return;
  auto attempts = queries.attempts({JobId{job.id}, {}, true, 1, {}});
  if (!attempts || attempts->attempts.empty()) return;
  const AttemptStatus& attempt = attempts->attempts.front();
  if (attempt.end.started_at == Time{}) return;
  auto payload = queries.payload(JobId{job.id});
  if (!payload) return;
  engine::Names names{attempt.attempt, job.name, job.user, services.host};
  engine::Files files = engine::attempt_files(services.home, names, *payload);
  if (!is_over) {
    job.progress = read_progress(files.stdout_path);
    return;
  }
  std::string path = engine::job_directory(services.home, JobId{job.id}) + "/result.json";
  if (!job.application.empty()) {
    if (!services.applications) return;
    std::string file = services.applications->result_file(job.application);
    if (file.empty()) return;
    path = files.workdir + "/" + file;
  }
  job.result = read_result(path, attempt.end.started_at);
}

}  // namespace pentad::api
