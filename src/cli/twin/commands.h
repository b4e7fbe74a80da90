// The commands of `pentad twin`. Each returns the exit status: 0 done, 1 failed, 2 wrong usage or
// input, 130 ended by Ctrl-C after writing what there was.
#pragma once

#include <cstdint>
#include <string>

#include "cli/twin/options.h"

namespace pentad::cli::twin {

struct GenerateOptions {
  std::string file;
  int32_t nodes = 1000;
  int64_t jobs = 100'000;
  double load = 0.8;
  uint64_t seed = 1;
  bool extended = false;
};

int run_one(const TwinOptions& options);
int run_compare(const TwinOptions& options);
int write_made_up(const GenerateOptions& options);
int list_presets(bool json);

}  // namespace pentad::cli::twin
