// Runs a small program and takes what it prints: vendors' inventory tools, dpkg-query. Never a
// shell, never fork(): a daemon may call it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace pentad::engine {

struct ToolOutput {
  int exit_code = 0;  // 128 + n when ended by signal n
  std::string text;   // of standard output; standard error is dropped
};

// `argv[0]` is an absolute path or looked up in PATH. Standard input is empty; the program and all
// that it started in its process group are killed at `timeout`, or when it prints more than
// `max_bytes`. Errors: not_found, timed_out, too_large, failed.
Result<ToolOutput> run_tool(const std::vector<std::string>& argv, Duration timeout,
                            size_t max_bytes = 4 << 20);

// Path of `name` in PATH or in one of `folders`; empty if it is in neither.
std::string find_tool(std::string_view name, const std::vector<std::string>& folders = {});

}  // namespace pentad::engine
