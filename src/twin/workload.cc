#include "twin/workload.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"

namespace pentad::twin {

namespace {

constexpr int64_t kMaxPlainCores = 1'000'000;  // what a job may ask for at most
constexpr Bytes kPlainMemory{INT64_MAX >> 1};  // no real node has it

}  // namespace

Workload::Workload(const trace::Machine& machine, const Policy& policy, WorkloadOptions options)
    : options_(std::move(options)),
      max_limit_(policy.max_limit),
      one_node_(machine.nodes.size() == 1),
      plain_(one_node_ && machine.nodes[0].memory == kPlainMemory) {
  for (const Qos& qos : policy.qos) qos_.insert(qos.name);
  for (const DeviceModel& model : machine.devices) models_[model.name] = model;
  for (const Node& node : machine.nodes) {
    PoolFigures& pool = pools_[node.pool];
    pool.cpu_model = node.cpu_model;
    ++pool.nodes;
    pool.cores = std::max(pool.cores, node.cores);
    pool.memory = std::max(pool.memory, node.memory);
    for (const DeviceGroup& group : node.devices) {
      int32_t& count = pool.devices[group.model];
      count = std::max(count, group.count);
    }
    pool.features.insert(node.features.begin(), node.features.end());
    features_.insert(node.features.begin(), node.features.end());
  }
}

bool Workload::may_use(const JobRequest& request, const PoolFigures& pool) const {
  const ResourceRequest& r = request.resources;
  if (!std::all_of(r.features.begin(), r.features.end(),
                   [&](const std::string& f) { return pool.features.count(f) > 0; })) {
    return false;
  }
  if (r.devices.count == 0) return true;
  return std::any_of(pool.devices.begin(), pool.devices.end(), [&](const auto& group) {
    if (group.second < r.devices.count) return false;
    if (!r.devices.models.empty()) {
      const auto& allowed = r.devices.models;
      return std::find(allowed.begin(), allowed.end(), group.first) != allowed.end();
    }
    auto model = models_.find(group.first);
    return model != models_.end() && r.devices.kind == model->second.kind;
  });
}

int32_t Workload::most_cores(const JobRequest& request) const {
  int32_t most = 0;
  for (const auto& [name, pool] : pools_) {
    const auto& pools = request.resources.pools;
    if (!pools.empty() && std::find(pools.begin(), pools.end(), name) == pools.end()) continue;
    if (may_use(request, pool)) most = std::max(most, pool.cores);
  }
  return most;
}

Bytes Workload::most_memory(const JobRequest& request) const {
  Bytes most;
  for (const auto& [name, pool] : pools_) {
    const auto& pools = request.resources.pools;
    if (!pools.empty() && std::find(pools.begin(), pools.end(), name) == pools.end()) continue;
    if (may_use(request, pool)) most = std::max(most, pool.memory);
  }
  return most;
}

void Workload::fill_devices(const trace::TraceJob& job, JobRequest& out) {
  DeviceRequest& devices = out.resources.devices;
  devices = {};
  if (job.devices_per_node == 0) return;
  devices.count = job.devices_per_node;
  devices.share_milli = job.device_share_milli;
  devices.kind = job.device_kind;
  for (const std::string& model : job.device_models) {
    if (models_.count(model)) devices.models.push_back(model);
  }
  if (devices.models.empty()) {
    if (!job.device_models.empty()) ++adjustments_.models_widened;
    if (!devices.kind) devices.kind = DeviceKind::gpu;
  } else {
    devices.kind.reset();
  }
}

void Workload::fill_places(const trace::TraceJob& job, JobRequest& out) {
  bool dropped = false;
  for (const std::string& feature : job.features) {
    if (features_.count(feature)) {
      out.resources.features.push_back(feature);
    } else {
      dropped = true;
    }
  }
  adjustments_.features_dropped += dropped;
  for (const std::string& pool : job.pools) {
    if (pools_.count(pool)) out.resources.pools.push_back(pool);
  }
  adjustments_.pools_dropped += !job.pools.empty() && out.resources.pools.empty();
  if (job.not_features.empty()) return;
  // The core knows no "not": the pools without any of these say the same.
  std::vector<std::string> allowed;
  for (const auto& [name, pool] : pools_) {
    const auto& wanted = out.resources.pools;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    bool has = std::any_of(job.not_features.begin(), job.not_features.end(),
                           [&](const std::string& f) { return pool.features.count(f) > 0; });
    if (!has) allowed.push_back(name);
  }
  if (allowed.size() < pools_.size() && !allowed.empty()) out.resources.pools = allowed;
}

void Workload::fill_layout(const trace::TraceJob& job, JobRequest& out) {
  ResourceRequest& r = out.resources;
  const bool several = job.nodes > 1 && one_node_ && job.devices_per_node == 0;
  if (several || (plain_ && job.exclusive)) ++adjustments_.layout_dropped;
  if (plain_) r.exclusive = false;  // its only node is the whole machine
  if (several) {
    r.nodes = 1;
    const int64_t cores = std::max(job.cores, int64_t{job.nodes} * job.cores_per_node);
    r.cores = static_cast<int32_t>(std::min<int64_t>(cores, INT32_MAX));
    return;
  }
  if (job.nodes > 0) {
    r.nodes = job.nodes;
    r.cores = job.cores_per_node > 0
                  ? job.cores_per_node
                  : static_cast<int32_t>((job.cores + job.nodes - 1) / job.nodes);
    return;
  }
  const int32_t most = most_cores(out);
  if (one_node_ || job.cores <= std::max<int64_t>(most, 1)) {
    r.nodes = 1;
    r.cores = static_cast<int32_t>(job.cores);
    return;
  }
  // Whole nodes' worth of cores, evenly: with none that would do, the core says why.
  const int64_t each = std::max<int64_t>(most, 1);
  const int64_t nodes = std::min<int64_t>((job.cores + each - 1) / each, INT32_MAX);
  r.nodes = static_cast<int32_t>(nodes);
  r.cores = static_cast<int32_t>((job.cores + nodes - 1) / nodes);
  if (most > 1) ++adjustments_.split_over_nodes;
}

void Workload::fill_memory(const trace::TraceJob& job, JobRequest& out) {
  ResourceRequest& r = out.resources;
  r.memory = {};
  if (options_.ignore_memory || job.memory.value == 0) return;
  switch (job.memory_scope) {
    case trace::MemoryScope::per_core: {
      const int64_t most = INT64_MAX / std::max(1, r.cores);
      r.memory = Bytes{std::min(job.memory.value, most) * r.cores};
      break;
    }
    case trace::MemoryScope::per_node:
      r.memory = job.memory;
      break;
    case trace::MemoryScope::per_job:
      r.memory = job.memory / std::max(1, r.nodes);
      break;
  }
  const Bytes most = most_memory(out);
  if (most.value > 0 && r.memory > most) {
    r.memory = most;
    ++adjustments_.memory_cut;
  }
}

bool Workload::to_request(const trace::TraceJob& job, JobRequest& out) {
  if (!job.run_time || job.limit.value <= 0) {
    ++adjustments_.never_ran;
    return false;
  }
  out = {};
  out.name = job.name;
  out.user = job.user;
  out.project = job.project;
  if (qos_.count(job.qos)) out.qos = job.qos;
  adjustments_.qos_dropped += !job.qos.empty() && out.qos.empty();
  out.priority = job.priority;
  out.workload_class = job.workload_class.value_or(
      job.devices_per_node > 0 ? WorkloadClass::training : WorkloadClass::simulation);
  out.precision =
      job.precision.value_or(job.devices_per_node > 0 ? Precision::bf16 : Precision::fp64);
  out.wish = options_.wish.value_or(job.wish.value_or(options_.default_wish));
  out.resources.exclusive = job.exclusive;
  fill_devices(job, out);
  fill_places(job, out);
  fill_layout(job, out);
  fill_memory(job, out);
  out.limit = job.limit;
  adjustments_.no_limit += job.limit_assumed;
  if (options_.scale_by_throughput) {
    const Speeds s = speeds(out);
    if (s.least > 0 && s.least < s.mean) {
      const double stretched = static_cast<double>(job.limit.value) * s.mean / s.least;
      out.limit = Duration{static_cast<int64_t>(stretched) + 1};
      // The stretching is ours: it must not make a job ask for more than the centre allows.
      if (job.limit <= max_limit_) out.limit = std::min(out.limit, max_limit_);
    }
  }
  return true;
}

void Workload::set_deadline(const trace::TraceJob& job, Time now, JobRequest& out) const {
  if (options_.flexible_share <= 0) return;
  const uint64_t draw = mix64(static_cast<uint64_t>(job.id)) >> 11;  // 53 bits
  if (static_cast<double>(draw) * 0x1p-53 >= options_.flexible_share) return;
  out.deadline = now + out.limit + options_.flexible_slack;
}

int64_t Workload::throughput(const std::string& model, Precision precision) const {
  auto it = models_.find(model);
  if (it == models_.end()) return 0;
  const int64_t measured = it->second.measured.at(precision);
  return measured > 0 ? measured : it->second.peak.at(precision);
}

// Weighted by how many devices (or cores) of each model there are; models without a figure at this
// precision do not count.
Workload::Speeds Workload::speeds(const JobRequest& request) const {
  Speeds s;
  double weight = 0;
  const auto add = [&](const std::string& model, double count) {
    const auto value = static_cast<double>(throughput(model, request.precision));
    if (value <= 0) return;
    s.mean += value * count;
    s.least = s.least == 0 ? value : std::min(s.least, value);
    weight += count;
  };
  for (const auto& [name, pool] : pools_) {
    const auto& pools = request.resources.pools;
    if (!pools.empty() && std::find(pools.begin(), pools.end(), name) == pools.end()) continue;
    if (!may_use(request, pool)) continue;
    if (request.resources.devices.count == 0) {
      add(pool.cpu_model, static_cast<double>(pool.nodes) * pool.cores);
      continue;
    }
    for (const auto& [model, count] : pool.devices) {
      const auto& allowed = request.resources.devices.models;
      const bool named = std::find(allowed.begin(), allowed.end(), model) != allowed.end();
      auto known = models_.find(model);
      const bool kind =
          known != models_.end() && request.resources.devices.kind == known->second.kind;
      if (allowed.empty() ? kind : named) add(model, static_cast<double>(pool.nodes) * count);
    }
  }
  if (weight > 0) s.mean /= weight;
  return s;
}

Duration Workload::run_time_on(const JobRequest& request, Duration run_time,
                               const std::string& model, const std::string& pool) const {
  if (!options_.scale_by_throughput || pools_.size() == 1) return run_time;
  std::string used = model;
  if (used.empty()) {
    auto it = pools_.find(pool);
    if (it != pools_.end()) used = it->second.cpu_model;
  }
  const auto value = static_cast<double>(throughput(used, request.precision));
  const Speeds s = speeds(request);
  if (value <= 0 || s.mean <= 0) return run_time;
  return Duration{static_cast<int64_t>(static_cast<double>(run_time.value) * s.mean / value + 0.5)};
}

trace::Machine plain_machine(int64_t cores) {
  trace::Machine machine;
  Node node;
  node.name = "machine";
  node.pool = "machine";
  node.cores = static_cast<int32_t>(std::min(cores, kMaxPlainCores));
  node.memory = kPlainMemory;
  machine.nodes.push_back(node);
  return machine;
}

namespace {

trace::Machine even_machine(int64_t nodes, int64_t cores_each) {
  trace::Machine machine;
  Node node;
  node.pool = "machine";
  node.cores = static_cast<int32_t>(cores_each);
  node.memory = Bytes{INT64_MAX >> 1};
  for (int64_t i = 0; i < nodes; ++i) {
    node.name = fmt::format("n{:06}", i);
    machine.nodes.push_back(node);
  }
  return machine;
}

trace::Machine pooled_machine(const std::vector<trace::TracePool>& pools) {
  trace::Machine machine;
  std::set<std::string> models;
  for (const trace::TracePool& pool : pools) {
    for (int32_t i = 0; i < pool.nodes; ++i) {
      Node node;
      node.name = fmt::format("{}-{:05}", pool.name, i);
      node.pool = pool.name;
      node.cores = pool.cores;
      node.memory = pool.memory.value > 0 ? pool.memory : Bytes{INT64_MAX >> 1};
      node.devices = pool.devices;
      node.features = pool.features;
      machine.nodes.push_back(std::move(node));
    }
    for (const DeviceGroup& group : pool.devices) {
      if (!models.insert(group.model).second) continue;
      DeviceModel model;
      model.name = group.model;
      machine.devices.push_back(model);
    }
  }
  return machine;
}

}  // namespace

Result<trace::Machine> machine_of(const trace::TraceHeader& header, bool with_nodes) {
  if (!header.pools.empty()) return pooled_machine(header.pools);
  const int64_t cores = header.max_cores > 0 ? header.max_cores : header.max_nodes;
  if (cores <= 0) {
    return fail(ErrorCode::invalid,
                "the trace does not say how large its machine is (MaxProcs, MaxNodes): name a "
                "centre file, or --cores N",
                header.source);
  }
  if (cores > kMaxPlainCores) {
    return fail(ErrorCode::invalid, fmt::format("a machine of {} processors", cores),
                header.source);
  }
  if (!with_nodes) return plain_machine(cores);
  if (header.max_nodes <= 0 || cores % header.max_nodes != 0) {
    return fail(ErrorCode::invalid,
                fmt::format("{} processors do not make {} even nodes: leave --nodes out", cores,
                            header.max_nodes),
                header.source);
  }
  return even_machine(header.max_nodes, cores / header.max_nodes);
}

}  // namespace pentad::twin
