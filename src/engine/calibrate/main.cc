// pentad-calibrate: measures this machine and prints a CalibrationReport as JSON on standard
// output, its progress on standard error. A program of its own, so that the daemon need not carry
// the libraries it measures with.
#include <fmt/format.h>
#include <hwloc.h>
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <string_view>

#include "base/reflect.h"
#include "engine/calibrate/gemm.h"
#include "engine/calibrate/other_load.h"
#include "engine/calibrate/timing.h"
#include "engine/calibrate/triad.h"
#include "engine/hardware/calibration.h"
#include "engine/hardware/inventory.h"

namespace pentad::calibrate {
namespace {

using engine::CalibrationReport;
using engine::GemmMeasurement;
using engine::GemmRate;
using engine::TriadRate;

constexpr std::string_view kUsage =
    "Usage: pentad-calibrate [--quick]\n"
    "Measures matrix products (fp64, fp32, bf16, fp16, int8) and memory bandwidth of this machine, "
    "on one core and on all.\n"
    "Prints JSON on standard output; progress on standard error. Takes about 25 s, with --quick "
    "about 5 s.\n"
    "Exit: 0 measured, 1 failed, 2 wrong usage, 128 + n ended by signal n.\n";

constexpr int32_t kBusyPercent = 5;

std::atomic<int> signal_seen{0};
static_assert(std::atomic<int>::is_always_lock_free);  // the handler may write it

void on_signal(int number) { signal_seen = number; }
bool stopped() { return signal_seen != 0; }

struct Plan {
  bool quick = false;
  int cores = 1;
  Effort effort() const { return quick ? Effort{0.15, 2} : Effort{1.3, 3}; }
  // Large enough that each thread has work for milliseconds.
  int n() const { return quick ? 1024 : cores <= 8 ? 2048 : cores <= 64 ? 4096 : 8192; }
};

// What is measured, in this order.
struct Step {
  Precision precision;
  Gemm (*make)(Precision, int, int);
};
constexpr Step kSteps[] = {{Precision::fp64, blas_gemm}, {Precision::fp32, blas_gemm},
                           {Precision::fp32, dnnl_gemm}, {Precision::bf16, dnnl_gemm},
                           {Precision::fp16, dnnl_gemm}, {Precision::int8, dnnl_gemm}};

class Progress {
 public:
  explicit Progress(int steps) : steps_(steps) {}
  void begin(std::string_view what) {
    fmt::print(stderr, "progress {:.3f} {}\n", static_cast<double>(done_++) / steps_, what);
  }
  void say(std::string_view result) { fmt::print(stderr, "  {}\n", result); }

 private:
  int steps_;
  int done_ = 0;
};

// Sets `rate`, or `reason` of the measurement.
void measure_gemm(const Step& step, int threads, const Plan& plan, GemmMeasurement& into,
                  std::optional<GemmRate>& rate) {
  Gemm gemm = step.make(step.precision, plan.n(), threads);
  into.library = gemm.library;
  into.implementation = gemm.implementation;
  into.reason = gemm.reason;
  if (!gemm.run) return;
  auto times = repeat(gemm.run, plan.effort(), stopped);
  if (!times) return;
  if (!gemm.correct()) {
    into.reason = "the product came out wrong";
    return;
  }
  double operations = 2.0 * plan.n() * plan.n() * plan.n();
  rate = GemmRate{threads, times->repetitions, millions_per_s(operations, times->best_s),
                  millions_per_s(operations, times->median_s)};
}

void measure_gemms(const Plan& plan, Progress& progress, CalibrationReport& report) {
  for (const Step& step : kSteps) {
    GemmMeasurement one;
    one.precision = step.precision;
    one.n = plan.n();
    for (bool all : {false, true}) {
      int threads = all ? plan.cores : 1;
      progress.begin(fmt::format("{} matrix product, {} of {} cores", enum_name(step.precision),
                                 threads, plan.cores));
      if (stopped()) return;
      if (!one.reason.empty()) continue;
      auto& rate = all ? one.all_cores : one.one_core;
      measure_gemm(step, threads, plan, one, rate);
      if (rate) {
        progress.say(fmt::format(
            "{:.1f} GOP/s best, {:.1f} median ({}, {})", static_cast<double>(rate->best_mops) / 1e3,
            static_cast<double>(rate->median_mops) / 1e3, one.library, one.implementation));
      } else if (!stopped()) {
        progress.say(fmt::format("unsupported: {}", one.reason));
      }
    }
    report.gemm.push_back(std::move(one));
  }
}

// Beyond all caches, within an eighth of the memory.
int64_t triad_array_bytes(const engine::Inventory& inventory) {
  constexpr int64_t least = 64 << 20, most = int64_t{2} << 30;
  int64_t caches = 0;
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) == 0) {
    if (hwloc_topology_load(topology) == 0) {
      hwloc_obj_t cache = nullptr;
      while ((cache = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_L3CACHE, cache)) != nullptr) {
        caches += static_cast<int64_t>(cache->attr->cache.size);
      }
    }
    hwloc_topology_destroy(topology);
  }
  int64_t wanted = std::clamp(caches * 2, least, most);
  return std::max<int64_t>(std::min(wanted, inventory.node.memory.value / 24), 1 << 20);
}

void measure_memory(const Plan& plan, const engine::Inventory& inventory, Progress& progress,
                    CalibrationReport& report) {
  int64_t bytes = triad_array_bytes(inventory);
  report.memory.array_bytes = bytes;
  for (bool all : {false, true}) {
    int threads = all ? plan.cores : 1;
    progress.begin(fmt::format("memory triad, {} of {} cores", threads, plan.cores));
    auto times = time_triad(bytes, threads, plan.effort(), stopped);
    if (!times || stopped()) return;
    TriadRate rate{threads, times->repetitions, millions_per_s(triad_bytes(bytes), times->best_s),
                   millions_per_s(triad_bytes(bytes), times->median_s)};
    (all ? report.memory.all_cores : report.memory.one_core) = rate;
    progress.say(fmt::format("{:.1f} GB/s best, {:.1f} median",
                             static_cast<double>(rate.best_mbytes_per_s) / 1e3,
                             static_cast<double>(rate.median_mbytes_per_s) / 1e3));
  }
}

int run(bool quick) {
  auto inventory = engine::take_inventory();
  if (!inventory) {
    fmt::print(stderr, "pentad-calibrate: {}\n", inventory.error().message);
    return 1;
  }
  double start = monotonic_s();
  Plan plan{quick, inventory->node.cores};
  CalibrationReport report;
  report.node = inventory->node.name;
  report.cpu_model = inventory->node.cpu_model;
  report.cpu_name = inventory->reported_names.front();
  report.cores = plan.cores;
  report.instructions = dnnl_instructions();
  fmt::print(stderr, "{}: {} cores, {}\n", report.cpu_name, report.cores, report.instructions);
  for (const auto& group : inventory->node.devices) {
    report.devices.push_back({group.model, "this version measures CPUs only"});
  }

  OtherLoad others;
  Progress progress(static_cast<int>(std::size(kSteps)) * 2 + 2);
  measure_gemms(plan, progress, report);
  if (!stopped()) measure_memory(plan, *inventory, progress, report);
  if (stopped()) {
    fmt::print(stderr, "pentad-calibrate: stopped, nothing measured is printed\n");
    return 128 + signal_seen;
  }
  report.others_percent = others.percent();
  if (report.others_percent.value_or(0) > kBusyPercent) {
    fmt::print(stderr,
               "pentad-calibrate: other programs used {} % of the processors meanwhile: these "
               "figures are too low, repeat them on an idle machine\n",
               *report.others_percent);
  }
  report.duration_ms = static_cast<int64_t>((monotonic_s() - start) * 1e3);
  fmt::print(stderr, "progress 1.000 done\n");
  fmt::print("{}\n", to_json(report));
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace pentad::calibrate

int main(int argc, char** argv) {
  using namespace pentad::calibrate;
  bool quick = false;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--quick") {
      quick = true;
    } else if (argument == "--help" || argument == "-h") {
      fmt::print("{}", kUsage);
      return 0;
    } else {
      fmt::print(stderr, "pentad-calibrate: unknown argument {}\n{}", argument, kUsage);
      return 2;
    }
  }
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return run(quick);
}
