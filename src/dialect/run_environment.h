// What a script of another scheduler finds when it runs: the variables and files of its own
// scheduler (section 10 of the specification), made when an attempt starts. Unset stays unset where
// the original leaves it unset.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "model/launch.h"

namespace pentad::dialect {

// What is known at the start. Paths are absolute.
struct RunFacts {
  AttemptId attempt;
  Time start;
  Duration limit;  // 0: none
  std::string job_name, project;
  std::string user, home, shell;
  int64_t uid = 0, gid = 0;
  std::string group;
  std::string pool;
  std::string host;                  // where the script runs, first of `hosts`
  std::vector<std::string> hosts;    // at least one
  int64_t cores = 1;                 // on each host
  std::string cpus;                  // those it is bound to, 0-3,8; empty: not bound
  std::vector<std::string> devices;  // on this host, as the variables of the devices name them
  std::string centre_home;           // of the daemon
  std::string shims;                 // folder with the commands of the dialects
  std::string job_directory;         // private to the job
  std::string workdir, script, stdout_path, stderr_path, stdin_path;
  std::string tmp;  // directory for temporary files; empty: none of its own
};

// `path` is relative to the job's directory.
struct RunFile {
  std::string path;
  std::string text;
};

struct RunEnvironment {
  std::map<std::string, std::string> variables;
  std::vector<RunFile> files;
};

// `given` are the variables that the job brings along: what is in them may decide a variable, such
// as PATH.
RunEnvironment run_environment(const Launch& launch, const RunFacts& facts,
                               const std::map<std::string, std::string>& given);

// Tasks (PBS: MPI ranks, LSF and Grid Engine: slots) on each of so many hosts, in blocks as even as
// can be.
std::vector<int64_t> tasks_on_hosts(const Launch& launch, size_t hosts);

// Removes what a job of this or another scheduler has set, when one is submitted from within it.
void forget_enclosing_job(std::map<std::string, std::string>& variables);

}  // namespace pentad::dialect
