// A job of its own that runs one program with this terminal: qsub -I, qrsh, bsub -I.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/front/hold/allocation.h"

namespace pentad::cli::front::hold {

struct Interactive {
  // What to run; `script` in its place is a file with this text (empty: none), run by what its #!
  // line names, else by `shell`, with `order.argv` as its arguments.
  Order order;
  std::string script;
  std::string shell = "/bin/sh";
  std::optional<Duration> patience;                                 // to wait for the start
  std::function<void(int64_t job, const Variables& of_job)> ready;  // before it runs
};

// Submits, waits, runs, lets go. The program's code, or none when it never ran; the reason has been
// said. Throws what `send` throws.
std::optional<int> run_interactive(Session& session, ForeignJob job, const Allocation::Send& send,
                                   Sayings sayings, Interactive what);

// This user's shell.
std::string own_shell();

}  // namespace pentad::cli::front::hold
