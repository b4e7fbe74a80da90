// The table of LSF's commands.
#include "cli/front/front.h"

namespace pentad::cli::front {

std::span<const Command> lsf_commands() { return {}; }

}  // namespace pentad::cli::front
