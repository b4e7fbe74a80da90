// qsub, qstat, qdel and others exist in PBS and in Grid Engine: which one is meant.
#pragma once

#include "cli/front/front.h"

namespace pentad::cli::front {

enum class Family { pbs, sge };

// By the folder of the link (pbs, sge), by what only one of them knows: options, the form of
// identifiers, the lines of a script; by the job it is called in (PENTAD_DIALECT), by the site's
// default, by how a job was submitted. What it must read of standard input is kept in `call`.
Family in_pbs_or_sge(Call& call);

}  // namespace pentad::cli::front
