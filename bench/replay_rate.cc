// How long the core takes for a whole trace on one pool of processors, as a twin would feed it:
// jobs are submitted when the trace says so, started at once and end when their run time is over.
//
//   replay_rate [--swf FILE] [--cores N] [--jobs N] [--depth K]
//
// Without FILE (Standard Workload Format, not compressed) a mix is made up: sizes in powers of two,
// run times over four orders of magnitude, limits up to five times as long, load 0.85. No journal,
// no invariant checks. Times are of the processor, not of the clock on the wall.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <queue>
#include <random>
#include <sstream>
#include <string>
#include <unordered_map>

#include "centre/centre.h"

namespace pentad {

namespace {

struct Options {
  std::string swf;
  int32_t cores = 128;
  int64_t jobs = 60'000;
  int32_t depth = 1;
};

struct TraceJob {
  Time submit;
  Duration run;
  Duration limit;
  int32_t cores = 1;
};

double cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

std::vector<TraceJob> made_up(const Options& options) {
  std::mt19937_64 random(11);
  auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  std::vector<TraceJob> jobs;
  double core_seconds = 0;
  int sizes = 0;
  while ((2 << sizes) <= options.cores) ++sizes;
  for (int64_t i = 0; i < options.jobs; ++i) {
    TraceJob job;
    job.cores = 1 << (random() % static_cast<uint64_t>(sizes));
    const double run_ms = 1e4 * std::pow(10, 4 * uniform());
    job.run = milliseconds(static_cast<int64_t>(run_ms));
    job.limit = milliseconds(static_cast<int64_t>(run_ms * std::pow(5, uniform()))) + seconds(1);
    core_seconds += 1e-3 * job.cores * run_ms;
    jobs.push_back(job);
  }
  const double span_s = core_seconds / (0.85 * options.cores);
  for (TraceJob& job : jobs) job.submit = Time{static_cast<int64_t>(1e3 * span_s * uniform())};
  std::sort(jobs.begin(), jobs.end(),
            [](const TraceJob& a, const TraceJob& b) { return a.submit < b.submit; });
  return jobs;
}

std::vector<TraceJob> from_swf(const Options& options) {
  std::vector<TraceJob> jobs;
  std::ifstream in(options.swf);
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == ';') continue;
    std::istringstream fields(line);
    double f[9];
    for (double& x : f) fields >> x;
    const auto run = static_cast<int64_t>(std::max(f[3], 1.0));
    const auto asked = static_cast<int64_t>(f[8] > 0 ? f[8] : f[3]);
    const auto cores = static_cast<int32_t>(f[7] > 0 ? f[7] : f[4]);
    if (cores < 1 || cores > options.cores) continue;
    jobs.push_back({Time{static_cast<int64_t>(f[1]) * 1000}, seconds(run),
                    seconds(std::max({asked, run, int64_t{1}})), cores});
  }
  return jobs;
}

class Replay {
 public:
  explicit Replay(const Options& options) : options_(options) {}
  void run(const std::vector<TraceJob>& jobs);

 private:
  void configure();
  void submit(const TraceJob& job);
  void end_first();
  void step(Time now, event::What what);

  struct End {
    Time at;
    AttemptId attempt;
    bool operator>(const End& other) const {
      return at != other.at ? at > other.at : attempt > other.attempt;
    }
  };

  const Options& options_;
  Centre centre_;
  std::unordered_map<JobId, TraceJob> pending_;
  std::priority_queue<End, std::vector<End>, std::greater<End>> ends_;
  int64_t events_ = 0;
  int64_t most_queued_ = 0;
  double queued_ = 0;
  double waited_s_ = 0;
};

void Replay::configure() {
  Policy policy;
  policy.reservation_depth = options_.depth;
  policy.weights = {};
  policy.weights.fair_share = 0;
  policy.max_limit = hours(24 * 365);
  step(Time{}, event::Configure{policy, {}});
  Node node;
  node.name = "all";
  node.pool = "all";
  node.cores = options_.cores;
  node.memory = gibibytes(1024);
  step(Time{}, event::UpsertNode{node});
}

void Replay::step(Time now, event::What what) {
  ++events_;
  Event event;
  event.now = now;
  event.what = std::move(what);
  Effects effects = centre_.step(event);
  if (!effects.reply.accepted()) {
    std::fprintf(stderr, "refused: %s\n", effects.reply.refusal.detail.c_str());
    std::exit(1);
  }
  for (const StartAttempt& start : effects.starts) {
    const auto job = pending_.find(start.attempt.job);
    waited_s_ += 1e-3 * static_cast<double>((now - job->second.submit).value);
    ends_.push({now + job->second.run, start.attempt});
    pending_.erase(job);
    step(now, event::AttemptStarted{start.attempt, now});
  }
}

void Replay::submit(const TraceJob& job) {
  event::Submit e;
  e.first = centre_.next_job_id();
  pending_.emplace(e.first, job);
  JobRequest& request = e.jobs.emplace_back();
  request.name = "job";
  request.user = "user";
  request.project = "project";
  request.limit = job.limit;
  request.resources.cores = job.cores;
  step(job.submit, std::move(e));
  most_queued_ = std::max(most_queued_, centre_.counts().queued);
  queued_ += static_cast<double>(centre_.counts().queued);
}

void Replay::end_first() {
  const End end = ends_.top();
  ends_.pop();
  AttemptEnd how;
  how.ended_at = end.at;
  step(end.at, event::AttemptEnded{end.attempt, how});
}

void Replay::run(const std::vector<TraceJob>& jobs) {
  configure();
  const double start = cpu_s();
  for (const TraceJob& job : jobs) {
    while (!ends_.empty() && ends_.top().at <= job.submit) end_first();
    submit(job);
  }
  while (!ends_.empty()) end_first();
  const double elapsed = cpu_s() - start;
  const auto n = static_cast<double>(std::max<size_t>(jobs.size(), 1));
  fmt::print(
      "{} jobs on {} cores, depth {}: {:.2f} s, {:.0f} events/s, {:.1f} us a job; queue {:.0f} on "
      "average, {} at most; waited {:.3f} s on average\n",
      jobs.size(), options_.cores, options_.depth, elapsed, static_cast<double>(events_) / elapsed,
      1e6 * elapsed / n, queued_ / n, most_queued_, waited_s_ / n);
}

}  // namespace

}  // namespace pentad

int main(int argc, char** argv) {
  pentad::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!std::strcmp(argv[i], "--swf")) options.swf = argv[i + 1];
    int64_t value = 0;
    std::from_chars(argv[i + 1], argv[i + 1] + std::strlen(argv[i + 1]), value);
    if (!std::strcmp(argv[i], "--cores")) options.cores = static_cast<int32_t>(value);
    if (!std::strcmp(argv[i], "--jobs")) options.jobs = value;
    if (!std::strcmp(argv[i], "--depth")) options.depth = static_cast<int32_t>(value);
  }
  auto jobs = options.swf.empty() ? pentad::made_up(options) : pentad::from_swf(options);
  if (static_cast<int64_t>(jobs.size()) > options.jobs) {
    jobs.resize(static_cast<size_t>(options.jobs));
  }
  pentad::Replay(options).run(jobs);
}
