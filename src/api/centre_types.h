// What goes over the wire about the centre itself: nodes, pools, device models, reservations,
// applications, status. Units as in job_types.h.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/limits.h"
#include "base/reflect_note.h"
#include "base/reflect_traits.h"
#include "model/device.h"
#include "model/job.h"
#include "model/node.h"

namespace pentad::api {

struct DeviceView {
  std::string model;
  int32_t position = 0;
  int32_t used_milli = 0;
};
BOOST_DESCRIBE_STRUCT(DeviceView, (), (model, position, used_milli))
constexpr auto field_notes(const DeviceView*) {
  return std::array{note("used_milli").doc("Thousandths of it given to running jobs")};
}

struct NodeInfo {
  std::string name;
  std::string pool;
  NodeState state = NodeState::up;
  std::string reason;
  int32_t cores = 0;
  int32_t cores_used = 0;
  int64_t memory_bytes = 0;
  int64_t memory_used_bytes = 0;
  std::string cpu_model;
  std::vector<DeviceView> devices;
  std::vector<std::string> features;
  int32_t attempts = 0;
};
BOOST_DESCRIBE_STRUCT(NodeInfo, (),
                      (name, pool, state, reason, cores, cores_used, memory_bytes,
                       memory_used_bytes, cpu_model, devices, features, attempts))
constexpr auto field_notes(const NodeInfo*) {
  return std::array{note("cores_used").doc("Given to running jobs"),
                    note("cpu_model").doc("Name of a device model; its figures are per core"),
                    note("attempts").doc("How many run there")};
}

struct NodeList {
  std::vector<NodeInfo> nodes;
};
BOOST_DESCRIBE_STRUCT(NodeList, (), (nodes))

// Body of PATCH /nodes/{name}. up: resume. draining: finishes what runs, takes nothing new. down:
// ends what runs there as node_failed.
struct NodeChange {
  NodeState state = NodeState::up;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(NodeChange, (), (state, reason))
constexpr auto field_notes(const NodeChange*) {
  return std::array{note("state").doc("up, draining or down").required(),
                    note("reason").doc("For people").single_line().length(0, kMaxNameBytes)};
}

struct PoolInfo {
  std::string name;
  int32_t nodes = 0;
  int32_t nodes_up = 0;
  int64_t cores = 0;
  int64_t cores_used = 0;
  int64_t memory_bytes = 0;
  int64_t memory_used_bytes = 0;
  std::string cpu_model;
  std::map<std::string, int64_t> devices;
  std::map<std::string, int64_t> devices_used_milli;
};
BOOST_DESCRIBE_STRUCT(PoolInfo, (),
                      (name, nodes, nodes_up, cores, cores_used, memory_bytes, memory_used_bytes,
                       cpu_model, devices, devices_used_milli))
constexpr auto field_notes(const PoolInfo*) {
  return std::array{note("devices").doc("How many of each model"),
                    note("devices_used_milli").doc("Thousandths given to running jobs, by model")};
}

struct PoolList {
  std::vector<PoolInfo> pools;
};
BOOST_DESCRIBE_STRUCT(PoolList, (), (pools))

// Millions of operations per second by precision; 0: unsupported or not known.
struct ThroughputView {
  int64_t fp64 = 0, fp32 = 0, tf32 = 0, bf16 = 0, fp16 = 0, fp8 = 0, int8 = 0, int4 = 0;
};
BOOST_DESCRIBE_STRUCT(ThroughputView, (), (fp64, fp32, tf32, bf16, fp16, fp8, int8, int4))
constexpr auto field_notes(const ThroughputView*) {
  return std::array{note("fp64").at_least(0), note("fp32").at_least(0), note("tf32").at_least(0),
                    note("bf16").at_least(0), note("fp16").at_least(0), note("fp8").at_least(0),
                    note("int8").at_least(0), note("int4").at_least(0)};
}

struct DeviceModelInfo {
  std::string name;
  DeviceKind kind = DeviceKind::gpu;
  int64_t memory_bytes = 0;
  ThroughputView measured_mops;
  ThroughputView peak_mops;
  int64_t idle_power_mw = 0;
  int64_t full_power_mw = 0;
  int64_t price_per_hour_ucny = 0;
};
BOOST_DESCRIBE_STRUCT(DeviceModelInfo, (),
                      (name, kind, memory_bytes, measured_mops, peak_mops, idle_power_mw,
                       full_power_mw, price_per_hour_ucny))
constexpr auto field_notes(const DeviceModelInfo*) {
  return std::array{
      note("kind").doc("For cpu all figures are those of one core, else of one whole device"),
      note("measured_mops").doc("Millions of operations per second; all 0 until calibrated"),
      note("peak_mops").doc("From the catalogue; used where nothing is measured"),
      note("price_per_hour_ucny").doc("Millionths of a yuan")};
}

struct DeviceModelList {
  std::vector<DeviceModelInfo> models;
};
BOOST_DESCRIBE_STRUCT(DeviceModelList, (), (models))

// Body of PUT /nodes/{name}/calibration: what was measured on that node. The CPU's figures are per
// core.
struct MeasuredModel {
  std::string model;
  ThroughputView measured_mops;
};
BOOST_DESCRIBE_STRUCT(MeasuredModel, (), (model, measured_mops))
constexpr auto field_notes(const MeasuredModel*) {
  return std::array{note("model")
                        .doc("A device model of that node")
                        .required()
                        .single_line()
                        .length(1, kMaxNameBytes),
                    note("measured_mops").doc("0 leaves what was known").required()};
}

struct Calibration {
  std::vector<MeasuredModel> models;
};
BOOST_DESCRIBE_STRUCT(Calibration, (), (models))
constexpr auto field_notes(const Calibration*) {
  return std::array{note("models").required().length(1, 64)};
}

struct ReservationView {
  int64_t id = 0;
  std::string name;
  std::vector<std::string> nodes;
  int64_t begin_at_ms = 0;
  int64_t end_at_ms = 0;
  std::vector<std::string> users;
  std::vector<std::string> projects;
};
BOOST_DESCRIBE_STRUCT(ReservationView, (),
                      (id, name, nodes, begin_at_ms, end_at_ms, users, projects))

struct ReservationList {
  std::vector<ReservationView> reservations;
};
BOOST_DESCRIBE_STRUCT(ReservationList, (), (reservations))

// Body of POST /reservations. At least one node, and at least one user or project.
struct ReservationRequest {
  std::string name;
  std::vector<std::string> nodes;
  int64_t begin_at_ms = 0;
  int64_t end_at_ms = 0;
  std::vector<std::string> users;
  std::vector<std::string> projects;
};
BOOST_DESCRIBE_STRUCT(ReservationRequest, (),
                      (name, nodes, begin_at_ms, end_at_ms, users, projects))
constexpr auto field_notes(const ReservationRequest*) {
  return std::array{note("name").required().single_line().length(1, kMaxNameBytes),
                    note("nodes").required().length(1, 10'000),
                    note("begin_at_ms").required().range(0, kMaxTimeMs),
                    note("end_at_ms").required().range(0, kMaxTimeMs),
                    note("users").length(0, 1000),
                    note("projects").length(0, 1000)};
}

// ok: everything works. degraded: nothing new is taken (see `detail`), what runs goes on.
BOOST_DEFINE_ENUM_CLASS(Health, ok, degraded)

struct JobCounts {
  int64_t held = 0;
  int64_t queued = 0;
  int64_t unfinished = 0;
  int64_t attempts = 0;
};
BOOST_DESCRIBE_STRUCT(JobCounts, (), (held, queued, unfinished, attempts))
constexpr auto field_notes(const JobCounts*) {
  return std::array{note("queued").doc("Ready to start"),
                    note("unfinished").doc("Jobs pending or running"),
                    note("attempts").doc("Starting, running or ending now")};
}

struct NodeCounts {
  int64_t up = 0;
  int64_t draining = 0;
  int64_t drained = 0;
  int64_t down = 0;
  int64_t cores = 0;
  int64_t cores_used = 0;
};
BOOST_DESCRIBE_STRUCT(NodeCounts, (), (up, draining, drained, down, cores, cores_used))

struct StatusView {
  std::string version;
  Health health = Health::ok;
  std::string detail;
  std::string home;
  std::string listen;
  int32_t pid = 0;
  int64_t now_ms = 0;
  int64_t started_at_ms = 0;
  JobCounts jobs;
  NodeCounts nodes;
  int64_t events = 0;
};
BOOST_DESCRIBE_STRUCT(StatusView, (),
                      (version, health, detail, home, listen, pid, now_ms, started_at_ms, jobs,
                       nodes, events))
constexpr auto field_notes(const StatusView*) {
  return std::array{note("detail").doc("Why the centre is degraded"),
                    note("events").doc("Events in the journal so far")};
}

}  // namespace pentad::api
