#include "net/problem.h"

#include <array>
#include <utility>

#include "base/assert.h"
#include "base/reflect_write.h"

namespace pentad::net {

namespace {

struct Kind {
  HttpProblem problem;
  std::string_view name;
  int32_t status;
  std::string_view title;
};

constexpr std::array kinds{
    Kind{HttpProblem::malformed_request, "malformed-request", 400, "The request is not valid HTTP"},
    Kind{HttpProblem::foreign_host, "foreign-host", 403, "Requests from other sites are refused"},
    Kind{HttpProblem::no_such_path, "no-such-path", 404, "This API has no such address"},
    Kind{HttpProblem::method_not_allowed, "method-not-allowed", 405,
         "This address does not take that method"},
    Kind{HttpProblem::timed_out, "request-timeout", 408, "The request did not arrive in time"},
    Kind{HttpProblem::too_large, "too-large", 413, "The request is larger than the limit"},
    Kind{HttpProblem::expectation_failed, "expectation-failed", 417,
         "The expectation cannot be met"},
    Kind{HttpProblem::headers_too_large, "headers-too-large", 431,
         "The request's header is larger than the limit"},
    Kind{HttpProblem::internal, "internal", 500, "Something is broken here"},
    Kind{HttpProblem::unsupported, "unsupported", 501, "This server cannot do that"},
    Kind{HttpProblem::unavailable, "unavailable", 503,
         "The centre takes nothing new at the moment"},
    Kind{HttpProblem::version, "http-version", 505, "The request must be HTTP/1.1"},
};

}  // namespace

Problem make_problem(HttpProblem problem, std::string detail, std::optional<std::string> hint) {
  for (const Kind& kind : kinds) {
    if (kind.problem != problem) continue;
    return Problem{std::string(problem_base).append(kind.name),
                   std::string(kind.title),
                   kind.status,
                   std::move(detail),
                   {},
                   std::move(hint)};
  }
  assertion_failed("kinds", "a problem without an entry", __FILE__, __LINE__);
}

Response to_response(const Problem& problem) {
  Response response;
  response.status = problem.status;
  response.media_type = problem_media;
  reflect::write(response.body, problem, WriteMode::compact);
  return response;
}

}  // namespace pentad::net
