// The table of Grid Engine's commands.
#include "cli/front/front.h"

namespace pentad::cli::front {

std::span<const Command> sge_commands() { return {}; }

}  // namespace pentad::cli::front
