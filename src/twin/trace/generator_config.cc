#include "twin/trace/generator_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <map>
#include <utility>

#include "base/reflect_traits.h"
#include "twin/trace/line_trace.h"

namespace pentad::trace {

namespace {

Status wrong(std::string field, std::string why) {
  return fail(ErrorCode::invalid, std::move(why), std::move(field));
}

bool is_within(double value, double min, double max) { return value >= min && value <= max; }

// Weights from 0 that do not sum to 0.
template <class T>
bool has_weight(const std::vector<T>& items) {
  double sum = 0;
  for (const T& item : items) {
    if (!is_within(item.weight, 0, 1e9)) return false;
    sum += item.weight;
  }
  return sum > 0;
}

Status check_factors(const std::vector<double>& factors, size_t count, const char* field) {
  double sum = 0;
  bool is_ok = factors.empty() || factors.size() == count;
  for (double f : factors) {
    is_ok = is_ok && is_within(f, 0, 1e6);
    sum += f;
  }
  if (is_ok && (factors.empty() || sum > 0)) return {};
  return wrong(field, fmt::format("expected {} numbers from 0, not all 0", count));
}

Status check_pools(const GeneratorConfig& config) {
  if (config.pools.empty()) return wrong("pools", "there is none");
  for (const PoolShape& pool : config.pools) {
    bool is_ok = pool.nodes >= 1 && pool.nodes <= 1'000'000 && pool.cores >= 1 &&
                 pool.cores <= 100'000 && pool.memory_gib >= 1 && pool.memory_gib <= 1'000'000 &&
                 pool.devices >= 0 && pool.devices <= kMaxDevicesPerNode;
    if (!is_ok) return wrong("pools/" + pool.name, "numbers that no node can have");
    if ((pool.devices > 0) != (pool.device_kind != DeviceKind::cpu)) {
      return wrong("pools/" + pool.name, "device_kind does not go with devices");
    }
  }
  return {};
}

Status check_class(const GeneratorConfig& config, const ClassShape& shape, std::string field) {
  const SizeShape& size = shape.size;
  for (double p : {size.serial, size.small, size.powers_of_two}) {
    if (!is_within(p, 0, 1)) return wrong(field + "/size", "a probability is not from 0 to 1");
  }
  if (!is_within(size.middle_log2, 0, 30) || !is_within(size.max_log2, size.middle_log2, 30)) {
    return wrong(field + "/size", "expected 0 <= middle_log2 <= max_log2 <= 30");
  }
  const RunTimeShape& run = shape.run;
  if (!is_within(run.scale_s, 1e-3, 1e9) || !is_within(run.shape, 0.05, 20) || run.min_s < 1 ||
      run.max_s < run.min_s || run.max_s > kMaxSeconds / 10) {
    return wrong(field + "/run", "expected positive numbers with min_s <= max_s");
  }
  if (shape.memory_per_core_mib < 1 || shape.memory_per_core_mib > (1 << 24)) {
    return wrong(field + "/memory_per_core_mib", "expected 1 to 16777216");
  }
  if (!has_weight(shape.devices)) return wrong(field + "/devices", "no weight above 0");
  if (!has_weight(shape.precisions)) return wrong(field + "/precisions", "no weight above 0");
  for (const DeviceShape& device : shape.devices) {
    if (!is_within(device.shared, 0, 1) || device.per_node < 0 || device.cores_each < 0 ||
        device.cores_each > 100'000) {
      return wrong(field + "/devices", "a number is out of range");
    }
    if (limits_of(config, device.kind).pools == 0) {
      return wrong(field + "/devices", fmt::format("no pool has a {}", enum_name(device.kind)));
    }
  }
  return {};
}

struct Make {
  const char* name;
  int32_t per_mille;  // of the nodes
  int32_t cores;
  int32_t memory_gib;
  const char* device;
  DeviceKind kind;
  int32_t devices;
};

// A public centre with old and new machines and accelerators of three makers' kinds.
constexpr Make kMakes[] = {
    {"thin", 350, 64, 256, "", DeviceKind::cpu, 0},
    {"wide", 200, 128, 512, "", DeviceKind::cpu, 0},
    {"fat", 50, 192, 2048, "", DeviceKind::cpu, 0},
    {"a100", 100, 64, 512, "nvidia-a100-sxm4-40gb", DeviceKind::gpu, 4},
    {"h20", 60, 128, 1024, "nvidia-h20", DeviceKind::gpu, 8},
    {"t4", 60, 48, 192, "nvidia-t4", DeviceKind::gpu, 2},
    {"dcu", 100, 64, 256, "hygon-dcu-8100", DeviceKind::dcu, 4},
    {"npu", 80, 192, 1024, "huawei-ascend-910b3", DeviceKind::npu, 8},
};

using P = Precision;
using K = DeviceKind;

std::vector<ClassShape> mixed_classes() {
  ClassShape simulation;
  simulation.weight = 0.55;
  simulation.size = {0.25, 0.8, 6, 11, 0.75};
  simulation.run = {RunTimeLaw::lognormal, 2700, 1.9, 5, 7 * 86400};
  simulation.devices = {{K::cpu, 0.82, 0, 0, 0}, {K::gpu, 0.08, 4, 8, 0}, {K::dcu, 0.1, 4, 8, 0}};
  simulation.precisions = {{P::fp64, 0.8}, {P::fp32, 0.2}};
  ClassShape training;
  training.workload_class = WorkloadClass::training;
  training.weight = 0.2;
  training.size = {0.45, 0.85, 3, 7, 0.9};
  training.run = {RunTimeLaw::lognormal, 5400, 1.7, 20, 14 * 86400};
  training.devices = {{K::gpu, 0.55, 8, 8, 0.1}, {K::dcu, 0.15, 4, 8, 0}, {K::npu, 0.3, 8, 16, 0}};
  training.precisions = {{P::bf16, 0.6}, {P::fp16, 0.2}, {P::fp32, 0.15}, {P::fp8, 0.05}};
  training.memory_per_core_mib = 4096;
  ClassShape inference;
  inference.workload_class = WorkloadClass::inference;
  inference.weight = 0.25;
  inference.size = {0.85, 1, 2, 3, 1};
  inference.run = {RunTimeLaw::weibull, 1800, 0.6, 2, 7 * 86400};
  inference.devices = {{K::gpu, 0.7, 2, 4, 0.6}, {K::npu, 0.2, 8, 8, 0.3}, {K::cpu, 0.1, 0, 0, 0}};
  inference.precisions = {{P::int8, 0.4}, {P::fp16, 0.3}, {P::bf16, 0.2}, {P::fp8, 0.1}};
  return {simulation, training, inference};
}

}  // namespace

std::vector<double> day_cycle() {
  return {0.45, 0.35, 0.30, 0.27, 0.25, 0.27, 0.35, 0.50, 0.85, 1.35, 1.65, 1.60,
          1.20, 1.35, 1.70, 1.85, 1.80, 1.65, 1.30, 1.15, 1.10, 1.05, 0.90, 0.76};
}

std::vector<double> week_cycle() { return {1.12, 1.20, 1.20, 1.18, 1.10, 0.65, 0.55}; }

KindLimits limits_of(const GeneratorConfig& config, DeviceKind kind) {
  KindLimits out;
  bool has_plain = std::any_of(config.pools.begin(), config.pools.end(),
                               [](const PoolShape& pool) { return pool.devices == 0; });
  for (const PoolShape& pool : config.pools) {
    bool is_cpu = kind == DeviceKind::cpu;
    if (is_cpu ? has_plain && pool.devices > 0 : pool.device_kind != kind) continue;
    auto least = [&](int64_t& field, int64_t value) {
      field = out.pools == 0 ? value : std::min(field, value);
    };
    least(out.cores, pool.cores);
    least(out.devices, pool.devices);
    least(out.memory_mib, int64_t{pool.memory_gib} * 1024);
    least(out.nodes, std::max(pool.nodes / 2, 1));
    out.capacity += double{1} * pool.nodes * (is_cpu ? pool.cores : pool.devices);
    ++out.pools;
  }
  return out;
}

Status check(const GeneratorConfig& config) {
  if (config.jobs < 0) return wrong("jobs", "is negative");
  if (!is_within(config.jobs_per_hour, 1e-6, 1e9)) {
    return wrong("jobs_per_hour", "expected 0.000001 to 1000000000");
  }
  if (config.users < 1 || config.users > 1'000'000) return wrong("users", "expected 1 to 1000000");
  if (config.projects < 1) return wrong("projects", "expected at least 1");
  if (!is_within(config.zipf, 0, 10)) return wrong("zipf", "expected 0 to 10");
  if (!is_within(config.exact_limits, 0, 1)) return wrong("exact_limits", "expected 0 to 1");
  if (!is_within(config.least_used, 0.001, 1)) return wrong("least_used", "expected 0.001 to 1");
  if (!is_within(config.failed, 0, 1)) return wrong("failed", "expected 0 to 1");
  if (auto ok = check_factors(config.hour_factors, 24, "hour_factors"); !ok) return ok;
  if (auto ok = check_factors(config.day_factors, 7, "day_factors"); !ok) return ok;
  if (auto ok = check_pools(config); !ok) return ok;
  if (!has_weight(config.classes)) return wrong("classes", "no weight above 0");
  for (size_t i = 0; i < config.classes.size(); ++i) {
    auto ok = check_class(config, config.classes[i], fmt::format("classes/{}", i));
    if (!ok) return ok;
  }
  return {};
}

TraceHeader generated_header(const GeneratorConfig& config) {
  TraceHeader header;
  header.format = TraceFormat::generated;
  header.source = "generated";
  header.computer = "made up";
  header.start = config.start;
  header.max_jobs = config.jobs;
  header.notes.push_back(fmt::format("made up by Pentad from seed {}", config.seed));
  for (const PoolShape& pool : config.pools) {
    header.max_nodes += pool.nodes;
    header.max_cores += int64_t{pool.nodes} * pool.cores;
    TracePool row{pool.name, pool.nodes, pool.cores, gibibytes(pool.memory_gib), {}, {}};
    if (pool.devices > 0) row.devices.push_back({pool.device_model, pool.devices});
    header.pools.push_back(std::move(row));
  }
  for (const ClassShape& shape : config.classes) {
    header.queue_names[static_cast<int64_t>(shape.workload_class) + 1] =
        enum_name(shape.workload_class);
  }
  return header;
}

GeneratorConfig mixed_centre(int32_t nodes, int64_t jobs, double load, uint64_t seed) {
  GeneratorConfig config;
  config.seed = seed;
  config.jobs = jobs;
  config.classes = mixed_classes();
  for (const Make& make : kMakes) {
    auto share = static_cast<int32_t>(int64_t{nodes} * make.per_mille / 1000);
    config.pools.push_back({make.name, std::max(share, 1), make.cores, make.memory_gib, make.device,
                            make.kind, make.devices});
  }
  set_load(config, load);
  return config;
}

Machine machine_of(const GeneratorConfig& config) {
  Machine machine;
  std::map<std::string, DeviceModel> models;
  for (const PoolShape& pool : config.pools) {
    DeviceModel& cpu = models[pool.name + "-cpu"];
    cpu.name = pool.name + "-cpu";
    cpu.kind = DeviceKind::cpu;
    if (pool.devices > 0) {
      DeviceModel& device = models[pool.device_model];
      device.name = pool.device_model;
      device.kind = pool.device_kind;
    }
    for (int32_t i = 1; i <= pool.nodes; ++i) {
      Node node;
      node.name = fmt::format("{}{:05}", pool.name, i);
      node.pool = pool.name;
      node.cores = pool.cores;
      node.memory = gibibytes(pool.memory_gib);
      node.cpu_model = pool.name + "-cpu";
      if (pool.devices > 0) node.devices.push_back({pool.device_model, pool.devices});
      machine.nodes.push_back(std::move(node));
    }
  }
  for (auto& [name, model] : models) machine.devices.push_back(std::move(model));
  return machine;
}

}  // namespace pentad::trace
