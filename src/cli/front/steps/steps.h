// Tools that scripts call inside of a job to start the parts of their programs: all on this
// machine, for the centre's engine has no other.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/front/front.h"

namespace pentad::cli::front::steps {

// An option of such a tool: "-n --nrs" takes a value when it has a form.
struct Switch {
  std::string_view names;  // the first is the key
  std::string_view form, meaning;
};

struct Switches {
  std::map<std::string, std::vector<std::string>, std::less<>> given;
  std::vector<std::string> rest;  // the program and its words

  bool has(std::string_view key) const { return given.contains(key); }
  std::string value(std::string_view key) const;
  // Throws CommandError for what is no number of at least 1.
  int64_t count(std::string_view key, int64_t otherwise) const;
};

// -n4, -n 4, --nrs=4, --nrs 4, up to the first word that is no option. `--help` prints the table;
// the answer is then empty. Throws CommandError.
std::optional<Switches> read_switches(const std::string& tool, std::span<const std::string> words,
                                      std::span<const Switch> table, std::string_view operands);

// The host of each slot that the job has, by what its dialect's variables say; outside of a job
// this machine once. Throws CommandError when a host is another machine.
std::vector<std::string> slots_of_job(const std::string& tool);
// Throws CommandError for a host that is not this machine.
void must_be_here(const std::string& tool, const std::string& host);

struct Task {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;  // over this process' own
  bool no_input = false;
};

// Starts all, hands signals on to them and returns the largest exit code, 128 + signal for one that
// a signal ended. One that cannot be started counts as 127.
int run_tasks(const std::string& tool, const std::vector<Task>& tasks);

// Whether mpirun has to start it: PENTAD_MPI=yes or no says so, else the program is an ELF file
// that names libmpi or libmpich. An MPI program of an interpreter (mpi4py) needs PENTAD_MPI=yes.
bool is_mpi_program(const std::string& program);
// Whether it could be or start one: also what is a script, or reads one.
bool may_be_mpi(const std::string& program);

// Becomes the real mpirun: the site's mpi_launcher, else the first in PATH that is not this
// program.
[[noreturn]] void become_mpirun(const Call& call, std::vector<std::string> words);

int pbsdsh(const Call& call);
int blaunch(const Call& call);
int jsrun(const Call& call);
int aprun(const Call& call);
int mpi_wrapper(const Call& call);  // gerun, ibrun, mpirun.lsf

}  // namespace pentad::cli::front::steps
