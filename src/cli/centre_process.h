// The centre as a process beside this one: `pentad-daemon`, a program of its own so that the
// commands start without the libraries it needs.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/session.h"

namespace pentad::cli {

// A program installed beside this one. Throws CommandError when it is not there.
std::string program_beside(const std::string& name);

std::vector<std::string> daemon_arguments(const Globals& globals, const UpOptions& options);

// Becomes this program. Throws CommandError when it cannot be started.
[[noreturn]] void become(std::vector<std::string> argv);

// Becomes pentad-daemon with these words: its program has the libraries that read the store.
[[noreturn]] void become_daemon(const Session& session, std::vector<std::string> words);

// Starts `argv` with its own output going to `log` (empty: inherited), in its own process group.
// Returns the process id. Throws CommandError.
int spawn(const std::vector<std::string>& argv, const std::string& log);

// What a program wrote to its standard output, and its exit status (128 + signal).
struct Finished {
  std::string output;
  int status = 0;
};
// Runs `argv` to its end; its standard error is ours. Throws CommandError when it cannot be
// started.
Finished output_of(const std::vector<std::string>& argv);

// Waits until the centre in `globals.home` answers; false when process `pid` has ended before that.
bool wait_until_up(const Globals& globals, int pid);

// True when a centre answers.
bool is_up(const Globals& globals);

}  // namespace pentad::cli
