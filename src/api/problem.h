// Errors as the API tells them: RFC 9457 problem documents (application/problem+json).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/refusal.h"
#include "net/problem.h"

namespace pentad::api {

using Problem = net::Problem;

// A problem by the last part of its type, such as "invalid-value".
Problem problem(std::string_view kind, std::string detail, std::string field = {},
                std::string hint = {});

Problem problem_of(const Refusal& refusal);
Problem problem_of(const Error& error);

// Last parts of all types, with the status they come with: for the documentation.
struct ProblemKind {
  std::string_view name;
  int32_t status;
  std::string_view title;
};
std::vector<ProblemKind> problem_kinds();

}  // namespace pentad::api
