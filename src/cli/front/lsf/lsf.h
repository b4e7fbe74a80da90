// LSF's commands, one function each; they throw Finished (words.h) or CommandError.
#pragma once

#include "cli/front/front.h"

namespace pentad::cli::front::lsf {

int bsub(const Call& call);
int bjobs(const Call& call);
int bhist(const Call& call);
int bmod(const Call& call);
int bpeek(const Call& call);
// bkill, bstop, bresume, brequeue: by the name of the call.
int control(const Call& call);
// btop, bbot.
int move(const Call& call);
int bqueues(const Call& call);
int bhosts(const Call& call);
int lsid(const Call& call);
int lshosts(const Call& call);

}  // namespace pentad::cli::front::lsf
