// How fast the twin replays a trace: schedule only, one core.
//
//   twin_rate TRACE [--depth K] [--nodes] [--fair-share]
//   twin_rate --generate NODES:JOBS:LOAD [--depth K]
//
// Prints jobs, events, seconds (of the clock and of the processor), peak memory and how many jobs
// waited at most; and the schedule's mean figures and digest, which must not change when only the
// speed does.
#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "twin/replay.h"
#include "twin/schedule_digest.h"
#include "twin/schedule_measures.h"
#include "twin/trace/generator.h"

namespace pentad {

namespace {

struct Options {
  std::string trace;
  std::string generate;
  int32_t depth = 1;
  bool nodes = false;
  bool fair_share = false;
};

int die(const Error& error) {
  fmt::print(stderr, "{}: {}\n", error.path, error.message);
  return 1;
}

Result<trace::GeneratorConfig> config_of(const std::string& text) {
  int64_t nodes = 0, jobs = 0;
  double load = 0;
  const char* end = text.data() + text.size();
  auto first = std::from_chars(text.data(), end, nodes);
  if (first.ptr == end) return fail(ErrorCode::invalid, "NODES:JOBS:LOAD is wanted", text);
  auto second = std::from_chars(first.ptr + 1, end, jobs);
  if (second.ptr == end) return fail(ErrorCode::invalid, "NODES:JOBS:LOAD is wanted", text);
  std::from_chars(second.ptr + 1, end, load);
  return trace::mixed_centre(static_cast<int32_t>(nodes), jobs, load, 1);
}

int run(const Options& options) {
  Result<std::unique_ptr<trace::TraceReader>> reader;
  Result<trace::Machine> machine;
  if (!options.generate.empty()) {
    auto config = config_of(options.generate);
    if (!config) return die(config.error());
    reader = trace::generate(*config);
    machine = trace::machine_of(*config);
  } else {
    reader = trace::open_trace(options.trace);
    if (!reader) return die(reader.error());
    machine = twin::machine_of((*reader)->header(), options.nodes);
  }
  if (!reader) return die(reader.error());
  if (!machine) return die(machine.error());
  Policy policy;
  policy.reservation_depth = options.depth;
  policy.weights = {};
  policy.weights.age_per_hour = 0;
  if (!options.fair_share) policy.weights.fair_share = 0;
  policy.max_limit = hours(24 * 365 * 10);

  const auto begin = std::chrono::steady_clock::now();
  twin::Replay replay(*machine, policy, {});
  twin::ScheduleMeasures measures(*machine);
  twin::ScheduleDigest digest;
  replay.add(&measures);
  replay.add(&digest);
  auto end = replay.run(**reader);
  if (!end) return die(end.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;

  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds_of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  const double cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  const twin::ScheduleSummary s = measures.summary();
  const auto events = static_cast<double>(replay.progress().events);
  fmt::print(
      "{} jobs, {} events in {:.2f} s ({:.2f} s of the processor): {:.0f} events/s, {} MiB at "
      "most; "
      "longest queue {}, refused {}\nmean wait {:.1f} s, mean bounded slowdown {:.2f}, utilisation "
      "{:.4f}, schedule {:016x}\n",
      s.submitted, replay.progress().events, took.count(), cpu_s, events / took.count(),
      usage.ru_maxrss / 1024, s.longest_queue, s.refused, s.wait_s.mean, s.bounded_slowdown.mean,
      s.utilisation_cores, digest.digest());
  return 0;
}

}  // namespace

}  // namespace pentad

int main(int argc, char** argv) {
  pentad::Options options;
  for (int i = 1; i < argc; ++i) {
    const bool more = i + 1 < argc;
    if (!std::strcmp(argv[i], "--depth") && more) {
      ++i;
      std::from_chars(argv[i], argv[i] + std::strlen(argv[i]), options.depth);
    } else if (!std::strcmp(argv[i], "--generate") && more) {
      options.generate = argv[++i];
    } else if (!std::strcmp(argv[i], "--nodes")) {
      options.nodes = true;
    } else if (!std::strcmp(argv[i], "--fair-share")) {
      options.fair_share = true;
    } else {
      options.trace = argv[i];
    }
  }
  return pentad::run(options);
}
