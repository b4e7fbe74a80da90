// The table of Grid Engine's commands.
#include <array>

#include "cli/front/front.h"
#include "cli/front/sge/sge.h"

namespace pentad::cli::front {

std::span<const Command> sge_commands() {
  static constexpr std::array kCommands = {
      Command{"qsub", sge::qsub, "submit a script or a program"},
      Command{"qstat", sge::qstat, "list jobs and queues"},
      Command{"qdel", sge::qdel, "end jobs"},
      Command{"qhold", sge::qalter, "hold jobs back"},
      Command{"qrls", sge::qalter, "let held jobs go"},
      Command{"qalter", sge::qalter, "change jobs that wait"},
      Command{"qacct", sge::qacct, "what ended jobs were and used"},
      Command{"qhost", sge::qhost, "list nodes"},
      Command{"qconf", sge::qconf, "show queues and parallel environments"},
      Command{"qselect", sge::qselect, "list queues"},
      Command{"qrsh", sge::qrsh, "a shell or a command in a job, with this terminal"},
      Command{"qlogin", sge::qrsh, "a shell in a job, with this terminal"},
  };
  return kCommands;
}

}  // namespace pentad::cli::front
