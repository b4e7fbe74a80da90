// Conditions on other jobs as people write them.
#pragma once

#include <string_view>

#include "api/job_types.h"
#include "base/result.h"

namespace pentad::cli {

// "12" (has completed), "ok:12", "not_ok:12", "ended:12", "started:12", "started:12+30s", "each:12"
// (element by element), "ok:12_3" (an element), "singleton"; joined with "," or "&" (all of them)
// and
// "|" (any of them), "&" binding tighter, with brackets: "ok:12&(ended:13|not_ok:14)". Errors:
// invalid, with a sentence that names the place.
Result<api::JobDependency> parse_dependency(std::string_view text);

}  // namespace pentad::cli
