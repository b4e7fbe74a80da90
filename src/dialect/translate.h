// From a script and a command line to the neutral job.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/job.h"
#include "dialect/option.h"

namespace pentad::dialect {

// One submission as the original command would get it.
struct Source {
  std::string_view script;
  std::string script_name;  // without folders; empty: standard input
  std::vector<std::string> options;
  std::vector<std::string> script_args;
  std::map<std::string, std::string> environment;  // of the caller; only SBATCH_* count
};

struct Translation {
  Dialect dialect = Dialect::slurm;
  Job job;
  std::vector<Record> records;  // each option as written, in order of precedence and line

  bool is_accepted() const;
};

// Reads the script, then the environment, then the options: later ones win. What nobody gave gets
// the dialect's default.
Translation translate(const Source& source, Dialect dialect, const SiteProfile& site = {});

// Which dialect, and why in words.
struct Detection {
  std::optional<Dialect> dialect;
  std::string reason;
};

// By the name of the command (sbatch, bsub, qsub; else empty), by its options and by the directives
// of the script. `site` decides where nothing else does.
Detection detect(std::string_view command, const std::vector<std::string>& options,
                 std::string_view script, std::optional<Dialect> site = {});

}  // namespace pentad::dialect
