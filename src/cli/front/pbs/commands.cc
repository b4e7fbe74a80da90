// The table of PBS's commands.
#include "cli/front/front.h"

namespace pentad::cli::front {

std::span<const Command> pbs_commands() { return {}; }

}  // namespace pentad::cli::front
