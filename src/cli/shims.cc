// `pentad shims`: pentad-front makes the links, since it knows the names.
#include "cli/centre_process.h"
#include "cli/commands.h"

namespace pentad::cli {

int shims(Session& session, const std::string& folder) {
  become({program_beside("pentad-front"), "shims", folder, "--home", session.globals().home});
}

}  // namespace pentad::cli
