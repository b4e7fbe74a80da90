// The other schedulers' commands: one program, called by the name of the command it stands for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/foreign.h"
#include "cli/session.h"

namespace pentad::cli::front {

// How one of them was called.
struct Call {
  std::string name;                // sbatch
  std::vector<std::string> words;  // behind it
  std::string folder;  // of the link: "pbs" and "sge" tell apart what both families have
  Globals globals;     // where the centre is
  std::optional<std::string> input;  // standard input, where it was read to find the family
};

// Returns the exit code of the original. Throws CommandError with the original's sentence, where it
// has one: it goes to standard error as it is.
using Run = int (*)(const Call& call);

struct Command {
  std::string_view name;
  Run run;
  std::string_view meaning;  // a short phrase
};

// Each family's commands, in its own folder. A name may stand in two families: `in_pbs_or_sge`
// decides.
std::span<const Command> slurm_commands();
std::span<const Command> pbs_commands();
std::span<const Command> sge_commands();
std::span<const Command> lsf_commands();
// What scripts call inside of a job, beside their dialect's own: mpirun helpers, pbsdsh, blaunch.
std::span<const Command> step_commands();

// Where the centre is: PENTAD_URL, PENTAD_HOME, else what `shims` wrote beside the links, else
// ./var.
Globals find_centre(const std::string& folder);

// `shims DIR [--home HOME]`: links of all names in DIR; those of PBS alone in DIR/pbs, of Grid
// Engine alone in DIR/sge.
int make_shims(const std::vector<std::string>& words);

// The rules of this site, from HOME/site.toml; the defaults when there is none. Throws.
dialect::SiteProfile site_profile(const Globals& globals);

// Sends what was translated. Throws CommandError with the centre's words.
api::Submitted send_foreign(Session& session, const ForeignJob& job);

}  // namespace pentad::cli::front
