// One line on the terminal that tells how far a run is and how long it will take.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "twin/replay.h"

namespace pentad::cli::twin {

class ProgressLine {
 public:
  // Shown only when standard error is a terminal and not `quiet`.
  ProgressLine(std::string what, std::function<double()> part_read, bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // False after Ctrl-C.
  bool operator()(const pentad::twin::Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  std::function<double()> part_read_;
  bool shown_;
  bool drawn_ = false;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point due_ = begin_ + std::chrono::milliseconds(500);
};

}  // namespace pentad::cli::twin
