// Pentad's own history: what `pentad history export` writes and the twin replays. JSON lines, the
// first a HistoryHeader, each other one a HistoryJob, by time of submission.
//
//   {"format":"pentad-history","version":1,"start_ms":1764000000000,"pools":[...]}
//   {"id":12,"user":"ada","submitted_at_ms":1764000000123,"started_at_ms":...,"cores":4,...}
//
// A reader skips fields that it does not know, and takes defaults for those that are missing but
// `id` and `submitted_at_ms`: later versions may add fields. Units stand in the names.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/reflect_note.h"
#include "model/device.h"
#include "model/job.h"
#include "twin/trace/trace.h"

namespace pentad::trace {

inline constexpr std::string_view kHistoryFormat = "pentad-history";
inline constexpr int32_t kHistoryVersion = 1;

struct HistoryHeader {
  std::string format{kHistoryFormat};
  int32_t version = kHistoryVersion;
  std::string exported_by;  // program and version
  int64_t exported_at_ms = 0;
  int64_t start_ms = 0;          // no job was submitted earlier
  std::vector<TracePool> pools;  // of the centre at the time of the export
};
BOOST_DESCRIBE_STRUCT(HistoryHeader, (),
                      (format, version, exported_by, exported_at_ms, start_ms, pools))

// A job, or one element of an array, or `count` elements that never started. `state`, started,
// ended and what follows are those of its last attempt.
struct HistoryJob {
  int64_t id = 0;
  std::optional<int64_t> index;  // of the element
  int64_t count = 1;
  std::string name;
  std::string user;
  std::string project;
  std::string qos;
  std::string application;
  JobState state = JobState::queued;
  int64_t submitted_at_ms = 0;
  std::optional<int64_t> begin_at_ms;
  std::optional<int64_t> deadline_at_ms;
  std::optional<int64_t> first_started_at_ms;  // of its first attempt that is known
  std::optional<int64_t> started_at_ms;
  std::optional<int64_t> ended_at_ms;
  int32_t attempts = 0;
  int64_t limit_ms = 0;  // 0: not known
  int32_t priority = 0;

  int32_t nodes = 1;
  int32_t cores = 1;         // on each node
  int64_t memory_bytes = 0;  // on each node; 0: no limit
  int32_t devices = 0;       // on each node
  std::optional<DeviceKind> device_kind;
  std::vector<std::string> device_models;
  int32_t device_share_milli = 1000;
  bool exclusive = false;
  std::vector<std::string> features;
  std::vector<std::string> pools;
  std::optional<WorkloadClass> workload_class;
  std::optional<Precision> precision;
  std::optional<Wish> wish;
  int64_t after = 0;  // waited for the end of the job with this id; 0: none

  std::string pool;                 // where it ran
  std::string device_model;         // on which devices
  std::vector<std::string> ran_on;  // names of nodes
  int64_t cpu_ms = 0;
  int64_t peak_memory_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(HistoryJob, (),
                      (id, index, count, name, user, project, qos, application, state,
                       submitted_at_ms, begin_at_ms, deadline_at_ms, first_started_at_ms,
                       started_at_ms, ended_at_ms, attempts, limit_ms, priority, nodes, cores,
                       memory_bytes, devices, device_kind, device_models, device_share_milli,
                       exclusive, features, pools, workload_class, precision, wish, after, pool,
                       device_model, ran_on, cpu_ms, peak_memory_bytes))

// The job a trace reader hands out for `job`; an empty text, or what is wrong: "field: why".
std::string to_trace_job(const HistoryJob& job, Time start, TraceJob& out);

}  // namespace pentad::trace
