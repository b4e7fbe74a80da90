#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/reflect.h"
#include "twin/trace/history.h"
#include "twin/trace/line_trace.h"
#include "twin/trace/readers.h"

namespace pentad::trace {

namespace {

constexpr int64_t kMaxTimeMs = kMaxSeconds * 1000;
constexpr int64_t kMaxCount = 10'000'000;  // elements on one line

TraceStatus status_of(JobState state) {
  if (!is_final(state)) return TraceStatus::unknown;
  if (state == JobState::completed) return TraceStatus::completed;
  return state == JobState::cancelled ? TraceStatus::cancelled : TraceStatus::failed;
}

// The first field that makes no sense.
std::string check(const HistoryJob& job) {
  auto outside = [](std::string_view field, int64_t value, int64_t min, int64_t max) {
    bool is_ok = value >= min && value <= max;
    return is_ok ? "" : fmt::format("{}: {} is not from {} to {}", field, value, min, max);
  };
  std::string wrong = outside("submitted_at_ms", job.submitted_at_ms, 1, kMaxTimeMs);
  auto add = [&](std::string one) {
    if (wrong.empty()) wrong = std::move(one);
  };
  add(outside("id", job.id, 1, std::numeric_limits<int64_t>::max()));
  add(outside("count", job.count, 1, kMaxCount));
  add(outside("limit_ms", job.limit_ms, 0, kMaxTimeMs));
  add(outside("nodes", job.nodes, 1, kMaxCores));
  add(outside("cores", job.cores, 0, kMaxCores));
  add(outside("cores", int64_t{job.nodes} * job.cores, 0, kMaxCores));
  add(outside("memory_bytes", job.memory_bytes, 0, kMaxMemoryBytes));
  add(outside("devices", job.devices, 0, kMaxDevicesPerNode));
  add(outside("device_share_milli", job.device_share_milli, 1, 1000));
  add(outside("after", job.after, 0, std::numeric_limits<int64_t>::max()));
  auto time = [&](std::string_view field, const std::optional<int64_t>& at, int64_t min) {
    if (at) add(outside(field, *at, min, kMaxTimeMs));
  };
  time("begin_at_ms", job.begin_at_ms, 0);
  time("deadline_at_ms", job.deadline_at_ms, 0);
  time("first_started_at_ms", job.first_started_at_ms, job.submitted_at_ms);
  time("started_at_ms", job.started_at_ms, job.submitted_at_ms);
  time("ended_at_ms", job.ended_at_ms, job.started_at_ms.value_or(job.submitted_at_ms));
  return wrong;
}

class HistoryReader : public LineTrace {
 public:
  HistoryReader(std::unique_ptr<ByteSource> bytes, const std::string& name, TraceOptions options)
      : LineTrace(std::move(bytes), name, TraceFormat::history, options) {}

  Status open() {
    Result<HistoryHeader> header = fail(ErrorCode::invalid, "the first line is no header");
    bool is_first = true;
    auto read = read_header([&](std::string_view line) {
      if (!std::exchange(is_first, false)) return false;
      header = from_json<HistoryHeader>(line, ReadMode::lenient);
      return true;
    });
    if (!read) return read;
    if (!header) return refuse(header.error().message);
    if (header->format != kHistoryFormat) return refuse("the first line is no header");
    if (header->version < 1 || header->version > kHistoryVersion) {
      return refuse(fmt::format("version {} of the format; this program reads up to {}",
                                header->version, kHistoryVersion));
    }
    if (header->start_ms < 0 || header->start_ms > kMaxTimeMs) return refuse("start_ms: absurd");
    header_.start = Time{header->start_ms};
    for (const TracePool& pool : header->pools) {
      if (pool.nodes < 0 || pool.cores < 0) return refuse("pools: a negative number");
      header_.max_nodes += pool.nodes;
      header_.max_cores += int64_t{pool.nodes} * pool.cores;
    }
    header_.pools = std::move(header->pools);
    return {};
  }

 protected:
  LineKind parse(std::string_view line, TraceJob& out) override;
  bool repeats(TraceJob& out) override {
    if (left_ == 0) return false;
    --left_;
    out = repeated_;
    return true;
  }

 private:
  Status refuse(std::string why) const {
    return fail(ErrorCode::invalid, std::move(why), header_.source + ":1");
  }

  TraceJob repeated_;
  int64_t left_ = 0;  // how often it is still to be handed out
};

LineKind HistoryReader::parse(std::string_view line, TraceJob& out) {
  if (line.empty()) return LineKind::nothing;
  auto job = from_json<HistoryJob>(line, ReadMode::lenient);
  if (!job) return set_fault(job.error().path, job.error().message);
  std::string wrong = to_trace_job(*job, *header_.start, out);
  if (!wrong.empty()) {
    size_t colon = wrong.find(": ");
    return set_fault(wrong.substr(0, colon), wrong.substr(colon + 2));
  }
  left_ = job->count - 1;
  if (left_ > 0) repeated_ = out;
  return LineKind::job;
}

}  // namespace

std::string to_trace_job(const HistoryJob& job, Time start, TraceJob& out) {
  if (std::string wrong = check(job); !wrong.empty()) return wrong;
  auto since_start = [&](const std::optional<int64_t>& at) -> std::optional<Duration> {
    if (!at) return {};
    return Time{*at} - start;
  };
  out = TraceJob{};
  out.id = job.id;
  out.name = job.name;
  out.submit = Time{job.submitted_at_ms} - start;
  out.begin = since_start(job.begin_at_ms);
  out.deadline = since_start(job.deadline_at_ms);
  out.limit = Duration{job.limit_ms};
  if (job.started_at_ms && job.ended_at_ms) {
    out.run_time = Duration{*job.ended_at_ms - *job.started_at_ms};
  }
  auto first = job.first_started_at_ms ? job.first_started_at_ms : job.started_at_ms;
  if (first) out.wait = Duration{*first - job.submitted_at_ms};
  out.nodes = job.nodes;
  out.cores_per_node = std::max(job.cores, 1);
  out.cores = int64_t{out.nodes} * out.cores_per_node;
  out.memory = Bytes{job.memory_bytes};
  out.devices_per_node = job.devices;
  out.device_share_milli = job.device_share_milli;
  out.device_kind = job.device_kind;
  out.device_models = job.device_models;
  out.exclusive = job.exclusive;
  out.features = job.features;
  out.pools = job.pools;
  out.user = job.user;
  out.project = job.project;
  out.qos = job.qos;
  out.priority = job.priority;
  out.workload_class = job.workload_class;
  out.precision = job.precision;
  out.wish = job.wish;
  out.status = status_of(job.state);
  out.after = job.after;
  for (const std::string& node : job.ran_on) out.allocation.push_back({node, out.cores_per_node});
  return {};
}

ReaderResult read_history(std::unique_ptr<ByteSource> bytes, const std::string& name,
                          TraceOptions o) {
  auto reader = std::make_unique<HistoryReader>(std::move(bytes), name, o);
  if (auto opened = reader->open(); !opened) return tl::unexpected(opened.error());
  return reader;
}

bool looks_like_history(std::string_view head) {
  std::string_view line = head.substr(0, head.find('\n'));
  return line.starts_with('{') && line.find(kHistoryFormat) != std::string_view::npos;
}

}  // namespace pentad::trace
