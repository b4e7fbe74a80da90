// From options to what a run needs: the machine, the policy, the trace, opened.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/twin/options.h"
#include "twin/run.h"
#include "twin/trace/trace.h"

namespace pentad::cli::twin {

// A trace that knows how far it has been read, 0..1; below 0: it cannot tell.
struct OpenTrace {
  std::unique_ptr<trace::TraceReader> reader;
  std::function<double()> part_read;
  std::string name;
};

// The machine, plant and policy of `centre` (a file or a preset's name; empty: what the trace's own
// header or --cores tells), changed as asked. Errors carry the option, file or field as path.
Result<pentad::twin::RunSetup> make_setup(const std::string& centre, const TwinOptions& options);

// The trace, or a made-up one for the machine. Errors as open_trace().
Result<OpenTrace> open_input(const TwinOptions& options, const trace::Machine& machine);

}  // namespace pentad::cli::twin
