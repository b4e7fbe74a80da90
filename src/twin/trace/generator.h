// Makes up workloads with stated distributions: the same jobs for the same seed on every machine
// (own random numbers, own logarithm and exponential, no fused multiply-add).
//
//   arrivals    Poisson with a rate that follows the hour of the day and the day of the week
//   sizes       two-stage log-uniform, most of them rounded to powers of two (the shape of Lublin &
//               Feitelson, JPDC 63, 2003)
//   run times   lognormal or Weibull, cut at `max_run`
//   limits      run time / used fraction, rounded up to the values people type; some exact
//   users       Zipf; each belongs to one project
//
// Times are whole seconds, so that a trace written as SWF is the same when read again.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "twin/trace/trace.h"

namespace pentad::trace {

BOOST_DEFINE_ENUM_CLASS(RunTimeLaw, lognormal, weibull)

// lognormal: `scale_s` is the median, `shape` the standard deviation of the logarithm.
// weibull: `scale_s` and `shape` are its own.
struct RunTimeShape {
  RunTimeLaw law = RunTimeLaw::lognormal;
  double scale_s = 3600;
  double shape = 1.5;
  int64_t min_s = 1;
  int64_t max_s = 7 * 86400;
};
BOOST_DESCRIBE_STRUCT(RunTimeShape, (), (law, scale_s, shape, min_s, max_s))

// log2 of the size is uniform in [0, middle_log2] with probability `small`, else in [middle_log2,
// max_log2]; then rounded to a power of two with probability `powers_of_two`, else to a whole
// number. `serial` of all jobs have size 1 before any of this.
struct SizeShape {
  double serial = 0.25;
  double small = 0.8;
  double middle_log2 = 5;
  double max_log2 = 10;
  double powers_of_two = 0.75;
};
BOOST_DESCRIBE_STRUCT(SizeShape, (), (serial, small, middle_log2, max_log2, powers_of_two))

// What a kind of device is asked for with: `weight` of the class's jobs want it. `kind` cpu: the
// size counts cores. Otherwise it counts devices, at most `per_node` on a node (more: whole nodes),
// with `cores_each` cores a device; `shared` of the jobs of size 1 take a share of a device.
struct DeviceShape {
  DeviceKind kind = DeviceKind::cpu;
  double weight = 1;
  int32_t per_node = 0;
  int32_t cores_each = 0;
  double shared = 0;
};
BOOST_DESCRIBE_STRUCT(DeviceShape, (), (kind, weight, per_node, cores_each, shared))

struct PrecisionShape {
  Precision precision = Precision::fp64;
  double weight = 1;
};
BOOST_DESCRIBE_STRUCT(PrecisionShape, (), (precision, weight))

struct ClassShape {
  WorkloadClass workload_class = WorkloadClass::simulation;
  double weight = 1;  // share of the arrivals
  SizeShape size;
  RunTimeShape run;
  std::vector<DeviceShape> devices;
  std::vector<PrecisionShape> precisions;
  int64_t memory_per_core_mib = 2048;  // median of a lognormal with deviation 0.7, cut at 4 times
};
BOOST_DESCRIBE_STRUCT(ClassShape, (),
                      (workload_class, weight, size, run, devices, precisions, memory_per_core_mib))

// A make of nodes in the machine that the jobs are for.
struct PoolShape {
  std::string name;
  int32_t nodes = 0;
  int32_t cores = 0;
  int32_t memory_gib = 0;
  std::string device_model;
  DeviceKind device_kind = DeviceKind::cpu;
  int32_t devices = 0;
};
BOOST_DESCRIBE_STRUCT(PoolShape, (),
                      (name, nodes, cores, memory_gib, device_model, device_kind, devices))

struct GeneratorConfig {
  uint64_t seed = 1;
  int64_t jobs = 100'000;            // ends after so many
  double jobs_per_hour = 100;        // mean over a week
  Time start{1'704'038'400'000};     // Monday 2024-01-01 00:00 at UTC+8, where `hour_factors` begin
  std::vector<double> hour_factors;  // 24, relative; empty: day_cycle()
  std::vector<double> day_factors;   // 7 from Monday, relative; empty: week_cycle()
  std::vector<ClassShape> classes;
  std::vector<PoolShape> pools;
  int32_t users = 200;
  double zipf = 1.1;  // the k-th user submits in proportion to k^-zipf
  int32_t projects = 40;
  double exact_limits = 0.1;  // of the jobs ask for just what they need
  double least_used = 0.05;   // the others use a uniform fraction of their limit from here to 1
  double failed = 0.08;       // of the jobs end as failed
};
BOOST_DESCRIBE_STRUCT(GeneratorConfig, (),
                      (seed, jobs, jobs_per_hour, start, hour_factors, day_factors, classes, pools,
                       users, zipf, projects, exact_limits, least_used, failed))

std::vector<double> day_cycle();
std::vector<double> week_cycle();

// A centre of `nodes` nodes of eight makes (three without accelerators, GPUs, DCUs, NPUs) and the
// three classes in a mix made for it, at `load` of its devices and cores, whichever is short.
GeneratorConfig mixed_centre(int32_t nodes, int64_t jobs, double load, uint64_t seed);

// Its nodes and device models, named pool0001 and so on.
Machine machine_of(const GeneratorConfig& config);

// Streams the jobs; reads never fail. Errors: invalid with the field of a config that makes no
// sense (no classes, weights that sum to 0, negative rates, ...).
Result<std::unique_ptr<TraceReader>> generate(const GeneratorConfig& config);

struct SwfOptions {
  // Adds columns 19 to 21 with what the 18 cannot hold (memory per node, features, devices, class):
  // the form of the MetaCentrum log, extended by key=value properties. See README.md.
  bool extended = false;
};

// Writes all that `jobs` still has. Users, groups, queues and partitions that are no numbers get
// numbers, listed in comments at the end. Errors: those of `jobs`, and failed when `out` fails.
Status write_swf(TraceReader& jobs, std::ostream& out, SwfOptions options = {});

}  // namespace pentad::trace
