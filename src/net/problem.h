// RFC 9457 problem documents, and those that the HTTP layer itself answers with.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "net/message.h"

namespace pentad::net {

inline constexpr std::string_view problem_base = "urn:pentad:problem:";
inline constexpr std::string_view problem_media = "application/problem+json";

// `type` is stable and for programs. `field` is a JSON pointer into the body or the name of a query
// parameter or header; `hint` says what would do.
struct Problem {
  std::string type = "about:blank";
  std::string title;
  int32_t status = 500;
  std::string detail;
  std::optional<std::string> field;
  std::optional<std::string> hint;
  bool operator==(const Problem&) const = default;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, detail, field, hint))

// What the HTTP layer answers before, after or instead of a handler.
enum class HttpProblem {
  malformed_request,   // 400: not HTTP, or a target that cannot be decoded
  foreign_host,        // 403: a web page elsewhere asks, see ServerOptions::allowed_hosts
  no_such_path,        // 404
  method_not_allowed,  // 405
  timed_out,           // 408: the request did not arrive in time
  too_large,           // 413
  expectation_failed,  // 417
  headers_too_large,   // 431
  internal,            // 500: a handler forgot to answer
  unsupported,         // 501: a transfer coding other than chunked
  unavailable,         // 503: too many connections, or stopping
  version,             // 505: not HTTP/1.x
};

Problem make_problem(HttpProblem kind, std::string detail, std::optional<std::string> hint = {});

// The document as an answer; empty members are left out.
Response to_response(const Problem& problem);

}  // namespace pentad::net
