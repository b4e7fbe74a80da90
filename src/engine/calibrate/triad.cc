#include "engine/calibrate/triad.h"

#include <barrier>
#include <memory>
#include <thread>
#include <vector>

namespace pentad::calibrate {
namespace {

// Memory that its user touches first: pages land where that thread runs.
struct Slice {
  explicit Slice(size_t n) : size(n), a(make(n)), b(make(n)), c(make(n)) {
    for (size_t i = 0; i < size; ++i) {
      a[i] = 0;
      b[i] = 1;
      c[i] = 2;
    }
  }
  static std::unique_ptr<double[]> make(size_t n) {
    return std::make_unique_for_overwrite<double[]>(n);
  }
  void pass(double s) {
    double* __restrict to = a.get();
    const double* __restrict from = b.get();
    const double* __restrict scaled = c.get();
    for (size_t i = 0; i < size; ++i) to[i] = from[i] + s * scaled[i];
  }
  size_t size;
  std::unique_ptr<double[]> a, b, c;
};

// Threads that pass over their slices each time `go` is called.
class Team {
 public:
  Team(size_t elements, int threads) : barrier_(threads + 1) {
    for (int t = 0; t < threads; ++t) {
      size_t share = elements / static_cast<size_t>(threads);
      workers_.emplace_back([this, share] { work(share); });
    }
    barrier_.arrive_and_wait();  // all slices are filled
  }
  ~Team() {
    ended_ = true;
    barrier_.arrive_and_wait();
  }
  void go() {
    factor_ = factor_ == 3.0 ? 2.0 : 3.0;  // no pass repeats the one before
    barrier_.arrive_and_wait();
    barrier_.arrive_and_wait();
  }

 private:
  void work(size_t elements) {
    Slice slice(elements);
    barrier_.arrive_and_wait();
    while (true) {
      barrier_.arrive_and_wait();
      if (ended_) return;
      slice.pass(factor_);
      barrier_.arrive_and_wait();
    }
  }

  // Written by the leader only while the others wait at the barrier.
  bool ended_ = false;
  double factor_ = 3.0;
  std::barrier<> barrier_;
  std::vector<std::jthread> workers_;
};

}  // namespace

std::optional<Times> time_triad(int64_t array_bytes, int threads, const Effort& effort,
                                const std::function<bool()>& stopped) {
  Team team(static_cast<size_t>(array_bytes) / sizeof(double), threads);
  return repeat([&] { team.go(); }, effort, stopped);
}

double triad_bytes(int64_t array_bytes) { return 3.0 * static_cast<double>(array_bytes); }

}  // namespace pentad::calibrate
