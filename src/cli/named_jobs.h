// Dependencies on jobs by name: numbers take the place of names before a job is asked for.
#pragma once

#include "cli/session.h"
#include "dialect/translate.h"

namespace pentad::cli {

// Puts the numbers of `user`'s jobs where the dependency of `job` names them; * stands for
// anything. A name means all unfinished jobs that have it, or when none has, the one that was
// submitted last. What nobody is called becomes a refusal in `records`, but in Grid Engine, which
// waits for nobody then. Throws when the centre cannot be asked.
void resolve_names(Session& session, const std::string& user, dialect::Translation& translation);

}  // namespace pentad::cli
