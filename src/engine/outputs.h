// Where an attempt's files are: the patterns of the payload with their tokens filled in. Used by
// the engine to open them and by whoever shows a job's output.
#pragma once

#include <string>
#include <string_view>

#include "centre/effects.h"
#include "model/attempt.h"
#include "model/payload.h"

namespace pentad::engine {

// Values of the tokens in a path pattern.
struct Names {
  AttemptId attempt;
  std::string job_name;
  std::string user;
  std::string host;
};

// Fills in %j job, %a array index, %i the element's own number (Slurm's), %n attempt number, %x job
// name, %u user, %h host, %% percent; a number pads with zeros (%4a). Anything else after % stays
// as it is. No value can leave its path component: slashes and control characters in it become _,
// so does a dot at its beginning.
std::string expand_pattern(std::string_view pattern, const Names& names);

// The directory of a job, with its script and, unless the payload says otherwise, its output.
std::string job_directory(std::string_view home, JobId job);

// Absolute paths. `stderr_path` is empty when standard error joins standard output; `stdin_path` is
// empty for /dev/null.
struct Files {
  std::string workdir;
  std::string stdin_path;
  std::string stdout_path;
  std::string stderr_path;
  // Where they are written while the job runs, when they come to their place at its end only.
  std::string spooled_stdout, spooled_stderr;
};

// Looks whether a path is a directory: jobs of other schedulers may name one, for a file of the
// usual name in it. `home` is absolute. An output left open is HOME/jobs/JOB/INDEX.NUMBER.out.
Files attempt_files(std::string_view home, const Names& names, const Payload& payload);

}  // namespace pentad::engine
