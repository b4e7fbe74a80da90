// Errors as the API tells them: RFC 9457 problem documents (application/problem+json).
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/refusal.h"

namespace pentad::api {

// `type` is stable: programs compare it. `field` is a JSON pointer into the request's body, or the
// name of a query parameter or header; `hint` says what would do.
struct Problem {
  std::string type;
  std::string title;
  int32_t status = 500;
  std::string detail;
  std::optional<std::string> field;
  std::optional<std::string> hint;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, detail, field, hint))

// A problem of the catalogue below by the last part of its type, such as "invalid-value".
Problem problem(std::string_view kind, std::string detail, std::string field = {},
                std::string hint = {});

Problem problem_of(const Refusal& refusal);
Problem problem_of(const Error& error);

inline constexpr std::string_view kProblemBase = "urn:pentad:problem:";
inline constexpr std::string_view kProblemMedia = "application/problem+json";

}  // namespace pentad::api
