// From the neutral job to what the core can hold: a request and a payload. What it cannot hold is
// recorded, never dropped.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/translate.h"
#include "model/job.h"
#include "model/payload.h"

namespace pentad::dialect {

// Where and when it is submitted; the pure part of the program cannot look.
struct Submitter {
  Time now;
  Duration utc_offset;  // of local time
  std::string user, home, directory, host;
  int32_t node_cores = 0;   // of the largest node; 0: unknown
  bool sends_mail = false;  // there is a program that does
  // Who submits it stays, and gives an interactive job its terminal.
  bool keeps_terminal = false;
  // Output paths as job.stdout_path and its like hold them that are directories.
  std::set<std::string> directories;
  std::map<std::string, std::string> environment;
};

struct Request {
  JobRequest job;
  Payload payload;
  std::vector<Record> deviations;  // `text` is the field of the neutral job

  bool is_accepted() const;
};

// `script` is what was translated, with the same `site`; its bytes go into the payload unchanged.
Request to_request(const Translation& translation, std::string_view script,
                   const Submitter& submitter, const SiteProfile& site = {});

// Fills `to` from the components; used by to_request.
void fill_resources(const Translation& translation, int32_t node_cores, ResourceRequest& to,
                    std::vector<Record>& deviations);

// What the job waits for; nothing when it waits for nothing or was refused. Used by to_request.
std::optional<Dependency> resolve_dependency(const Translation& translation,
                                             std::vector<Record>& deviations);

// The next moment that `moment` describes, not before now.
Time resolve(const Moment& moment, Time now, Duration utc_offset);

}  // namespace pentad::dialect
