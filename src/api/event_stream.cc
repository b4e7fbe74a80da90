// GET /events.
#include <charconv>
#include <utility>

#include "api/answer.h"
#include "api/authenticate.h"
#include "api/handlers.h"

namespace pentad::api {

namespace {

// A stream stays open for days: what its owner may see is asked anew each time.
bool still_may_see(const Services& services, const Caller& caller, std::string_view user,
                   std::string_view project) {
  const auto now = renewed(services, caller);
  return now && now->may_about(Permission::job_view, user, project);
}

}  // namespace

void stream_events(const Services& services, Request request, net::Responder responder) {
  auto jobs = id_list(request.query_value("jobs"), "jobs");
  if (!jobs) return responder.send(problem_response(jobs.error()));
  EventHub::Filter filter;
  for (JobId job : *jobs) filter.jobs.insert(job.value);
  if (!request.caller.is_system) {
    filter.may_stay = [&services, caller = request.caller] {
      return renewed(services, caller).has_value();
    };
    filter.may_see = [&services, caller = std::move(request.caller)](std::string_view user,
                                                                     std::string_view project) {
      return still_may_see(services, caller, user, project);
    };
  }
  std::optional<int64_t> last_id;
  if (const std::string* text = request.headers.find("Last-Event-ID"); text && !text->empty()) {
    int64_t id = 0;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), id);
    if (error != std::errc() || end != text->data() + text->size() || id < 0) {
      return responder.send(problem_response(problem(
          "invalid-parameter", "expected the id of an event of this stream", "Last-Event-ID")));
    }
    last_id = id;
  }
  services.events.subscribe(net::EventStream(responder), std::move(filter), last_id);
}

}  // namespace pentad::api
