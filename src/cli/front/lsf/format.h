// bjobs -o and its like: "jobid stat: queue:- job_name:-10 delimiter='^'".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pentad::cli::front::lsf {

// Without `has_width` a value is shown whole. `width` 0 is the field's own.
struct Column {
  std::string field;
  bool has_width = false;
  bool right = false;
  size_t width = 0;
};

struct Format {
  std::vector<Column> columns;
  std::optional<char> delimiter;  // none: a blank
};

// The names of fields are lower case afterwards; whether they exist is for others to say. Errors:
// invalid, with LSF's sentence where it has one.
Result<Format> read_format(std::string_view text);

// `text`, printable, in a column of `width` cells: padded, or cut; names keep their end behind a *.
std::string fitted(std::string_view text, size_t width, bool right, bool keep_end);

}  // namespace pentad::cli::front::lsf
