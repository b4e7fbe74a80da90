// The comments at the top of an SWF file: `; MaxProcs: 128`.
#pragma once

#include <string_view>

#include "twin/trace/trace.h"

namespace pentad::trace {

// Takes one line that begins with a semicolon. What is not known to it becomes a note.
void take_swf_comment(std::string_view line, TraceHeader& header);

}  // namespace pentad::trace
