// How many job lifecycles a second the scheduler alone carries: enqueue, start, end. Every case
// keeps the queue at a length, so that the cost of an event can be compared over lengths.
//
//   schedule_rate [--case NAME] [--nodes N] [--queued N] [--seconds S | --jobs N] [--depth K]
//   [--ask 1]
//
// Cases: mixed (shapes as a centre sees them), distinct (no two demands alike), uniform (all
// alike), full (jobs of whole nodes), draining (a job of a tenth of the nodes heads the queue), gpu
// (shares of devices and whole ones), memory (memory is what runs out).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "base/hash.h"
#include "schedule/scheduler.h"

namespace pentad {
namespace {

struct Options {
  std::string only;
  int64_t nodes = 10'000;
  std::vector<int64_t> queued{1'000, 10'000, 100'000};
  double seconds = 1.0;
  int64_t jobs = 0;  // instead of seconds: so many lifecycles
  int32_t depth = 1;
  bool ask = false;  // also time the questions of people
};

int64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  int64_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// CPU time of this process: what others do on the machine does not count.
double now_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

class Load {
 public:
  Load(const Options& options, std::string name, int64_t queued)
      : options_(options), name_(std::move(name)), queued_goal_(queued) {}
  void run();

 private:
  void add_nodes();
  Demand demand();
  void submit(int64_t priority, const Demand& demand);
  void submit_more();
  void pass();
  void end_one();
  void measure();
  void ask();
  int64_t pick(int64_t n) {
    state_ = mix64(state_);
    return static_cast<int64_t>(state_ % static_cast<uint64_t>(n));
  }

  struct Running {
    Allocation allocation = 0;
    JobId job;
  };

  const Options& options_;
  std::string name_;
  int64_t queued_goal_;
  uint64_t state_ = 42;
  Scheduler scheduler_;
  Time now_{1'000'000'000};
  int64_t last_job_ = 0;
  int64_t queued_ = 0;
  int64_t passes_ = 0;
  int64_t events_ = 0;  // submitted, started, ended
  JobId big_;
  std::vector<Running> running_;
};

void Load::add_nodes() {
  Policy policy;
  policy.reservation_depth = options_.depth;
  scheduler_.set_policy(policy);
  DeviceModel gpu;
  gpu.name = "gpu";
  scheduler_.upsert_device_model(gpu);
  for (int64_t i = 0; i < options_.nodes; ++i) {
    Node node;
    node.name = fmt::format("n{:05}", i);
    node.pool = fmt::format("pool{}", i % 5);
    node.cores = 64;
    node.memory = gibibytes(256);
    if (name_ == "gpu" || i % 5 >= 3) node.devices.push_back({"gpu", 8});
    scheduler_.upsert_node(node, NodeState::up);
  }
}

Demand Load::demand() {
  static constexpr int32_t kCores[] = {1, 2, 4, 8, 16, 32, 64};
  Demand d;
  d.limit = minutes(10 * (1 + pick(24)));
  ResourceRequest& r = d.resources;
  r.cores = kCores[pick(7)];
  r.memory = gibibytes(r.cores * 2);
  if (name_ == "uniform") {
    r.cores = 8;
    r.memory = gibibytes(16);
    d.limit = hours(1);
  } else if (name_ == "distinct") {
    r.cores = static_cast<int32_t>(1 + pick(64));
    r.memory = Bytes{1 + pick(gibibytes(128).value)};
    d.limit = Duration{60'000 + pick(86'400'000)};
    if (pick(4) == 0) r.devices = {static_cast<int32_t>(1 + pick(8)), DeviceKind::gpu, {}, 1000};
    if (pick(20) == 0) r.nodes = static_cast<int32_t>(1 + pick(16));
  } else if (name_ == "full") {
    r.cores = 64;
    r.memory = gibibytes(64);
    r.nodes = static_cast<int32_t>(1 + pick(8));
  } else if (name_ == "gpu") {
    r.cores = 4;
    r.memory = gibibytes(8);
    r.devices = {static_cast<int32_t>(1 << pick(4)), DeviceKind::gpu, {}, 1000};
    if (pick(3) == 0) {
      r.devices.count = 1;
      r.devices.share_milli = static_cast<int32_t>(100 * (1 + pick(7)));
    }
  } else if (name_ == "memory") {
    r.cores = static_cast<int32_t>(1 + pick(4));
    r.memory = gibibytes(8 + pick(120));
  } else {
    if (pick(4) == 0) {
      r.devices = {static_cast<int32_t>(1 << pick(4)), DeviceKind::gpu, {}, 1000};
      r.cores = r.devices.count * 4;
      r.memory = gibibytes(r.devices.count * 16);
    }
    if (pick(50) == 0) r.nodes = static_cast<int32_t>(2 + pick(15));
  }
  return d;
}

void Load::submit(int64_t priority, const Demand& demand) {
  scheduler_.enqueue({priority, now_, JobId{++last_job_}}, demand, 1);
  ++queued_;
  ++events_;
}

// A tenth of the jobs comes from somebody who stands before the others, as fair share makes it.
void Load::submit_more() { submit(pick(10) == 0 ? 1 : 0, demand()); }

void Load::pass() {
  ++passes_;
  for (const Start& start : scheduler_.pass(now_)) {
    --queued_;
    ++events_;
    running_.push_back({start.allocation, start.job});
  }
}

void Load::end_one() {
  if (running_.empty()) return;
  const auto i = static_cast<size_t>(pick(static_cast<int64_t>(running_.size())));
  if (running_[i].job == big_) return;
  scheduler_.release(running_[i].allocation);
  running_[i] = running_.back();
  running_.pop_back();
  ++events_;
}

void Load::run() {
  add_nodes();
  const int64_t few = std::min<int64_t>(1000, queued_goal_);
  while (queued_ < few) {
    for (int64_t i = 0; i < few; ++i) submit_more();
    now_ = now_ + seconds(1);
    pass();
  }
  const int64_t before = resident_bytes(), jobs_before = queued_;
  while (queued_ < queued_goal_) submit_more();
  pass();
  const int64_t bytes = (resident_bytes() - before) / std::max<int64_t>(queued_ - jobs_before, 1);
  const auto big = [&] {
    Demand d = demand();
    d.resources.nodes = static_cast<int32_t>(options_.nodes / 10);
    d.resources.cores = 64;
    d.resources.devices = {};
    d.resources.memory = gibibytes(1);
    submit(1'000'000, d);
    big_ = JobId{last_job_};
  };
  if (name_ == "draining") big();
  measure();
  if (options_.ask) ask();
  fmt::print("{} bytes a queued job\n", bytes);
  std::fflush(stdout);
}

__attribute__((noinline)) void Load::measure() {
  int64_t lifecycles = 0;
  passes_ = events_ = 0;
  const double start = now_s();
  double slowest = 0, last = start;
  const auto done = [&] {
    return options_.jobs > 0 ? lifecycles >= options_.jobs : last - start >= options_.seconds;
  };
  while (!done()) {
    now_ = now_ + milliseconds(2);
    end_one();
    pass();
    while (queued_ < queued_goal_) {
      submit_more();
      pass();
    }
    ++lifecycles;
    if (lifecycles % 64 != 0) continue;  // reading the clock costs as much as a pass
    const double t = now_s();
    slowest = std::max(slowest, t - last);
    last = t;
  }
  const double us = (now_s() - start) * 1e6;
  const auto per = [&](int64_t n) { return us / static_cast<double>(std::max<int64_t>(n, 1)); };
  fmt::print(
      "{:9} queue {:7} running {:6} {:7.2f} us an end {:6.2f} us a pass {:6.2f} us an event  "
      "{:8.0f} events/s  slowest 64 {:6.0f} us  ",
      name_, queued_, running_.size(), per(lifecycles), per(passes_), per(events_),
      1e6 / per(events_), slowest * 1e6);
}

// What people ask while the centre works.
void Load::ask() {
  const auto timed = [](auto&& f) {
    const double start = now_s();
    f();
    return (now_s() - start) * 1e6;
  };
  std::vector<Scheduler::Expected> expected;
  const double forecast = timed([&] { expected = scheduler_.forecast(now_, 100); });
  const double why = timed([&] {
    for (const auto& job : expected) scheduler_.why_waiting(job.job, now_);
  });
  const double position = timed([&] {
    for (const auto& job : expected) scheduler_.position(job.job);
  });
  const double n = static_cast<double>(std::max<size_t>(expected.size(), 1));
  fmt::print("forecast of 100 {:.0f} us, why {:.1f} us, position {:.2f} us  ", forecast, why / n,
             position / n);
}

}  // namespace
}  // namespace pentad

namespace {

template <class Number>
void read_number(const char* text, Number& number) {
  std::from_chars(text, text + std::strlen(text), number);
}

}  // namespace

int main(int argc, char** argv) {
  pentad::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!std::strcmp(argv[i], "--case")) options.only = argv[i + 1];
    if (!std::strcmp(argv[i], "--nodes")) read_number(argv[i + 1], options.nodes);
    if (!std::strcmp(argv[i], "--seconds")) read_number(argv[i + 1], options.seconds);
    if (!std::strcmp(argv[i], "--ask")) options.ask = !std::strcmp(argv[i + 1], "1");
    if (!std::strcmp(argv[i], "--jobs")) read_number(argv[i + 1], options.jobs);
    if (!std::strcmp(argv[i], "--depth")) read_number(argv[i + 1], options.depth);
    if (!std::strcmp(argv[i], "--queued")) {
      options.queued.resize(1);
      read_number(argv[i + 1], options.queued[0]);
    }
  }
  for (const char* name : {"mixed", "distinct", "uniform", "full", "draining", "gpu", "memory"}) {
    if (!options.only.empty() && options.only != name) continue;
    for (int64_t queued : options.queued) pentad::Load(options, name, queued).run();
  }
}
