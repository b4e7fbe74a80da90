// What `pentad twin` was asked to do; filled by main.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pentad::cli::twin {

// Where jobs and machine come from. Texts are still as people wrote them; empty: not given.
struct InputOptions {
  std::vector<std::string> centres;  // files, or names of presets
  std::string trace;
  std::string generate;  // "jobs=100000,load=0.8,nodes=1000"
  std::string openb_nodes;
  int64_t cores = 0;  // of a plain machine
  bool nodes = false;
  bool strict = false;
  uint64_t seed = 1;
};

// What is changed for this run.
struct ChangeOptions {
  std::string policy;
  std::string wish;
  std::string until;
  double scale = 1;
  bool closed_loop = false;
  bool ignore_memory = false;
  std::string weather;
  std::string power_cap;
  std::string flexible;
  std::string shift;
};

struct OutputOptions {
  std::string out;
  std::string step = "1h";
  std::string language;  // en, zh; empty: by locale
  bool journal = false;
  bool json = false;
  bool quiet = false;
};

struct TwinOptions {
  InputOptions input;
  ChangeOptions change;
  OutputOptions output;
};

}  // namespace pentad::cli::twin
