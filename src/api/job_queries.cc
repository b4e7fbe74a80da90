// GET /jobs and what stands below it.
#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>

#include "api/handlers.h"
#include "api/job_store.h"
#include "api/views.h"

namespace pentad::api {

namespace {

constexpr int32_t kShownAttempts = 20;

// Appends the states that a word stands for; false when there is no such word.
bool add_states(const std::string& word, std::vector<JobState>& out) {
  auto add_if = [&](auto wanted) {
    for (const auto& entry : reflect::enum_entries<JobState>) {
      if (wanted(entry.value)) out.push_back(entry.value);
    }
    return true;
  };
  if (word == "pending") return add_if([](JobState s) { return s <= JobState::queued; });
  if (word == "active") return add_if([](JobState s) { return !is_final(s); });
  if (word == "finished") return add_if([](JobState s) { return is_final(s); });
  auto state = enum_from_name<JobState>(word);
  if (state) out.push_back(*state);
  return state.has_value();
}

store::JobSort sort_of(std::string_view word) {
  if (word == "submitted") return store::JobSort::submitted;
  if (word == "ended") return store::JobSort::ended;
  return store::JobSort::id;
}

Answer<store::JobListing> read_listing(const net::Request& request) {
  store::JobListing out;
  for (const std::string& word : split_list(request.query_value("state"))) {
    if (add_states(word, out.filter.states)) continue;
    return tl::unexpected(problem("invalid-parameter", fmt::format("there is no state `{}`", word),
                                  "state",
                                  "held, queued, starting, running, ending, completed, failed, "
                                  "cancelled, timeout, out_of_memory, node_failed, or pending, "
                                  "active, finished"));
  }
  out.filter.user = text_parameter(request, "user");
  out.filter.project = text_parameter(request, "project");
  out.filter.name = text_parameter(request, "name");
  out.filter.application = text_parameter(request, "application");
  auto ids = id_list(request.query_value("ids"), "ids");
  if (!ids) return tl::unexpected(std::move(ids.error()));
  out.filter.ids = std::move(*ids);
  if (auto since = integer_parameter(request, "since_ms")) out.filter.submitted_from = Time{*since};
  if (auto until = integer_parameter(request, "until_ms"))
    out.filter.submitted_until = Time{*until};
  std::string_view sort = request.query_value("sort");
  if (sort.empty()) sort = "-id";
  out.descending = sort.starts_with('-');
  out.sort = sort_of(sort.substr(out.descending ? 1 : 0));
  out.limit = static_cast<int32_t>(integer_parameter(request, "limit").value_or(100));
  out.cursor = request.query_value("cursor");
  return out;
}

Problem cursor_problem(const Error& error) {
  if (error.code == ErrorCode::invalid) {
    return problem("invalid-parameter", error.message, "cursor", "start again without a cursor");
  }
  return problem_of(error);
}

void list(const Services& services, store::JobQueries& queries, const store::JobListing& listing,
          WriteMode mode, net::Responder responder) {
  auto found = queries.list(listing);
  if (!found) return responder.send(problem_response(cursor_problem(found.error())));
  auto page = std::make_shared<JobPage>();
  if (!found->next.empty()) page->next = std::move(found->next);
  Time now = services.now();
  std::vector<JobSummary*> waiting;
  page->jobs.reserve(found->jobs.size());
  for (const store::JobRecord& record : found->jobs) {
    JobSummary& row = page->jobs.emplace_back(job_summary(record, now));
    // Files of jobs are looked into for all that an application made, else where few are asked for.
    if (!row.application.empty() || !listing.filter.ids.empty()) {
      add_report(services, queries, row);
    }
    if (is_waiting(row)) waiting.push_back(&row);
  }
  if (waiting.empty()) return responder.send(json_response(*page, 200, mode));
  services.core.ask([page, mode, waiting = std::move(waiting), responder](CoreView& view) {
    add_waiting(view, waiting);
    responder.send(json_response(*page, 200, mode));
  });
}

Answer<std::shared_ptr<JobDetail>> read_detail(const Services& services, store::JobQueries& queries,
                                               JobId job, const Caller& caller) {
  auto record = find_job(queries, job, caller);
  if (!record) return tl::unexpected(std::move(record.error()));
  auto payload = queries.payload(job);
  if (!payload) return tl::unexpected(problem_of(payload.error()));
  auto attempts = queries.attempts({job, {}, true, kShownAttempts, {}});
  if (!attempts) return tl::unexpected(problem_of(attempts.error()));
  auto out = std::make_shared<JobDetail>();
  out->job = job_summary(*record, services.now());
  out->request = to_api(record->request, *payload);
  out->script_bytes = static_cast<int64_t>(payload->script.size());
  out->directory = engine::job_directory(services.home, job);
  out->more_attempts = !attempts->next.empty();
  for (const AttemptStatus& attempt : attempts->attempts) {
    engine::Files files = files_of(services, attempt.attempt, *record, *payload);
    out->attempts.push_back(attempt_view(attempt, record->request.array.has_value(), &files));
  }
  add_report(services, queries, out->job);
  return out;
}

void show_attempts(const Services& services, store::JobQueries& queries,
                   const store::AttemptListing& listing, const Caller& caller,
                   net::Responder responder) {
  auto record = find_job(queries, listing.job, caller);
  if (!record) return responder.send(problem_response(record.error()));
  auto payload = queries.payload(listing.job);
  if (!payload) return responder.send(problem_response(problem_of(payload.error())));
  auto found = queries.attempts(listing);
  if (!found) return responder.send(problem_response(cursor_problem(found.error())));
  AttemptPage page;
  if (!found->next.empty()) page.next = std::move(found->next);
  for (const AttemptStatus& attempt : found->attempts) {
    engine::Files files = files_of(services, attempt.attempt, *record, *payload);
    page.attempts.push_back(attempt_view(attempt, record->request.array.has_value(), &files));
  }
  responder.send(json_response(page));
}

// Of several jobs: without the names of files, which are in the jobs' payloads.
void show_all_attempts(store::JobQueries& queries, store::AttemptListing listing,
                       const Caller& caller, net::Responder responder) {
  if (auto scope = caller.scope_of(Permission::job_view)) {
    // What they may not see is as if it had not been asked for.
    store::JobListing visible;
    visible.filter.ids = listing.jobs;
    visible.filter.scope = std::move(scope);
    visible.limit = static_cast<int32_t>(kMaxPage);
    auto jobs = queries.list(visible);
    if (!jobs) return responder.send(problem_response(problem_of(jobs.error())));
    std::set<JobId> seen;
    for (const store::JobRecord& job : jobs->jobs) seen.insert(job.status.job);
    std::erase_if(listing.jobs, [&](JobId job) { return !seen.contains(job); });
    if (listing.jobs.empty()) return responder.send(json_response(AttemptPage{}));
  }
  auto found = queries.attempts(listing);
  if (!found) return responder.send(problem_response(cursor_problem(found.error())));
  store::JobListing wanted;
  for (const AttemptStatus& attempt : found->attempts) {
    if (wanted.filter.ids.empty() || wanted.filter.ids.back() != attempt.attempt.job) {
      wanted.filter.ids.push_back(attempt.attempt.job);
    }
  }
  wanted.limit = static_cast<int32_t>(kMaxPage);
  std::set<JobId> arrays;
  if (!wanted.filter.ids.empty()) {
    auto jobs = queries.list(wanted);
    if (!jobs) return responder.send(problem_response(problem_of(jobs.error())));
    for (const store::JobRecord& job : jobs->jobs) {
      if (job.request.array) arrays.insert(job.status.job);
    }
  }
  AttemptPage page;
  if (!found->next.empty()) page.next = std::move(found->next);
  for (const AttemptStatus& attempt : found->attempts) {
    page.attempts.push_back(attempt_view(attempt, arrays.contains(attempt.attempt.job), nullptr));
  }
  responder.send(json_response(page));
}

}  // namespace

void list_jobs(const Services& services, Request request, net::Responder responder) {
  auto listing = read_listing(request);
  if (!listing) return responder.send(problem_response(listing.error()));
  listing->filter.scope = request.caller.scope_of(Permission::job_view);
  WriteMode mode = flag_parameter(request, "brief") ? WriteMode::compact : WriteMode::full;
  services.workers.post([&services, mode, listing = std::move(*listing), responder](auto& queries) {
    list(services, queries, listing, mode, responder);
  });
}

void get_job(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  services.workers.post([&services, caller = std::move(request.caller), job = JobId{*id},
                         responder](store::JobQueries& queries) {
    auto detail = read_detail(services, queries, job, caller);
    if (!detail) return responder.send(problem_response(detail.error()));
    if (!is_waiting((*detail)->job)) return responder.send(json_response(**detail));
    services.core.ask([detail = std::move(*detail), responder](CoreView& view) {
      add_waiting(view, {&detail->job});
      responder.send(json_response(*detail));
    });
  });
}

void get_script(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  services.workers.post([caller = std::move(request.caller), job = JobId{*id},
                         responder](store::JobQueries& queries) {
    auto record = find_job(queries, job, caller, Permission::job_content);
    if (!record) return responder.send(problem_response(record.error()));
    auto script = queries.script(job);
    if (!script) return responder.send(problem_response(problem_of(script.error())));
    if (script->empty()) {
      return responder.send(problem_response(problem("not-found", "the job has no script")));
    }
    net::Response response;
    response.media_type = "application/octet-stream";
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.body = std::move(*script);
    responder.send(std::move(response));
  });
}

void list_all_attempts(const Services& services, Request request, net::Responder responder) {
  auto ids = id_list(request.query_value("ids"), "ids");
  if (!ids) return responder.send(problem_response(ids.error()));
  store::AttemptListing listing;
  listing.jobs = std::move(*ids);
  listing.descending = false;
  listing.limit = static_cast<int32_t>(integer_parameter(request, "limit").value_or(100));
  listing.cursor = request.query_value("cursor");
  if (listing.jobs.empty()) {
    return responder.send(
        problem_response(problem("invalid-parameter", "name at least one job", "ids")));
  }
  services.workers.post(
      [listing = std::move(listing), caller = std::move(request.caller), responder](auto& queries) {
        show_all_attempts(queries, listing, caller, responder);
      });
}

void list_attempts(const Services& services, Request request, net::Responder responder) {
  auto id = path_id(request);
  if (!id) return responder.send(problem_response(id.error()));
  store::AttemptListing listing;
  listing.job = JobId{*id};
  listing.element = integer_parameter(request, "index");
  listing.limit = static_cast<int32_t>(integer_parameter(request, "limit").value_or(100));
  listing.cursor = request.query_value("cursor");
  services.workers.post(
      [&services, listing = std::move(listing), caller = std::move(request.caller),
       responder](auto& queries) { show_attempts(services, queries, listing, caller, responder); });
}

}  // namespace pentad::api
