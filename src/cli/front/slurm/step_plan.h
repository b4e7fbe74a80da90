// What one srun is to run: its parts (joined by `:`), how many tasks each, and how they are
// treated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/front/slurm/switches.h"

namespace pentad::cli::front::slurm {

struct StepPart {
  std::vector<std::string> argv;
  int64_t tasks = 1;
  int64_t cpus_per_task = 1;
};

struct StepPlan {
  std::vector<StepPart> parts;
  int64_t nodes = 1;
  bool label = false, overlap = false, overcommit = false, bind = true, quiet = false;
  bool asks_cores = false;        // -c was given: tasks hear of it
  bool end_at_failure = false;    // -K
  bool end_at_interrupt = false;  // --quit-on-interrupt
  bool terminal = false;          // --pty
  std::string out, error, in, directory, name;
  std::string export_words = "ALL";
  int64_t gpus_per_task = 0, gpus = 0;
  bool append = false;
  std::string mpi;  // --mpi; empty: not given

  int64_t tasks() const;
  int64_t cores() const;
};

// srun's words: the options of its first part, as sbatch would take them outside of a job, and all
// parts.
struct StepWords {
  std::vector<std::string> outside;  // options that sbatch has too
  StepPlan plan;
  bool tasks_given = false;
  std::string hold;  // folder of an allocation that this process is to hold; see hold/allocation.h
};

// Nothing after --help and the like. Throws as srun would end.
std::optional<StepWords> read_step(const Call& call);

// `0 ./a %t` and `1-3 ./b`: the program of each task. Throws.
std::vector<std::vector<std::string>> read_multi_prog(const Call& call, const std::string& text,
                                                      int64_t tasks);

}  // namespace pentad::cli::front::slurm
