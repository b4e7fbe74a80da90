// What a job runs and with which files: opaque to the core, kept by the store under the job's id,
// used by the engine. Script bytes are never changed.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/launch.h"

namespace pentad {

// Exactly one of `script` (bytes of a file, run through its #! line, /bin/sh without one) and
// `argv`. Output patterns know %j job, %a array index, %n attempt number, %x job name, %u user, %h
// host, %%. Relative paths are relative to `workdir`; empty `stdout_path` means the centre's job
// directory, empty `stderr_path` joins standard output.
struct Payload {
  std::string script;
  std::vector<std::string> argv;
  std::vector<std::string> script_args;
  std::map<std::string, std::string> environment;
  std::string workdir;
  std::string stdout_path;
  std::string stderr_path;
  std::string stdin_path;
  bool append_output = false;
  int32_t umask = 022;
  std::string run_as;            // Unix user; empty: the daemon's own
  std::string application;       // catalogue name the job was made from, if any
  std::optional<Launch> launch;  // of a script of another scheduler
  bool operator==(const Payload&) const = default;
};
BOOST_DESCRIBE_STRUCT(Payload, (),
                      (script, argv, script_args, environment, workdir, stdout_path, stderr_path,
                       stdin_path, append_output, umask, run_as, application, launch))

}  // namespace pentad
