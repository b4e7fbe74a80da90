// How many jobs a second a trace is read at, and made up at.
//
//   reader_rate FILE...             reads each file to its end
//   reader_rate --generate JOBS     makes up so many jobs for 10,000 nodes
//   reader_rate --swf JOBS          the same, written as SWF to standard output
#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string_view>

#include "twin/trace/generator.h"
#include "twin/trace/trace.h"

namespace {

using pentad::trace::TraceReader;

int fail(const pentad::Error& error) {
  fmt::print(stderr, "{}: {}\n", error.path, error.message);
  return 1;
}

double megabytes_used() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

int drain(TraceReader& trace, std::chrono::steady_clock::time_point begin) {
  pentad::trace::TraceJob job;
  int64_t core_hours = 0;
  while (true) {
    auto more = trace.read(job);
    if (!more) return fail(more.error());
    if (!*more) break;
    if (job.run_time) core_hours += job.cores * (job.run_time->value / 1000) / 3600;
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto& counts = trace.counts();
  fmt::print("{}: {} jobs, {} bad lines, {} core hours, {:.3f} s, {:.0f} jobs/s, peak {:.0f} MiB\n",
             trace.header().source, counts.jobs, counts.bad, core_hours, took.count(),
             static_cast<double>(counts.jobs) / took.count(), megabytes_used());
  for (const auto& bad : trace.bad_lines()) {
    fmt::print("  line {}: {}{}{}\n", bad.line, bad.field, bad.field.empty() ? "" : ": ", bad.why);
  }
  return 0;
}

pentad::trace::GeneratorConfig config_of(int64_t jobs) {
  return pentad::trace::mixed_centre(10'000, jobs, 0.9, 1);
}

int generate(int64_t jobs) {
  auto begin = std::chrono::steady_clock::now();
  auto trace = pentad::trace::generate(config_of(jobs));
  return trace ? drain(**trace, begin) : fail(trace.error());
}

int write(int64_t jobs) {
  auto trace = pentad::trace::generate(config_of(jobs));
  if (!trace) return fail(trace.error());
  std::ios::sync_with_stdio(false);
  auto done = pentad::trace::write_swf(**trace, std::cout, {.extended = true});
  return done ? 0 : fail(done.error());
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view first = argc > 1 ? argv[1] : "";
  if (argc == 3 && (first == "--generate" || first == "--swf")) {
    std::string_view number = argv[2];
    int64_t jobs = 0;
    std::from_chars(number.data(), number.data() + number.size(), jobs);
    return first == "--swf" ? write(jobs) : generate(jobs);
  }
  if (argc < 2) return fmt::print(stderr, "usage: reader_rate FILE... | --generate JOBS\n"), 2;
  int code = 0;
  for (int i = 1; i < argc; ++i) {
    auto begin = std::chrono::steady_clock::now();
    auto trace = pentad::trace::open_trace(std::string(argv[i]));
    code |= trace ? drain(**trace, begin) : fail(trace.error());
  }
  return code;
}
