// The table of PBS's commands.
#include <array>

#include "cli/front/front.h"
#include "cli/front/pbs/pbs.h"

namespace pentad::cli::front {

std::span<const Command> pbs_commands() {
  static constexpr std::array kCommands = {
      Command{"qsub", pbs::qsub, "submit a script or a program"},
      Command{"qstat", pbs::qstat, "list jobs, queues and the server"},
      Command{"qdel", pbs::control, "end jobs"},
      Command{"qhold", pbs::control, "hold jobs back"},
      Command{"qrls", pbs::control, "let held jobs go"},
      Command{"qsig", pbs::control, "send a signal to jobs"},
      Command{"qrerun", pbs::control, "run jobs again"},
      Command{"qalter", pbs::qalter, "change jobs that wait"},
      Command{"qselect", pbs::qselect, "list identifiers of jobs"},
      Command{"pbsnodes", pbs::pbsnodes, "list nodes"},
  };
  return kCommands;
}

}  // namespace pentad::cli::front
