// pentad-sim: runs simulated centres, one a seed, and says which broke. See README.md.
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "simulation.h"

namespace {

using namespace pentad::sim;

struct Arguments {
  uint64_t first = 1;
  uint64_t last = 1;
  std::string scenario;  // empty: they take turns
  Options options;
  unsigned jobs = std::thread::hardware_concurrency();
  bool twice = false;
  bool require_all = false;
  bool list_mutants = false;
};

constexpr std::string_view kUsage =
    "Usage: pentad-sim --seeds A..B [--scenario NAME] [--steps N] [--jobs N] [--mutant NAME]\n"
    "                  [--verbose [--disk]] [--twice] [--require-all]\n"
    "       pentad-sim --list-mutants\n"
    "  --seeds A..B   one world a seed; A alone is one\n"
    "  --scenario     one of scenarios/ for all seeds; without it they take turns\n"
    "  --steps        how long each world is troubled before it comes to rest\n"
    "  --mutant       plants a fault, to see that it is found\n"
    "  --verbose      prints everything that happens; --disk: to the disk as well\n"
    "  --twice        runs each seed twice and compares\n"
    "  --require-all  also fails when one of the rare situations never occurred\n"
    "Exit status: 0 all well, 1 a seed broke, 2 usage.\n";

bool number(std::string_view text, uint64_t& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool seeds(std::string_view text, Arguments& a) {
  size_t dots = text.find("..");
  if (dots == std::string_view::npos) return number(text, a.first) && number(text, a.last);
  return number(text.substr(0, dots), a.first) && number(text.substr(dots + 2), a.last) &&
         a.first <= a.last;
}

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    std::string_view flag = argv[i];
    uint64_t n = 0;
    if (flag == "--verbose") {
      a.options.trace = a.options.print = true;
    } else if (flag == "--disk") {
      a.options.disk = true;
    } else if (flag == "--twice") {
      a.twice = true;
    } else if (flag == "--require-all") {
      a.require_all = true;
    } else if (flag == "--list-mutants") {
      a.list_mutants = true;
    } else if (i + 1 == argc) {
      return {};
    } else if (std::string_view value = argv[++i]; flag == "--seeds") {
      if (!seeds(value, a)) return {};
    } else if (flag == "--scenario") {
      a.scenario = value;
    } else if (std::optional<Mutant> mutant = mutant_of(value); flag == "--mutant" && mutant) {
      a.options.mutant = *mutant;
    } else if (flag == "--steps" && number(value, n)) {
      a.options.steps = static_cast<int64_t>(n);
    } else if (flag == "--jobs" && number(value, n) && n > 0) {
      a.jobs = static_cast<unsigned>(n);
    } else {
      return {};
    }
  }
  return a;
}

const Scenario* scenario_of(const Arguments& a, uint64_t seed) {
  const std::vector<Scenario>& all = all_scenarios();
  if (a.scenario.empty()) return &all[seed % all.size()];
  for (const Scenario& s : all) {
    if (s.name == a.scenario) return &s;
  }
  return nullptr;
}

std::string replay(const Arguments& a, uint64_t seed, const char* program) {
  std::string text =
      fmt::format("{} --seeds {} --scenario {}", program, seed, scenario_of(a, seed)->name);
  if (a.options.steps > 0) text += fmt::format(" --steps {}", a.options.steps);
  if (a.options.mutant != Mutant::none) {
    text += fmt::format(" --mutant {}", boost::describe::enum_to_string(a.options.mutant, ""));
  }
  return text + " --verbose";
}

// An assertion of the core ends the process: say first which seed it was.
thread_local std::string current_replay;
extern "C" void on_abort(int) {
  static constexpr std::string_view head = "pentad-sim: aborted; again with: ";
  std::ignore = ::write(STDERR_FILENO, head.data(), head.size());
  std::ignore = ::write(STDERR_FILENO, current_replay.data(), current_replay.size());
  std::ignore = ::write(STDERR_FILENO, "\n", 1);
  ::_exit(1);
}

// What the threads share.
struct Run {
  const Arguments& arguments;
  const char* program;
  std::atomic<uint64_t> next;
  std::atomic<bool> broken{false};
  std::mutex mutex;
  Reached reached;
  int64_t events = 0;
  uint64_t done = 0;
};

void report(Run& run, uint64_t seed, const Scenario& scenario, const std::string& failure) {
  Options options = run.arguments.options;
  options.trace = true;
  options.print = false;
  Verdict again = Simulation(seed, scenario, options).run();
  std::lock_guard lock(run.mutex);
  run.broken = true;
  size_t from = again.trace.size() > 40 ? again.trace.size() - 40 : 0;
  for (size_t i = from; i < again.trace.size(); ++i) fmt::print("{}\n", again.trace[i]);
  if (again.failure != failure) fmt::print("a second run says: {}\n", again.failure);
  fmt::print("seed {} broke: {}\nagain with: {}\n", seed, failure,
             replay(run.arguments, seed, run.program));
}

void work(Run& run) {
  const Arguments& a = run.arguments;
  while (!run.broken) {
    uint64_t seed = run.next++;
    if (seed > a.last) return;
    const Scenario& scenario = *scenario_of(a, seed);
    current_replay = replay(a, seed, run.program);
    Verdict verdict = Simulation(seed, scenario, a.options).run();
    if (a.twice && verdict.failure.empty()) {
      Verdict second = Simulation(seed, scenario, a.options).run();
      if (second.digest != verdict.digest) verdict.failure = "two runs of one seed differ";
    }
    if (!verdict.failure.empty()) return report(run, seed, scenario, verdict.failure);
    std::lock_guard lock(run.mutex);
    run.reached += verdict.reached;
    run.events += verdict.events;
    ++run.done;
  }
}

bool all_reached(const Reached& reached) {
  bool all = true;
  for (size_t i = 0; i < kRareNames.size(); ++i) {
    if (reached.counts[i] > 0) continue;
    fmt::print("never reached: {}\n", kRareNames[i]);
    all = false;
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<Arguments> arguments = parse(argc, argv);
  if (!arguments || !scenario_of(*arguments, 0)) {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  if (arguments->list_mutants) {
    for (const std::string& name : mutant_names()) fmt::print("{}\n", name);
    return 0;
  }
  ::signal(SIGABRT, on_abort);
  auto start = std::chrono::steady_clock::now();
  Run run{*arguments, argv[0], {arguments->first}, {false}, {}, {}, 0, 0};
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < arguments->jobs; ++i) threads.emplace_back([&run] { work(run); });
  work(run);
  for (std::thread& thread : threads) thread.join();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{} seeds, {} events in {:.1f} s: {:.0f} seeds/s\n", run.done, run.events,
             took.count(), static_cast<double>(run.done) / took.count());
  if (run.broken) return 1;
  return arguments->require_all && !all_reached(run.reached) ? 1 : 0;
}
