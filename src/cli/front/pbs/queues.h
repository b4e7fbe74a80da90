// qstat -Q, -q and -B: queues and the server.
#pragma once

#include <string>

#include "cli/front/pbs/pbs.h"

namespace pentad::cli::front::pbs {

int print_centre(Server& server, const Words& words);

// "{", timestamp, version and server of every JSON answer.
std::string json_head(const Server& server);

}  // namespace pentad::cli::front::pbs
