// The parts of scontrol.
#pragma once

#include <string>
#include <vector>

#include "cli/front/slurm/commands.h"

namespace pentad::cli::front::slurm {

struct Control {
  const Call& call;
  Session& session;
  std::vector<std::string> words;  // behind the options: show job 12
  bool one_line = false, detail = false, quiet = false;
};

int show(const Control& control);    // job, node, partition, hostnames, hostlist, config
int change(const Control& control);  // hold, release, requeue, update, ...

}  // namespace pentad::cli::front::slurm
