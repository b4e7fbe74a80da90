// Which elements a command of LSF is about: those named, or those that match its options.
#pragma once

#include <string>
#include <vector>

#include "cli/front/lsf/jobs.h"
#include "cli/front/lsf/words.h"

namespace pentad::cli::front::lsf {

struct Selection {
  std::vector<Element> elements;
  std::vector<std::string> unknown;  // ids without a job or element
};

// -u -q -J -P -m as they are in all commands; without -u one's own.
Choice choice_of(const Words& words, const Cluster& cluster);

// Those of the ids `rest`, else those of `query` (such as "state=active") that fit `choice`.
Selection select(Cluster& cluster, const std::vector<std::string>& rest, const Choice& choice,
                 const std::string& query);

// Ended in the last hour, the latest first: as long as LSF remembers them.
std::vector<const api::JobSummary*> recently_ended(Cluster& cluster, const Choice& choice);

}  // namespace pentad::cli::front::lsf
