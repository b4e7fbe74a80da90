// A statement as a person reads it in a terminal.
#pragma once

#include <string>

#include "api/statement_file.h"

namespace pentad::cli {

// All of it: sums, sub-totals, every charge with its calculation. The file has been checked: the
// lines add up. `width` in cells, 0: no limit.
std::string statement_text(const api::StatementFile& file, size_t width, bool colour);

}  // namespace pentad::cli
