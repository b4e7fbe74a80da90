// What can be done to one job.
#include <fmt/format.h>

#include <utility>

#include "api/authenticate.h"
#include "api/checks.h"
#include "api/handlers.h"
#include "api/job_store.h"
#include "api/limits.h"
#include "api/projects.h"

namespace pentad::api {

namespace {

// The core knows only jobs that have not ended: says of the others what became of them.
void explain_missing(const Services& services, const Caller& caller, JobId job,
                     net::Responder responder) {
  services.workers.post([caller, job, responder](store::JobQueries& queries) {
    auto record = find_job(queries, job, caller);
    if (!record) return responder.send(problem_response(record.error()));
    std::string_view state = enum_name(record->status.state);
    responder.send(problem_response(
        problem_of(Refusal{RefusalCode::wrong_state,
                           {},
                           fmt::format("job {} has ended already: {}", job.value, state)})));
  });
}

// Carries out one command about a job, then answers with the job as it is.
void post_command(const Services& services, const Request& request, JobId job, event::What what,
                  net::Responder responder) {
  std::vector<store::Command> commands;
  commands.push_back(command_of(request, std::move(what)));
  services.core.post(std::move(commands), [&services, caller = request.caller, job, responder](
                                              const auto& done, CoreView&) {
    if (!done) return responder.send(problem_response(problem_of(done.error())));
    const Refusal& refusal = done->front().effects.reply.refusal;
    if (refusal.code == RefusalCode::none) return respond_job(services, caller, job, responder);
    if (refusal.code == RefusalCode::not_found) {
      return explain_missing(services, caller, job, responder);
    }
    Problem p = problem_of(refusal);
    std::string field = api_field(refusal.field, false);
    p.field = field == "/job" || field.empty() ? std::nullopt : std::optional(field);
    responder.send(problem_response(p));
  });
}

// The same when the caller may control the job.
void carry_out(const Services& services, const Request& request, JobId job, event::What what,
               net::Responder responder) {
  auto shared = std::make_shared<std::pair<Request, event::What>>(request, std::move(what));
  with_permission(services, request.caller, job, Permission::job_control, responder,
                  [&services, shared, job, responder] {
                    post_command(services, shared->first, job, std::move(shared->second),
                                 responder);
                  });
}

// Whether this hold or release is an operator's. A problem when they are none.
std::optional<Problem> check_hold(const Caller& caller, bool by_operator) {
  if (!by_operator || caller.may_everywhere(Permission::job_operate)) return {};
  return problem("not-permitted", "only an operator can do this as one", "/by_operator");
}

Answer<std::optional<IndexSet>> read_elements(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  auto indices = read_indices(*text, "/elements");
  if (!indices) return tl::unexpected(std::move(indices.error()));
  return std::move(*indices);
}

// The resources of a change over those the job has.
struct Change {
  event::Modify modify;
  std::optional<Resources> resources;
};

std::optional<Problem> check_change_texts(const JobChange& change) {
  auto check = [](const std::optional<std::string>& text, const char* field,
                  bool may_be_empty) -> std::optional<Problem> {
    if (!text || (may_be_empty && text->empty())) return {};
    auto complaint = check_name(*text);
    if (!complaint) return {};
    return problem("invalid-value", *complaint, field);
  };
  if (auto p = check(change.name, "/name", false)) return p;
  if (change.project && !change.project->empty()) {
    if (auto complaint = check_project(*change.project)) {
      return problem("invalid-value", *complaint, "/project");
    }
  }
  return check(change.qos, "/qos", true);
}

Answer<event::Modify> to_modify(JobId job, JobChange change) {
  if (auto p = check_change_texts(change)) return tl::unexpected(std::move(*p));
  event::Modify out;
  out.job = job;
  out.name = std::move(change.name);
  out.project = std::move(change.project);
  out.qos = std::move(change.qos);
  if (change.limit_s) out.limit = seconds(*change.limit_s);
  out.priority = change.priority;
  if (change.begin_at_ms) out.begin = Time{*change.begin_at_ms};
  if (change.deadline_at_ms) out.deadline = Time{*change.deadline_at_ms};
  if (change.dependency) {
    auto dependency = to_core(*change.dependency, 0, "/dependency");
    if (!dependency) return tl::unexpected(std::move(dependency.error()));
    out.dependency = std::move(*dependency);
  }
  out.max_running = change.max_running;
  out.wish = change.wish;
  for (Clearable what : change.clear) {
    out.clear_begin |= what == Clearable::begin;
    out.clear_deadline |= what == Clearable::deadline;
    out.clear_dependency |= what == Clearable::dependency;
  }
  return out;
}

void modify(const Services& services, const Request& request, JobId job, JobChange change,
            net::Responder responder) {
  auto refuse = [&](const Problem& p) { responder.send(problem_response(p)); };
  auto resources = std::move(change.resources);
  auto modify = to_modify(job, std::move(change));
  if (!modify) return refuse(modify.error());
  if (modify->project) {
    if (auto p = take_project(request.caller, request.caller.user, *modify->project, "")) {
      return refuse(*p);
    }
  }
  if (!resources) return carry_out(services, request, job, std::move(*modify), responder);
  // What is left out stays as it is, so the job's own resources are needed first.
  auto shared = std::make_shared<Request>(request);
  services.core.ask([&services, shared, job, modify = std::move(*modify),
                     wanted = std::move(*resources), responder](CoreView& view) mutable {
    auto current = view.centre().job_request(job);
    if (!current) return explain_missing(services, shared->caller, job, responder);
    auto merged = to_core(wanted, current->resources, "/resources");
    if (!merged) return responder.send(problem_response(merged.error()));
    modify.resources = std::move(*merged);
    carry_out(services, *shared, job, std::move(modify), responder);
  });
}

// Reads {id} and a body that may be empty; answers itself when one of them is wrong.
template <class Body, class Use>
void with_body(const net::Request& request, const net::Responder& responder, Use use) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  auto body = read_optional_body<Body>(request.body);
  if (!body) return responder.send(problem_response(body.error()));
  use(JobId{*id}, std::move(*body));
}

engine::SignalScope scope_of(SignalTo to) {
  if (to == SignalTo::first) return engine::SignalScope::first;
  return to == SignalTo::others ? engine::SignalScope::others : engine::SignalScope::all;
}

void signal_attempts(const Services& services, store::JobQueries& queries, const Caller& caller,
                     JobId job, const SignalRequest& body, const std::optional<IndexSet>& elements,
                     const net::Responder& responder) {
  auto record = find_job(queries, job, caller, Permission::job_control);
  if (!record) return responder.send(problem_response(record.error()));
  std::vector<AttemptId> running;
  store::AttemptListing listing{job, {}, true, static_cast<int32_t>(kMaxPage), {}, {}};
  do {
    auto page = queries.attempts(listing);
    if (!page) return responder.send(problem_response(problem_of(page.error())));
    for (const AttemptStatus& one : page->attempts) {
      bool is_meant = !elements || elements->contains(one.attempt.index);
      if (is_meant && !is_final(one.state)) running.push_back(one.attempt);
    }
    listing.cursor = std::move(page->next);
  } while (!listing.cursor.empty());
  services.core.signal(running, body.signal, scope_of(body.to));
  responder.send(json_response(SignalDone{static_cast<int64_t>(running.size())}));
}

}  // namespace

void modify_job(const Services& services, Request request, net::Responder responder) {
  with_body<JobChange>(request, responder, [&](JobId job, JobChange change) {
    modify(services, request, job, std::move(change), responder);
  });
}

void cancel_job(const Services& services, Request request, net::Responder responder) {
  with_body<CancelRequest>(request, responder, [&](JobId job, const CancelRequest& body) {
    auto elements = read_elements(body.elements);
    if (!elements) return responder.send(problem_response(elements.error()));
    carry_out(services, request, job, event::Cancel{job, std::move(*elements)}, responder);
  });
}

void hold_job(const Services& services, Request request, net::Responder responder) {
  with_body<HoldRequest>(request, responder, [&](JobId job, const HoldRequest& body) {
    if (auto p = check_hold(request.caller, body.by_operator)) {
      return responder.send(problem_response(*p));
    }
    carry_out(services, request, job, event::Hold{job, body.by_operator}, responder);
  });
}

void release_job(const Services& services, Request request, net::Responder responder) {
  with_body<HoldRequest>(request, responder, [&](JobId job, const HoldRequest& body) {
    if (auto p = check_hold(request.caller, body.by_operator)) {
      return responder.send(problem_response(*p));
    }
    carry_out(services, request, job, event::Release{job, body.by_operator}, responder);
  });
}

void signal_job(const Services& services, Request request, net::Responder responder) {
  with_body<SignalRequest>(request, responder, [&](JobId job, const SignalRequest& body) {
    auto elements = read_elements(body.elements);
    if (!elements) return responder.send(problem_response(elements.error()));
    services.workers.post([&services, caller = request.caller, job, body,
                           elements = std::move(*elements), responder](store::JobQueries& queries) {
      signal_attempts(services, queries, caller, job, body, elements, responder);
    });
  });
}

void requeue_job(const Services& services, Request request, net::Responder responder) {
  with_body<RequeueJob>(request, responder, [&](JobId job, const RequeueJob& body) {
    auto elements = read_elements(body.elements);
    if (!elements) return responder.send(problem_response(elements.error()));
    if (auto p = check_hold(request.caller, body.by_operator)) {
      return responder.send(problem_response(*p));
    }
    carry_out(services, request, job,
              event::Requeue{job, std::move(*elements), body.hold, body.by_operator}, responder);
  });
}

}  // namespace pentad::api
