#include "cli/twin/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "cli/interrupt.h"
#include "cli/units.h"

namespace pentad::cli::twin {

ProgressLine::ProgressLine(std::string what, std::function<double()> part_read, bool quiet)
    : what_(std::move(what)),
      part_read_(std::move(part_read)),
      shown_(!quiet && isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
}

bool ProgressLine::operator()(const pentad::twin::Progress& progress) {
  if (interrupted()) return false;
  const auto now = Clock::now();
  if (!shown_ || now < due_) return true;
  due_ = now + std::chrono::milliseconds(200);
  drawn_ = true;
  const double passed_s = std::chrono::duration<double>(now - begin_).count();
  const double part = part_read_ ? part_read_() : -1;
  std::string line = fmt::format("\r\033[K{}  ", what_);
  if (part >= 0) line += fmt::format("{:3.0f} %  ", 100 * std::min(part, 1.0));
  line += fmt::format("{} jobs  {} simulated", progress.submitted,
                      format_duration(Duration{progress.now - progress.start}));
  if (part > 0.02 && part < 1) {
    const auto left_ms = static_cast<int64_t>(passed_s * (1 / part - 1) * 1000);
    line += fmt::format("  about {} left", format_duration(Duration{left_ms / 1000 * 1000 + 1000}));
  }
  fmt::print(stderr, "{}", line);
  std::fflush(stderr);
  return true;
}

}  // namespace pentad::cli::twin
