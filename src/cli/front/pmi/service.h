// What the ranks of a step need to find each other: PMI-1 over a descriptor each (MPICH and its
// kin), and where pentad-pmix is installed a PMIx server (Open MPI and what stands on it).
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/front/pmi/simple_server.h"

namespace pentad::cli::front::pmi {

class Service {
 public:
  explicit Service(int64_t ranks);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Starts the PMIx server of the step `name`; its files are in a folder made below `parent`.
  // Errors: not_found when it is not installed, failed when it does not start.
  Status start_pmix(const std::string& name, const std::string& parent);

  // NAME=value for a rank.
  std::vector<std::string> variables(int64_t rank) const;
  // The descriptor it must inherit under this number, until started().
  int program_end(int64_t rank) const { return ends_[static_cast<size_t>(rank)].program; }
  void started(int64_t rank);

  // What to wait for beside all else; then serve() answers what has come, without waiting.
  void add_to(std::vector<pollfd>& waits) const;
  void serve();
  // The exit code a rank asked to end all with.
  std::optional<int> aborted() const;

 private:
  struct Ends {
    int program = -1, ours = -1;
  };
  bool read_variables(size_t ranks);
  void stop_pmix();

  SimpleServer simple_;
  std::vector<Ends> ends_;
  pid_t pmix_ = 0;
  int to_pmix_ = -1, from_pmix_ = -1;
  std::string folder_;
  std::vector<std::vector<std::string>> pmix_variables_;
  std::optional<int> pmix_aborted_;
};

}  // namespace pentad::cli::front::pmi
