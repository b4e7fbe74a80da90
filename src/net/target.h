// The target of a request line, taken apart: "/jobs/a%20b?state=running" or "http://host/jobs".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/message.h"

namespace pentad::net {

struct Target {
  std::string path;
  std::vector<std::string> segments;
  Pairs query;
};

// Error: invalid, with what is wrong. Everything is percent-decoded and must then be valid UTF-8
// without control characters. A fragment is refused; "*" (of OPTIONS) is a path of its own.
Result<Target> parse_target(std::string_view text);

}  // namespace pentad::net
