#include "engine/calibrate/timing.h"

#include <algorithm>
#include <chrono>

namespace pentad::calibrate {

double monotonic_s() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::optional<Times> repeat(const std::function<void()>& work, const Effort& effort,
                            const std::function<bool()>& stopped, const Clock& now) {
  if (stopped()) return std::nullopt;
  work();
  std::vector<double> seconds;
  double start = now();
  while (!stopped()) {
    double begin = now();
    work();
    double end = now();
    seconds.push_back(end - begin);
    bool enough = static_cast<int>(seconds.size()) >= effort.min_repetitions;
    if (enough && end - start >= effort.budget_s) break;
  }
  if (seconds.empty()) return std::nullopt;
  return summarize(std::move(seconds));
}

Times summarize(std::vector<double> seconds) {
  if (seconds.empty()) return {};
  std::sort(seconds.begin(), seconds.end());
  size_t n = seconds.size();
  double median = n % 2 ? seconds[n / 2] : (seconds[n / 2 - 1] + seconds[n / 2]) / 2;
  return {seconds.front(), median, static_cast<int>(n)};
}

int64_t millions_per_s(double count, double seconds) {
  return seconds > 0 ? static_cast<int64_t>(count / seconds / 1e6) : 0;
}

}  // namespace pentad::calibrate
