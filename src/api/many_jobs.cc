// The same done to many jobs: those named, or those that match a filter.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "api/authenticate.h"
#include "api/handlers.h"
#include "api/job_store.h"
#include "api/limits.h"

namespace pentad::api {

namespace {

using MakeEvent = event::What (*)(JobId, const ManyJobs&);

constexpr size_t kChunk = 1000;  // commands in one batch, so that others get their turn

// Works through the ids chunk by chunk; lives until the last is answered.
struct Many {
  const Services& services;
  net::Responder responder;
  Request asked;
  ManyJobs request;
  MakeEvent make;
  std::vector<JobId> jobs;
  size_t next = 0;
  ManyDone done = {};
};

void take_answers(Many& many, size_t first, const std::vector<store::Applied>& answers) {
  for (size_t i = 0; i < answers.size(); ++i) {
    JobId job = many.jobs[first + i];
    const Refusal& refusal = answers[i].effects.reply.refusal;
    if (refusal.code == RefusalCode::none) {
      many.done.done.push_back(job.value);
    } else {
      many.done.refused.push_back({job.value, refusal.code, refusal.detail});
    }
  }
}

void next_chunk(const std::shared_ptr<Many>& many) {
  if (many->next == many->jobs.size()) return many->responder.send(json_response(many->done));
  size_t first = many->next;
  size_t count = std::min(kChunk, many->jobs.size() - first);
  many->next += count;
  std::vector<store::Command> commands;
  for (size_t i = 0; i < count; ++i) {
    commands.push_back(command_of(many->asked, many->make(many->jobs[first + i], many->request)));
  }
  many->services.core.post(std::move(commands), [many, first](const auto& done, CoreView&) {
    if (!done) return many->responder.send(problem_response(problem_of(done.error())));
    take_answers(*many, first, *done);
    next_chunk(many);
  });
}

// Takes out the jobs that the caller may not control, then begins. Those that have left the core's
// memory stay in: nothing happens to them.
void begin(const std::shared_ptr<Many>& many) {
  if (many->asked.caller.may_everywhere(Permission::job_control)) return next_chunk(many);
  many->services.core.ask([many](CoreView& view) {
    std::vector<JobId> allowed;
    for (JobId job : many->jobs) {
      const auto request = view.centre().job_request(job);
      if (!request) {
        // Whether it ended or never was is not for everybody to know.
        many->done.refused.push_back(
            {job.value, RefusalCode::not_found, "there is no such job that has not ended"});
        continue;
      }
      const auto p = check_permission(many->asked.caller, Permission::job_control, job,
                                      request->user, request->project);
      if (!p) {
        allowed.push_back(job);
      } else {
        const bool is_known = p->status == 403;
        many->done.refused.push_back(
            {job.value, is_known ? RefusalCode::not_permitted : RefusalCode::not_found,
             is_known ? p->detail : "there is no such job that has not ended"});
      }
    }
    many->jobs = std::move(allowed);
    next_chunk(many);
  });
}

store::JobFilter to_store(const JobFilter& filter) {
  store::JobFilter out;
  out.user = filter.user;
  out.project = filter.project;
  out.name = filter.name;
  out.application = filter.application;
  for (const auto& entry : reflect::enum_entries<JobState>) {
    bool wanted = filter.state.empty() || std::find(filter.state.begin(), filter.state.end(),
                                                    entry.value) != filter.state.end();
    if (wanted && !is_final(entry.value)) out.states.push_back(entry.value);
  }
  return out;
}

// All unfinished jobs that match.
Result<std::vector<JobId>> find_jobs(store::JobQueries& queries, const JobFilter& filter,
                                     const Caller& caller) {
  std::vector<JobId> out;
  store::JobListing listing;
  listing.filter = to_store(filter);
  listing.filter.scope = caller.scope_of(Permission::job_control);
  if (listing.filter.states.empty()) return out;
  listing.limit = kMaxPage;
  do {
    auto page = queries.list(listing);
    if (!page) return tl::unexpected(page.error());
    for (const store::JobRecord& record : page->jobs) out.push_back(record.status.job);
    listing.cursor = std::move(page->next);
  } while (!listing.cursor.empty());
  return out;
}

std::optional<Problem> check(const ManyJobs& request) {
  if (request.jobs.empty() != request.filter.has_value()) {
    return problem("invalid-value", "give exactly one of `jobs` and `filter`", "/jobs");
  }
  for (size_t i = 0; i < request.jobs.size(); ++i) {
    if (request.jobs[i] >= 1 && request.jobs[i] <= kMaxId) continue;
    return problem("invalid-value", "ids are positive whole numbers", fmt::format("/jobs/{}", i));
  }
  return {};
}

void do_many(const Services& services, const Request& request, net::Responder responder,
             MakeEvent make) {
  auto body = read_body<ManyJobs>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  if (auto p = check(*body)) return responder.send(problem_response(*p));
  if (body->by_operator && !request.caller.may_everywhere(Permission::job_operate)) {
    return responder.send(problem_response(
        problem("not-permitted", "only an operator can do this as one", "/by_operator")));
  }
  auto many = std::make_shared<Many>(
      Many{services, std::move(responder), request, std::move(*body), make, {}});
  for (int64_t id : many->request.jobs) many->jobs.push_back(JobId{id});
  if (!many->request.filter) return begin(many);
  services.workers.post([many](store::JobQueries& queries) {
    auto found = find_jobs(queries, *many->request.filter, many->asked.caller);
    if (!found) return many->responder.send(problem_response(problem_of(found.error())));
    many->jobs = std::move(*found);
    begin(many);
  });
}

}  // namespace

void cancel_jobs(const Services& services, Request request, net::Responder responder) {
  do_many(services, request, std::move(responder), [](JobId job, const ManyJobs&) -> event::What {
    return event::Cancel{job, {}};
  });
}

void hold_jobs(const Services& services, Request request, net::Responder responder) {
  do_many(services, request, std::move(responder), [](JobId job, const ManyJobs& r) -> event::What {
    return event::Hold{job, r.by_operator};
  });
}

void release_jobs(const Services& services, Request request, net::Responder responder) {
  do_many(services, request, std::move(responder), [](JobId job, const ManyJobs& r) -> event::What {
    return event::Release{job, r.by_operator};
  });
}

void requeue_jobs(const Services& services, Request request, net::Responder responder) {
  do_many(services, request, std::move(responder), [](JobId job, const ManyJobs& r) -> event::What {
    return event::Requeue{job, {}, r.hold, r.by_operator};
  });
}

}  // namespace pentad::api
