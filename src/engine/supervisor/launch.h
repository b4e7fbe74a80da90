// Makes the first process of a job: born into its control group, in a session of its own, as the
// user asked for, with its files open.
#pragma once

#include <sys/types.h>

#include "engine/supervisor/group.h"
#include "engine/supervisor/job.h"
#include "engine/supervisor/text.h"

namespace pentad::engine {

using Sentence = Text<1024>;

// True when a process cloned into the group lives; some kernels kill it at birth if the
// supervisor's own group has ever been killed as a whole.
bool can_be_born_into(const Group& group);

// Returns the process, which by then runs the job's program. On failure 0, and `why` says in a
// sentence what is wrong; no process is left.
pid_t launch(const Job& job, const Group& group, Sentence& why);

// Removes the attempt's own directory, as the user of the job. Call when no process is left.
void remove_tmp(const Job& job);

}  // namespace pentad::engine
