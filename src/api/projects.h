// Which project a job counts for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/caller.h"
#include "api/problem.h"

namespace pentad::api {

// Completes what a person wrote as the project of a job of `user`: a short name becomes the full
// one ("tenant/name") of their memberships, none becomes their only project. Names that belong to
// no tenant stay as they are: they count for fair share alone. A problem, with field `at` +
// "/project", when the user is no member or the name is not clear.
std::optional<Problem> take_project(const Caller& caller, std::string_view user,
                                    std::string& project, const std::string& at);

}  // namespace pentad::api
