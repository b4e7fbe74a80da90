// Pod lists of Alibaba's cluster-trace-gpu-v2023 (openb): what each column means is stated in
// README.md. Columns are found by the names in the first line.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "twin/trace/csv.h"
#include "twin/trace/line_trace.h"
#include "twin/trace/readers.h"

namespace pentad::trace {

namespace {

enum Column {
  kName,
  kCpu,
  kMemory,
  kGpus,
  kGpuShare,
  kGpuModels,
  kQos,
  kPhase,
  kCreated,
  kDeleted,
  kScheduled,
  kColumns
};

constexpr std::array<std::string_view, kColumns> kNames = {
    "name", "cpu_milli", "memory_mib",    "num_gpu",       "gpu_milli",     "gpu_spec",
    "qos",  "pod_phase", "creation_time", "deletion_time", "scheduled_time"};

class OpenbReader : public LineTrace {
 public:
  OpenbReader(std::unique_ptr<ByteSource> bytes, const std::string& name, TraceOptions options)
      : LineTrace(std::move(bytes), name, TraceFormat::openb, options) {}

  Status open() {
    std::string missing;
    bool is_first = true;
    auto read = read_header([&](std::string_view line) {
      if (!is_first) return false;
      is_first = false;
      missing = take_columns(line);
      return true;
    });
    if (!read) return read;
    if (is_first) missing = kNames[kName];
    if (missing.empty()) return {};
    return fail(ErrorCode::invalid, fmt::format("the first line names no column `{}`", missing),
                header_.source + ":1");
  }

 protected:
  LineKind parse(std::string_view line, TraceJob& out) override;

 private:
  std::string take_columns(std::string_view line);
  std::string_view text(Column column) const { return csv_.at(position_[column]); }
  bool number(Column column, int64_t max, int64_t& out);
  bool time(Column column, std::optional<Duration>& out);
  bool set_resources(TraceJob& out);
  bool set_devices(TraceJob& out);
  bool set_times(TraceJob& out);

  CsvLine csv_;
  size_t columns_ = 0;
  int64_t row_ = 0;
  std::array<size_t, kColumns> position_ = {};
};

// The first column that is missing.
std::string OpenbReader::take_columns(std::string_view line) {
  if (!csv_.split(line)) return std::string(kNames[kName]);
  columns_ = csv_.size();
  for (size_t column = 0; column < kColumns; ++column) {
    size_t i = 0;
    while (i < columns_ && csv_.at(i) != kNames[column]) ++i;
    if (i == columns_) return std::string(kNames[column]);
    position_[column] = i;
  }
  return {};
}

bool OpenbReader::number(Column column, int64_t max, int64_t& out) {
  Number n;
  if (parse_number(text(column), n) && n.whole >= 0 && n.thousandths >= 0 && n.whole <= max) {
    out = n.whole;
    return true;
  }
  set_fault(kNames[column],
            fmt::format("{} is not a number from 0 to {}", quoted(text(column)), max));
  return false;
}

bool OpenbReader::time(Column column, std::optional<Duration>& out) {
  out.reset();
  if (text(column).empty()) return true;
  int64_t time_s = 0;
  if (!number(column, kMaxSeconds, time_s)) return false;
  out = seconds(time_s);
  return true;
}

bool OpenbReader::set_devices(TraceJob& out) {
  int64_t count = 0, share = 0;
  if (!number(kGpus, kMaxDevicesPerNode, count) || !number(kGpuShare, 1000, share)) return false;
  out.devices_per_node = static_cast<int32_t>(count);
  out.device_share_milli = count > 0 && share > 0 ? static_cast<int32_t>(share) : 1000;
  out.device_kind.reset();
  if (count > 0) out.device_kind = DeviceKind::gpu;
  out.device_models.clear();
  std::string_view models = count > 0 ? text(kGpuModels) : "";
  while (!models.empty()) {
    size_t end = std::min(models.find('|'), models.size());
    std::string model(models.substr(0, end));
    auto& known = out.device_models;
    bool is_new = !model.empty() && std::find(known.begin(), known.end(), model) == known.end();
    if (is_new) known.push_back(std::move(model));
    models.remove_prefix(std::min(end + 1, models.size()));
  }
  return true;
}

bool OpenbReader::set_resources(TraceJob& out) {
  int64_t cpu_milli = 0, memory_mib = 0;
  if (!number(kCpu, kMaxCores, cpu_milli)) return false;
  if (!number(kMemory, kMaxMemoryBytes >> 20, memory_mib)) return false;
  if (!set_devices(out)) return false;
  out.nodes = 1;
  out.cores = std::max<int64_t>((cpu_milli + 999) / 1000, 1);
  out.cores_per_node = static_cast<int32_t>(out.cores);
  counts_.rounded_up += out.cores * 1000 != cpu_milli;
  out.memory = mebibytes(memory_mib);
  out.memory_scope = MemoryScope::per_node;
  return true;
}

bool OpenbReader::set_times(TraceJob& out) {
  std::optional<Duration> created, deleted, scheduled;
  if (!time(kCreated, created) || !time(kDeleted, deleted) || !time(kScheduled, scheduled)) {
    return false;
  }
  auto wrong = [this](Column column, const char* why) {
    set_fault(kNames[column], why);
    return false;
  };
  if (!created) return wrong(kCreated, "is missing");
  if (scheduled && *scheduled < *created) return wrong(kScheduled, "before its creation");
  if (deleted && *deleted < scheduled.value_or(*created)) return wrong(kDeleted, "too early");
  out.submit = *created;
  out.run_time.reset();
  out.wait.reset();
  if (scheduled) out.wait = *scheduled - *created;
  if (scheduled && deleted) out.run_time = *deleted - *scheduled;
  if (!scheduled && deleted) out.wait = *deleted - *created;  // as long as its user had patience
  out.status = text(kPhase) == "Succeeded" ? TraceStatus::completed
               : text(kPhase) == "Failed"  ? TraceStatus::failed
               : !scheduled                ? TraceStatus::cancelled
                                           : TraceStatus::unknown;
  return true;
}

LineKind OpenbReader::parse(std::string_view line, TraceJob& out) {
  if (line.empty()) return LineKind::nothing;
  ++row_;
  if (!csv_.split(line)) return set_fault({}, "a quote is not closed");
  if (csv_.size() != columns_) {
    return set_fault({}, fmt::format("{} values for {} columns", csv_.size(), columns_));
  }
  out = TraceJob{};
  out.id = row_;
  out.name = text(kName);
  out.qos = text(kQos);
  if (out.name.empty()) return set_fault(kNames[kName], "is empty");
  if (!set_times(out) || !set_resources(out)) return LineKind::bad;
  if (out.devices_per_node > 0 && out.qos == "LS") out.workload_class = WorkloadClass::inference;
  if (out.devices_per_node > 0 && out.qos == "BE") out.workload_class = WorkloadClass::training;
  return LineKind::job;
}

}  // namespace

ReaderResult read_openb(std::unique_ptr<ByteSource> bytes, const std::string& name,
                        TraceOptions o) {
  auto reader = std::make_unique<OpenbReader>(std::move(bytes), name, o);
  if (auto opened = reader->open(); !opened) return tl::unexpected(opened.error());
  return reader;
}

bool looks_like_openb(std::string_view head) {
  std::string_view line = head.substr(0, head.find('\n'));
  return line.find("cpu_milli") != std::string_view::npos &&
         line.find("creation_time") != std::string_view::npos;
}

}  // namespace pentad::trace
