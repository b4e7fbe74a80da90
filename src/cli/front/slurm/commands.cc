// The table of Slurm's commands.
#include "cli/front/front.h"

namespace pentad::cli::front {

std::span<const Command> slurm_commands() { return {}; }

}  // namespace pentad::cli::front
