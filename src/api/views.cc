#include "api/views.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pentad::api {

std::optional<int64_t> some_time(Time time) {
  if (time == Time{} || time == Time::never()) return {};
  return time.value;
}

std::string attempt_text(const AttemptId& attempt, bool is_array) {
  if (!is_array) return fmt::format("{}.{}", attempt.job.value, attempt.number);
  return fmt::format("{}_{}.{}", attempt.job.value, attempt.index, attempt.number);
}

UsageView usage_view(const Usage& usage) {
  return {usage.cpu_user.value, usage.cpu_system.value, usage.peak_memory.value, usage.read.value,
          usage.written.value};
}

JobSummary job_summary(const JobStatus& status, const JobRequest& request,
                       const std::string& application, Time now) {
  JobSummary out;
  out.id = status.job.value;
  out.name = request.name;
  out.user = request.user;
  out.project = request.project;
  out.qos = request.qos;
  out.queue = request.queue;
  out.comment = request.comment;
  out.application = application;
  out.state = status.state;
  out.reason = status.reason;
  out.message = status.message;
  out.submitted_at_ms = status.submitted.value;
  out.started_at_ms = some_time(status.started);
  out.ended_at_ms = some_time(status.ended);
  Time waited_until = status.started != Time{} ? status.started
                      : status.ended != Time{} ? status.ended
                                               : now;
  out.waited_ms = std::max<int64_t>(0, (waited_until - status.submitted).value);
  out.ran_ms = status.ran.value;
  out.limit_s = request.limit.value / 1000;
  out.priority = request.priority;
  out.nodes = request.resources.nodes;
  out.cores = request.resources.cores;
  out.memory_bytes = request.resources.memory.value;
  out.devices = request.resources.devices.count;
  if (request.array) out.array = request.array->indices.to_string();
  out.pending = status.pending;
  out.running = status.running;
  out.succeeded = status.succeeded;
  out.unsuccessful = status.unsuccessful;
  out.attempts = status.attempts;
  out.exit_code = status.exit_code;
  out.signal = status.signal;
  out.usage = usage_view(status.usage);
  return out;
}

JobSummary job_summary(const store::JobRecord& record, Time now) {
  return job_summary(record.status, record.request, record.application, now);
}

AttemptView attempt_view(const AttemptStatus& attempt, bool is_array, const engine::Files* files) {
  AttemptView out;
  out.id = attempt_text(attempt.attempt, is_array);
  out.job = attempt.attempt.job.value;
  out.index = attempt.attempt.index;
  out.number = attempt.attempt.number;
  out.state = attempt.state;
  out.pool = attempt.placement.pool;
  out.device_model = attempt.placement.device_model;
  out.cores = attempt.placement.cores;
  out.memory_bytes = attempt.placement.memory.value;
  out.share_milli = attempt.placement.share_milli;
  for (const NodeShare& share : attempt.placement.nodes) {
    out.nodes.push_back({share.node, share.devices});
  }
  out.ordered_at_ms = attempt.ordered.value;
  out.started_at_ms = some_time(attempt.end.started_at);
  if (is_final(attempt.state)) {
    out.ended_at_ms = some_time(attempt.end.ended_at);
    out.end = attempt.end.kind;
  }
  out.exit_code = attempt.end.exit_code;
  out.signal = attempt.end.signal;
  out.message = attempt.end.message;
  out.usage = usage_view(attempt.end.usage);
  if (files) {
    out.stdout_path = files->stdout_path;
    out.stderr_path = files->stderr_path.empty() ? files->stdout_path : files->stderr_path;
  }
  return out;
}

JobEvent job_event(const JobStatus& s, Time at) {
  return {s.job.value, s.state,        s.reason,    s.message, s.pending, s.running,
          s.succeeded, s.unsuccessful, s.exit_code, s.signal,  at.value};
}

AttemptEvent attempt_event(const AttemptStatus& a, Time at) {
  AttemptEvent out;
  out.job = a.attempt.job.value;
  out.index = a.attempt.index;
  out.number = a.attempt.number;
  out.state = a.state;
  for (const NodeShare& share : a.placement.nodes) out.nodes.push_back(share.node);
  if (is_final(a.state)) out.end = a.end.kind;
  out.exit_code = a.end.exit_code;
  out.signal = a.end.signal;
  out.message = a.end.message;
  out.at_ms = at.value;
  return out;
}

NodeInfo node_info(const NodeView& view) {
  NodeInfo out;
  out.name = view.node.name;
  out.pool = view.node.pool;
  out.state = view.state;
  out.reason = view.reason;
  out.cores = view.node.cores;
  out.cores_used = view.cores_used;
  out.memory_bytes = view.node.memory.value;
  out.memory_used_bytes = view.memory_used.value;
  out.cpu_model = view.node.cpu_model;
  int32_t position = 0;
  for (const DeviceGroup& group : view.node.devices) {
    for (int32_t i = 0; i < group.count; ++i, ++position) {
      auto at = static_cast<size_t>(position);
      int32_t used = at < view.device_milli_used.size() ? view.device_milli_used[at] : 0;
      out.devices.push_back({group.model, position, used});
    }
  }
  out.features = view.node.features;
  out.attempts = view.attempts;
  return out;
}

std::vector<PoolInfo> pool_infos(const std::vector<NodeView>& nodes) {
  std::map<std::string, PoolInfo> pools;
  for (const NodeView& view : nodes) {
    PoolInfo& pool = pools[view.node.pool];
    pool.name = view.node.pool;
    ++pool.nodes;
    if (view.state == NodeState::up) ++pool.nodes_up;
    pool.cores += view.node.cores;
    pool.cores_used += view.cores_used;
    pool.memory_bytes += view.node.memory.value;
    pool.memory_used_bytes += view.memory_used.value;
    if (pool.cpu_model.empty()) pool.cpu_model = view.node.cpu_model;
    for (const DeviceView& device : node_info(view).devices) {
      ++pool.devices[device.model];
      pool.devices_used_milli[device.model] += device.used_milli;
    }
  }
  std::vector<PoolInfo> out;
  for (auto& [name, pool] : pools) out.push_back(std::move(pool));
  return out;
}

ThroughputView throughput_view(const Throughput& t) {
  return {t.fp64, t.fp32, t.tf32, t.bf16, t.fp16, t.fp8, t.int8, t.int4};
}

DeviceModelInfo device_model_info(const DeviceModel& model) {
  return {model.name,
          model.kind,
          model.memory.value,
          throughput_view(model.measured),
          throughput_view(model.peak),
          model.idle_power.value,
          model.full_power.value,
          model.price_per_hour.value};
}

ReservationView reservation_view(const AdvanceReservation& r) {
  return {r.id.value, r.name, r.nodes, r.begin.value, r.end.value, r.users, r.projects};
}

}  // namespace pentad::api
