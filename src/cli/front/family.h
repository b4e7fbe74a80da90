// qsub, qstat, qdel and others exist in PBS and in Grid Engine: which one is meant.
#pragma once

#include "cli/front/front.h"

namespace pentad::cli::front {

enum class Family { pbs, sge };

// By the folder of the link (pbs, sge), by the job it is called in (PENTAD_DIALECT), by the site's
// default, by what only one of them knows: options, identifiers, the lines of a script.
Family in_pbs_or_sge(const Call& call);

}  // namespace pentad::cli::front
