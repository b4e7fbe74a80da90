// The descendants of this process as /proc shows them: how a supervisor finds, measures and ends a
// job where it has no control group. As a subreaper it stays the ancestor of all that its job
// starts.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace pentad::engine {

// Calls `each(context, pid)` for every descendant of this process, zombies included.
void for_each_descendant(void (*each)(void* context, pid_t pid), void* context);

// Memory that belongs to the descendants alone (resident less shared), summed.
int64_t descendants_memory_bytes();

// True when the process has a handler for `signal`.
bool catches_signal(pid_t pid, int signal);

}  // namespace pentad::engine
