// The table of commands that scripts of several dialects call inside of a job.
#include "cli/front/front.h"

namespace pentad::cli::front {

std::span<const Command> step_commands() { return {}; }

}  // namespace pentad::cli::front
