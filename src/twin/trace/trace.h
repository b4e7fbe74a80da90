// Traces: streams of jobs as a machine once saw them, whatever the file they come from. Reading
// keeps a small buffer and one job in memory, however long the trace is.
//
//   auto trace = open_trace("SDSC-SP2.swf.gz");          // format by content and name
//   TraceJob job;
//   for (auto more = (*trace)->read(job); more && *more; more = (*trace)->read(job)) ...
//   (*trace)->counts(), (*trace)->bad_lines()            // what was not as it should be
//
// README.md states the rules for what a trace leaves out or gets wrong.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "model/device.h"
#include "model/job.h"
#include "model/node.h"
#include "twin/trace/byte_source.h"

namespace pentad::trace {

BOOST_DEFINE_ENUM_CLASS(TraceFormat, swf, openb, history, generated)

// What the trace says became of a job. cancelled: given up by its user, before or after it started.
BOOST_DEFINE_ENUM_CLASS(TraceStatus, unknown, completed, failed, cancelled)

// What TraceJob::memory is an amount of.
BOOST_DEFINE_ENUM_CLASS(MemoryScope, per_core, per_node, per_job)

// Cores a job had on one node, by the trace's name of the node.
struct RecordedShare {
  std::string node;
  int32_t cores = 0;
  bool operator==(const RecordedShare&) const = default;
};
BOOST_DESCRIBE_STRUCT(RecordedShare, (), (node, cores))

// One job. Empty text, 0 and an empty optional mean that the trace does not say.
struct TraceJob {
  int64_t id = 0;    // the trace's own number; not always unique
  std::string name;  // of the job, the pod
  // Since TraceHeader::start; never earlier than that of the job read before.
  Duration submit;
  std::optional<Duration> run_time;  // empty: it never ran, or nobody knows how long
  Duration limit;                    // requested time; 0 when neither it nor the run time is known
  bool limit_assumed = false;        // the trace has no limit: it is the run time

  int64_t cores = 1;           // of the whole job, at least 1
  int32_t nodes = 0;           // 0: any number
  int32_t cores_per_node = 0;  // on each of `nodes`; nodes * cores_per_node >= cores
  Bytes memory;                // 0: unlimited
  MemoryScope memory_scope = MemoryScope::per_node;

  int32_t devices_per_node = 0;            // on each node; a job with nodes = 0 has them on one
  int32_t device_share_milli = 1000;       // thousandths of each
  std::optional<DeviceKind> device_kind;   // any model of this kind
  std::vector<std::string> device_models;  // any one of these
  bool exclusive = false;                  // whole nodes
  std::vector<std::string> features;       // a node must have all of them
  std::vector<std::string> not_features;   // and none of these
  std::vector<std::string> pools;          // any of them; empty: any

  std::string user;
  std::string project;    // group
  std::string queue;      // number or name; see TraceHeader::queue_names
  std::string partition;  // number or name; see TraceHeader::partition_names
  std::string qos;
  int32_t priority = 0;
  std::optional<WorkloadClass> workload_class;
  std::optional<Precision> precision;
  std::optional<Wish> wish;

  std::optional<Duration> begin;     // since TraceHeader::start: not to start before
  std::optional<Duration> deadline;  // since TraceHeader::start: to have ended by then

  TraceStatus status = TraceStatus::unknown;
  int64_t after = 0;  // submitted `think_time` after the end of the job with this id; 0: none
  Duration think_time;
  std::optional<Duration> wait;           // as recorded: what the trace's own scheduler did
  std::vector<RecordedShare> allocation;  // as recorded

  bool operator==(const TraceJob&) const = default;
};
BOOST_DESCRIBE_STRUCT(TraceJob, (),
                      (id, name, submit, run_time, limit, limit_assumed, cores, nodes,
                       cores_per_node, memory, memory_scope, devices_per_node, device_share_milli,
                       device_kind, device_models, exclusive, features, not_features, pools, user,
                       project, queue, partition, qos, priority, workload_class, precision, wish,
                       begin, deadline, status, after, think_time, wait, allocation))

// Nodes of one make that stand in a trace's header.
struct TracePool {
  std::string name;
  int32_t nodes = 0;
  int32_t cores = 0;  // of each node
  Bytes memory;       // of each node
  std::vector<DeviceGroup> devices;
  std::vector<std::string> features;
  bool operator==(const TracePool&) const = default;
};
BOOST_DESCRIBE_STRUCT(TracePool, (), (name, nodes, cores, memory, devices, features))

// What a trace says about itself. 0, empty: it does not.
struct TraceHeader {
  TraceFormat format = TraceFormat::swf;
  std::string source;         // path or name it was opened by
  std::optional<Time> start;  // when TraceJob::submit is 0
  int64_t max_nodes = 0;
  int64_t max_cores = 0;  // MaxProcs
  int64_t max_jobs = 0;   // as the header claims, often of a longer original
  std::string time_zone;  // such as Europe/Stockholm
  std::optional<Duration> utc_offset;
  std::string computer;
  std::string installation;
  std::string acknowledge;
  std::map<int64_t, std::string> queue_names;
  std::map<int64_t, std::string> partition_names;
  std::vector<TracePool> pools;    // of a history
  std::vector<std::string> notes;  // the first hundred
  bool operator==(const TraceHeader&) const = default;
};
BOOST_DESCRIBE_STRUCT(TraceHeader, (),
                      (format, source, start, max_nodes, max_cores, max_jobs, time_zone, utc_offset,
                       computer, installation, acknowledge, queue_names, partition_names, pools,
                       notes))

// What a reading met so far. All but `lines`, `jobs` and `bad` count jobs that were handed out, or
// lines that were left out, by a rule of README.md.
struct TraceCounts {
  int64_t lines = 0;        // all, comments and blank ones too
  int64_t jobs = 0;         // handed out
  int64_t bad = 0;          // lines that are no job: left out
  int64_t no_limit = 0;     // without requested time
  int64_t no_run_time = 0;  // without run time
  int64_t over_limit = 0;   // ran longer than they requested
  int64_t went_back = 0;    // submitted before the job of the line before: moved there
  int64_t uneven = 0;       // unlike parts: each node must hold the largest
  int64_t rounded_up = 0;   // parts of a core made whole
  int64_t partial = 0;      // lines about a part of a job that another line sums up: left out
  bool operator==(const TraceCounts&) const = default;
};
BOOST_DESCRIBE_STRUCT(TraceCounts, (),
                      (lines, jobs, bad, no_limit, no_run_time, over_limit, went_back, uneven,
                       rounded_up, partial))

struct BadLine {
  int64_t line = 0;   // from 1
  std::string field;  // empty: the whole line
  std::string why;
  bool operator==(const BadLine&) const = default;
};
BOOST_DESCRIBE_STRUCT(BadLine, (), (line, field, why))

struct TraceOptions {
  bool strict = false;  // the first bad line, and the first submit time that goes back, is an error
};

// Bad lines kept with their reason; all are counted.
inline constexpr size_t kNamedBadLines = 10;

// A stream of jobs. After an error (unreadable or truncated file: corrupt or failed; strict:
// invalid with "source:line: field: why") every further read gives the same error.
class TraceReader {
 public:
  virtual ~TraceReader() = default;

  // Fills `out`, whatever it held, and returns true; false at the end.
  virtual Result<bool> read(TraceJob& out) = 0;
  Result<std::optional<TraceJob>> next();

  // Complete as soon as the reader is open.
  const TraceHeader& header() const { return header_; }
  const TraceCounts& counts() const { return counts_; }
  const std::vector<BadLine>& bad_lines() const { return bad_lines_; }

 protected:
  TraceHeader header_;
  TraceCounts counts_;
  std::vector<BadLine> bad_lines_;
};

// Opens a trace file: gzip or plain; SWF, openb pod list or Pentad's history, told apart by their
// content, then by the name. Errors: not_found, failed; invalid when it is none of these.
Result<std::unique_ptr<TraceReader>> open_trace(const std::string& path, TraceOptions options = {});

// The same from any bytes; `name` serves messages and, if need be, tells the format.
Result<std::unique_ptr<TraceReader>> open_trace(std::unique_ptr<ByteSource> bytes,
                                                const std::string& name, TraceOptions options = {});

// A machine as a trace or generator describes it. `nodes` are grouped by pool, pools by make; each
// `cpu_model` and device model has its row in `devices`, with what is known of it (the rest 0).
struct Machine {
  std::vector<DeviceModel> devices;
  std::vector<Node> nodes;
  bool operator==(const Machine&) const = default;
};
BOOST_DESCRIBE_STRUCT(Machine, (), (devices, nodes))

// Reads openb_node_list_all_node.csv (columns sn, cpu_milli, memory_mib, gpu, model). Any bad line
// is an error: a machine with holes is no use.
Result<Machine> read_openb_nodes(const std::string& path);
Result<Machine> read_openb_nodes(std::unique_ptr<ByteSource> bytes, const std::string& name);

}  // namespace pentad::trace
