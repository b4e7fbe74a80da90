// What can be done to one job.
#include <fmt/format.h>

#include <utility>

#include "api/checks.h"
#include "api/handlers.h"
#include "api/job_store.h"
#include "api/limits.h"

namespace pentad::api {

namespace {

// The core knows only jobs that have not ended: says of the others what became of them.
void explain_missing(const Services& services, JobId job, net::Responder responder) {
  services.workers.post([job, responder](store::JobQueries& queries) {
    auto record = find_job(queries, job);
    if (!record) return responder.send(problem_response(record.error()));
    std::string_view state = enum_name(record->status.state);
    responder.send(problem_response(
        problem_of(Refusal{RefusalCode::wrong_state,
                           {},
                           fmt::format("job {} has ended already: {}", job.value, state)})));
  });
}

// Carries out one command about a job, then answers with the job as it is.
void carry_out(const Services& services, const net::Request& request, JobId job, event::What what,
               net::Responder responder) {
  std::vector<store::Command> commands(1);
  commands[0].event.actor = actor_of(request);
  commands[0].event.what = std::move(what);
  services.core.post(std::move(commands), [&services, job, responder](const auto& done, CoreView&) {
    if (!done) return responder.send(problem_response(problem_of(done.error())));
    const Refusal& refusal = done->front().effects.reply.refusal;
    if (refusal.code == RefusalCode::none) return respond_job(services, job, responder);
    if (refusal.code == RefusalCode::not_found) return explain_missing(services, job, responder);
    Problem p = problem_of(refusal);
    std::string field = api_field(refusal.field, false);
    p.field = field == "/job" || field.empty() ? std::nullopt : std::optional(field);
    responder.send(problem_response(p));
  });
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
  if (auto p = check(change.project, "/project", true)) return p;
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

void modify(const Services& services, const net::Request& request, JobId job, JobChange change,
            net::Responder responder) {
  auto refuse = [&](const Problem& p) { responder.send(problem_response(p)); };
  auto resources = std::move(change.resources);
  auto modify = to_modify(job, std::move(change));
  if (!modify) return refuse(modify.error());
  if (!resources) return carry_out(services, request, job, std::move(*modify), responder);
  // What is left out stays as it is, so the job's own resources are needed first.
  auto shared = std::make_shared<net::Request>(request);
  services.core.ask([&services, shared, job, modify = std::move(*modify),
                     wanted = std::move(*resources), responder](CoreView& view) mutable {
    auto current = view.centre().job_request(job);
    if (!current) return explain_missing(services, job, responder);
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

void signal_attempts(const Services& services, store::JobQueries& queries, JobId job,
                     const SignalRequest& body, const std::optional<IndexSet>& elements,
                     const net::Responder& responder) {
  auto record = find_job(queries, job);
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

void modify_job(const Services& services, net::Request request, net::Responder responder) {
  with_body<JobChange>(request, responder, [&](JobId job, JobChange change) {
    modify(services, request, job, std::move(change), responder);
  });
}

void cancel_job(const Services& services, net::Request request, net::Responder responder) {
  with_body<CancelRequest>(request, responder, [&](JobId job, const CancelRequest& body) {
    auto elements = read_elements(body.elements);
    if (!elements) return responder.send(problem_response(elements.error()));
    carry_out(services, request, job, event::Cancel{job, std::move(*elements)}, responder);
  });
}

void hold_job(const Services& services, net::Request request, net::Responder responder) {
  with_body<HoldRequest>(request, responder, [&](JobId job, const HoldRequest& body) {
    carry_out(services, request, job, event::Hold{job, body.by_operator}, responder);
  });
}

void release_job(const Services& services, net::Request request, net::Responder responder) {
  with_body<HoldRequest>(request, responder, [&](JobId job, const HoldRequest& body) {
    carry_out(services, request, job, event::Release{job, body.by_operator}, responder);
  });
}

void signal_job(const Services& services, net::Request request, net::Responder responder) {
  with_body<SignalRequest>(request, responder, [&](JobId job, const SignalRequest& body) {
    auto elements = read_elements(body.elements);
    if (!elements) return responder.send(problem_response(elements.error()));
    services.workers.post([&services, job, body, elements = std::move(*elements),
                           responder](store::JobQueries& queries) {
      signal_attempts(services, queries, job, body, elements, responder);
    });
  });
}

void requeue_job(const Services& services, net::Request request, net::Responder responder) {
  with_body<RequeueJob>(request, responder, [&](JobId job, const RequeueJob& body) {
    auto elements = read_elements(body.elements);
    if (!elements) return responder.send(problem_response(elements.error()));
    carry_out(services, request, job, event::Requeue{job, std::move(*elements), body.hold},
              responder);
  });
}

}  // namespace pentad::api
