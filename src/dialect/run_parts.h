// Shared by the run_*.cc of the dialects.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "dialect/run_environment.h"

namespace pentad::dialect {

// Collects variables and files of one run.
class Run {
 public:
  Run(const Launch& launch, const RunFacts& facts, RunEnvironment& out)
      : launch(launch), facts(facts), out_(out) {}

  template <class T>
  void set(std::string name, const T& value) {
    out_.variables.insert_or_assign(std::move(name), fmt::format("{}", value));
  }
  // As set(), where the submission has not decided.
  void set_default(std::string name, std::string_view value) {
    out_.variables.try_emplace(std::move(name), value);
  }
  // Writes a file of this attempt and sets `name` to where it is.
  void set_file(std::string name, std::string_view suffix, std::string text);
  // One of the submitting process' variables under another name, if it had it.
  void copy_submitted(std::string_view name, std::string to);

  std::optional<int64_t> index() const {
    return launch.array ? std::optional(facts.attempt.index) : std::nullopt;
  }
  int64_t number() const { return facts.attempt.job.value; }
  int64_t tasks() const;  // on all hosts
  // For the MPI implementations that do not know this dialect: which hosts, how many ranks.
  void add_mpi_hosts();

  const Launch& launch;
  const RunFacts& facts;

 private:
  RunEnvironment& out_;
};

void run_slurm(Run& run, const std::map<std::string, std::string>& given);
void run_pbs(Run& run);
void run_lsf(Run& run);
void run_sge(Run& run);

}  // namespace pentad::dialect
