// POST /jobs.
#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <memory>
#include <utility>

#include "api/answer.h"
#include "api/authenticate.h"
#include "api/checks.h"
#include "api/handlers.h"
#include "api/money_common.h"
#include "api/projects.h"
#include "api/submission.h"
#include "api/views.h"
#include "store/known.h"

namespace pentad::api {

namespace {

// Bodies up to this size are read on the I/O thread: quicker than handing them over.
constexpr size_t kSmallBody = 32 << 10;

std::string digest_of(std::string_view body) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(body.data()),
                     body.size(), nullptr, 0);
  std::string out;
  for (unsigned char byte : hash) out += fmt::format("{:02x}", byte);
  return out;
}

// Looks a name up among those in the submission that dependencies of others point at.
std::optional<Problem> check_elements(const std::vector<JobRequest>& jobs, const Dependency& d,
                                      const std::string& at) {
  for (const Dependency& part : d.of) {
    if (auto p = check_elements(jobs, part, at)) return p;
  }
  if (d.job.value >= 0 || !d.element) return {};
  const JobRequest& target = jobs[static_cast<size_t>(-1 - d.job.value)];
  bool has = target.array ? target.array->indices.contains(*d.element) : *d.element == 0;
  if (has) return {};
  return problem_of(Refusal{RefusalCode::unknown_dependency, at,
                            fmt::format("that job has no element {}", *d.element)});
}

struct Batch {
  event::Submit submit;
  std::vector<Payload> payloads;
  bool is_batch = false;
};

// In whose name, for which project and as which Unix user: within what the caller may.
std::optional<Problem> check_owner(const Caller& caller, Prepared& job, const std::string& at) {
  if (!caller.may_everywhere(Permission::job_submit_for)) {
    if (job.request.user != caller.user) {
      return problem("not-permitted",
                     fmt::format("{} may not submit jobs as {}", caller.user, job.request.user),
                     at + "/user", "leave it out");
    }
    const User* user = caller.directory->find_user(caller.user);
    const std::string& mapped = user && !user->unix_user.empty() ? user->unix_user : caller.user;
    if (!job.payload.run_as.empty() && job.payload.run_as != mapped) {
      return problem("not-permitted", fmt::format("jobs of {} run as {}", caller.user, mapped),
                     at + "/run_as", "leave it out");
    }
  }
  return take_project(caller, job.request.user, job.request.project, at);
}

Answer<Batch> read_batch(const Services& services, const Request& request) {
  auto submission = read_submission(request.body);
  if (!submission) return tl::unexpected(std::move(submission.error()));
  Batch out;
  out.is_batch = submission->is_batch;
  const Caller& caller = request.caller;
  SubmitContext context{caller.is_system ? services.default_user : caller.user,
                        services.applications};
  for (size_t i = 0; i < submission->jobs.size(); ++i) {
    std::string at = out.is_batch ? fmt::format("/jobs/{}", i) : "";
    if (!caller.is_system && submission->jobs[i].user.empty()) {
      submission->jobs[i].user = caller.user;
    }
    auto job = prepare(std::move(submission->jobs[i]), context, i);
    if (!job) {
      job.error().field = at + job.error().field.value_or("");
      return tl::unexpected(std::move(job.error()));
    }
    if (auto p = check_owner(caller, *job, at)) return tl::unexpected(std::move(*p));
    out.submit.jobs.push_back(std::move(job->request));
    out.payloads.push_back(std::move(job->payload));
    const auto& dependency = out.submit.jobs.back().dependency;
    if (!dependency) continue;
    if (auto p = check_elements(out.submit.jobs, *dependency, at + "/dependency")) {
      return tl::unexpected(std::move(*p));
    }
  }
  return out;
}

Answer<std::optional<store::IdempotencyKey>> read_key(const net::Request& request) {
  const std::string* key = request.headers.find("Idempotency-Key");
  if (!key) return std::nullopt;
  if (auto complaint = check_line(*key); complaint || key->empty() || key->size() > 255) {
    return tl::unexpected(problem("invalid-parameter", "expected 1 to 255 characters on one line",
                                  "Idempotency-Key"));
  }
  return store::IdempotencyKey{*key, digest_of(request.body)};
}

Problem submit_problem(const Refusal& refusal, bool is_batch) {
  Problem p = problem_of(refusal);
  p.field = api_field(refusal.field, is_batch);
  if (p.field->empty()) p.field.reset();
  return p;
}

// Now, when this very step started the job, else what the forecast says of it.
std::optional<int64_t> first_start(const Effects& effects, CoreView& view) {
  JobId job = effects.reply.jobs.front();
  for (const StartAttempt& start : effects.starts) {
    if (start.attempt.job == job) return view.now().value;
  }
  auto expected = view.expected_start(job);
  return expected ? std::optional(expected->value) : std::nullopt;
}

net::Response submitted(const store::Applied& applied, CoreView& view, bool is_batch) {
  const Reply& reply = applied.effects.reply;
  if (applied.handling == store::Handling::key_conflict) {
    return problem_response(problem("idempotency-key-reused",
                                    "this key came before with another body", "Idempotency-Key",
                                    "use a new key for each request"));
  }
  if (!reply.accepted()) return problem_response(submit_problem(reply.refusal, is_batch));
  Submitted out;
  for (JobId job : reply.jobs) out.jobs.push_back(job.value);
  out.repeated = applied.handling == store::Handling::repeated;
  if (!out.repeated) {
    out.expected_start_at_ms = first_start(applied.effects, view);
    out.cost = cost_of(view, reply.jobs);
  }
  net::Response response = json_response(out, 201);
  if (out.jobs.size() == 1) {
    response.headers.add("Location", fmt::format("/api/v1/jobs/{}", out.jobs[0]));
  }
  return response;
}

void submit(const Services& services, Batch batch, std::optional<store::IdempotencyKey> key,
            const Request& request, net::Responder responder) {
  store::Command command = command_of(request, std::move(batch.submit));
  command.payloads = std::move(batch.payloads);
  command.key = std::move(key);
  std::vector<store::Command> commands;
  commands.push_back(std::move(command));
  services.core.post(std::move(commands),
                     [is_batch = batch.is_batch, responder](const auto& done, CoreView& view) {
                       if (!done) return responder.send(problem_response(problem_of(done.error())));
                       responder.send(submitted(done->front(), view, is_batch));
                     });
}

// Where the first job of the submission would stand and start, found out on a copy of the core.
void rehearse(const std::string& snapshot, Event event, DryRun& out) {
  auto copy = Centre::restore(snapshot);
  if (!copy) return;
  Effects effects = copy->step(event);
  if (!effects.reply.accepted()) return;
  JobId job = effects.reply.jobs.front();
  for (const StartAttempt& start : effects.starts) {
    if (start.attempt.job == job) out.expected_start_at_ms = event.now.value;
  }
  if (int64_t position = copy->queue_position(job); position > 0) {
    out.position = position;
    for (const auto& expected : copy->forecast(event.now, static_cast<size_t>(position))) {
      if (expected.job == job) out.expected_start_at_ms = expected.start.value;
    }
  }
}

// A copy costs time and memory in proportion to the jobs in the core.
constexpr int64_t kMaxRehearsedJobs = 5000;

void rehearse_later(const Services& services, std::shared_ptr<Batch> batch, CoreView& view,
                    DryRun out, net::Responder responder) {
  auto snapshot = std::make_shared<std::string>(view.centre().snapshot());
  services.workers.post([batch, snapshot, responder, out = std::move(out),
                         now = view.now()](store::JobQueries&) mutable {
    rehearse(*snapshot, Event{now, {}, std::move(batch->submit)}, out);
    responder.send(json_response(out));
  });
}

void dry_run(const Services& services, Batch batch, net::Responder responder) {
  auto shared = std::make_shared<Batch>(std::move(batch));
  services.workers.post([&services, shared, responder](store::JobQueries& queries) {
    // Jobs that ended long ago may be depended on: the tables know them.
    auto known = queries.outcomes(store::dependencies_of(shared->submit));
    if (!known) return responder.send(problem_response(problem_of(known.error())));
    shared->submit.known = std::move(*known);
    services.core.ask([&services, shared, responder](CoreView& view) {
      shared->submit.first = view.centre().next_job_id();
      Refusal refusal = view.centre().check_submit(shared->submit);
      DryRun out;
      out.cost = cost_of(view, shared->submit.jobs);
      if (refusal.code == RefusalCode::none && view.centre().counts().jobs <= kMaxRehearsedJobs) {
        return rehearse_later(services, shared, view, std::move(out), responder);
      }
      out.possible = refusal.code == RefusalCode::none;
      if (!out.possible) {
        refusal.field = api_field(refusal.field, shared->is_batch);
        out.refusal = std::move(refusal);
      }
      responder.send(json_response(out));
    });
  });
}

// From inside of a job as many as the guard lets through.
std::optional<net::Response> too_fast(const Services& services, const net::Request& request,
                                      const Batch& batch) {
  const std::string* from = request.headers.find("Pentad-From-Job");
  if (!from) return {};
  const std::string& user = batch.submit.jobs.front().user;
  Duration wait =
      services.storms.take(user, static_cast<int64_t>(batch.submit.jobs.size()), services.now());
  if (wait == Duration{}) return {};
  net::Response response = net::to_response(problem(
      "jobs-submit-too-fast",
      fmt::format("the jobs of {} submit jobs faster than this centre takes them", user), {},
      "does a script submit itself? If this is meant, submit an array, or ask the operator for a "
      "higher [limits] jobs_from_jobs_per_s"));
  response.headers.add("Retry-After", fmt::format("{}", (wait.value + 999) / 1000));
  return response;
}

void handle(const Services& services, const Request& request, net::Responder responder) {
  auto key = read_key(request);
  if (!key) return responder.send(problem_response(key.error()));
  auto batch = read_batch(services, request);
  if (!batch) return responder.send(problem_response(batch.error()));
  if (flag_parameter(request, "dry_run")) {
    return dry_run(services, std::move(*batch), std::move(responder));
  }
  if (auto refusal = too_fast(services, request, *batch)) return responder.send(*refusal);
  submit(services, std::move(*batch), std::move(*key), request, std::move(responder));
}

}  // namespace

void submit_jobs(const Services& services, Request request, net::Responder responder) {
  if (auto trouble = services.core.trouble()) {
    return responder.send(problem_response(problem_of(*trouble)));
  }
  if (request.body.size() <= kSmallBody) return handle(services, request, std::move(responder));
  auto shared = std::make_shared<Request>(std::move(request));
  services.workers.post(
      [&services, shared, responder](store::JobQueries&) { handle(services, *shared, responder); });
}

}  // namespace pentad::api
