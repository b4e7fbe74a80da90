// From the words of bsub to a job at the centre.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/front/lsf/jobs.h"
#include "cli/front/lsf/words.h"

namespace pentad::cli::front::lsf {

struct Order {
  std::vector<std::string> options;
  std::string script;  // its text, or a command for the shell
  std::string name;    // of the job when nobody names it; empty: it came by standard input
  std::vector<std::string> arguments;
};

struct Sent {
  int64_t id = 0;
  std::string queue;
  bool is_default_queue = false;
  bool waits = false;  // -K
  bool is_interactive = false;
};

// bsub's options, from the table of the dialect.
Manual submission_manual();

using TakeCommand = std::function<void(Order&, std::span<const std::string>)>;
// Options first; `take` gets what stands behind them, when anything does.
void split_words(std::span<const std::string> words, Order& order, const TakeCommand& take);

// One that is ready to be sent, and what to say of it; its id is not known yet.
struct Prepared {
  ForeignJob job;
  Sent sent;
};
// Throws Finished with LSF's sentence: "...: No such queue. Job not submitted."
Prepared prepare_order(Cluster& cluster, const Order& order);
// Its number. Throws likewise.
int64_t send_prepared(Cluster& cluster, const ForeignJob& job);
// The neutral job of options alone, for bmod. Throws Finished.
ForeignJob translate_options(Cluster& cluster, const std::vector<std::string>& options);

}  // namespace pentad::cli::front::lsf
