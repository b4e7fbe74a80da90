// Standard Workload Format: https://www.cs.huji.ac.il/labs/parallel/workload/swf.html
// (version 2.2), and the 21 columns of the MetaCentrum log.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "twin/trace/line_trace.h"
#include "twin/trace/readers.h"
#include "twin/trace/swf_header.h"
#include "twin/trace/swf_properties.h"

namespace pentad::trace {

namespace {

enum Column {
  kJob,
  kSubmit,
  kWait,
  kRun,
  kAllocated,
  kCpuTime,
  kUsedMemory,
  kRequested,
  kLimit,
  kMemory,
  kStatus,
  kUser,
  kGroup,
  kApplication,
  kQueue,
  kPartition,
  kAfter,
  kThink,
  kStandard,  // number of columns of the standard
  kAllocation = kStandard,
  kQueueName,
  kProperties,
  kExtended
};

constexpr std::array<std::string_view, kExtended> kNames = {
    "job number",     "submit time",      "wait time",       "run time",
    "processors",     "CPU time",         "used memory",     "requested processors",
    "requested time", "requested memory", "status",          "user",
    "group",          "application",      "queue",           "partition",
    "preceding job",  "think time",       "allocated nodes", "queue name",
    "properties"};

// A log without UnixStartTime whose first submit time is beyond this (1985) states Unix seconds.
constexpr int64_t kUnixSeconds = 500'000'000;

class SwfReader : public LineTrace {
 public:
  SwfReader(std::unique_ptr<ByteSource> bytes, const std::string& name, TraceOptions options)
      : LineTrace(std::move(bytes), name, TraceFormat::swf, options) {}

  // Reads the comments at the top.
  Status open() {
    auto read = read_header([this](std::string_view line) {
      if (!line.empty() && line[0] == ';') take_swf_comment(line, header_);
      return line.find_first_not_of(" \t") == std::string_view::npos || line[0] == ';';
    });
    if (!read) return read;
    auto first = peek();
    if (!first) return tl::unexpected(first.error());
    Number submit;
    bool is_job = split(*first) > kSubmit && parse_number(fields_[kSubmit], submit);
    if (is_job && !header_.start && submit.whole >= kUnixSeconds && submit.whole <= kMaxSeconds) {
      header_.start = Time{submit.in_thousandths()};
      offset_ = Duration{submit.in_thousandths()};
    }
    return {};
  }

 protected:
  LineKind parse(std::string_view line, TraceJob& out) override;

 private:
  size_t split(std::string_view line);
  bool parse_standard();
  bool parse_extended(TraceJob& out);
  bool set_times(TraceJob& out);
  bool set_resources(TraceJob& out);
  void set_people(TraceJob& out);
  bool wrong(Column column, std::string why) {
    set_fault(kNames[column], std::move(why));
    return false;
  }
  bool in_range(Column column, int64_t max);

  std::array<std::string_view, kExtended + 1> fields_;
  std::array<Number, kStandard> numbers_;
  size_t count_ = 0;
  Duration offset_;  // of submit times
};

// Number of fields, at most one more than there may be.
size_t SwfReader::split(std::string_view line) {
  size_t count = 0;
  const char* p = line.data();
  const char* end = p + line.size();
  while (count < fields_.size()) {
    while (p < end && (*p == ' ' || *p == '\t')) ++p;
    if (p == end) break;
    const char* first = p;
    while (p < end && *p != ' ' && *p != '\t') ++p;
    fields_[count++] = {first, static_cast<size_t>(p - first)};
  }
  return count;
}

bool SwfReader::parse_standard() {
  for (size_t i = 0; i < kStandard; ++i) {
    if (!parse_number(fields_[i], numbers_[i])) {
      return wrong(static_cast<Column>(i), quoted(fields_[i]) + " is not a number");
    }
  }
  return true;
}

// -1 stands for what is missing; other negative numbers are damage.
bool SwfReader::in_range(Column column, int64_t max) {
  const Number& n = numbers_[column];
  if (n.whole == -1 && n.thousandths == 0) return true;
  if (n.whole >= 0 && n.thousandths >= 0 && n.whole <= max) return true;
  return wrong(column, fmt::format("{} is not from 0 to {}", fields_[column], max));
}

bool SwfReader::set_times(TraceJob& out) {
  for (Column column : {kSubmit, kRun, kLimit, kThink}) {
    if (!in_range(column, kMaxSeconds)) return false;
  }
  auto time = [&](Column column) { return Duration{numbers_[column].in_thousandths()}; };
  if (numbers_[kSubmit].whole < 0) return wrong(kSubmit, "is missing");
  out.submit = time(kSubmit) - offset_;
  out.run_time.reset();
  if (numbers_[kRun].whole >= 0) {
    out.run_time = time(kRun);
  } else if (numbers_[kCpuTime].whole > 0 && numbers_[kCpuTime].whole <= kMaxSeconds) {
    out.run_time = time(kCpuTime);  // average per processor: it ran about that long
  }
  out.limit = std::max(time(kLimit), Duration{0});
  out.wait.reset();
  int64_t wait_s = numbers_[kWait].whole;
  if (wait_s >= 0 && wait_s <= kMaxSeconds && numbers_[kWait].thousandths >= 0)
    out.wait = time(kWait);
  out.after = std::max<int64_t>(numbers_[kAfter].whole, 0);
  out.think_time = out.after > 0 ? std::max(time(kThink), Duration{0}) : Duration{0};
  return true;
}

bool SwfReader::set_resources(TraceJob& out) {
  for (Column column : {kRequested, kAllocated}) {
    if (!in_range(column, kMaxCores)) return false;
  }
  out.cores = numbers_[kRequested].whole;
  if (out.cores <= 0) out.cores = numbers_[kAllocated].whole;
  if (out.cores <= 0) return wrong(kRequested, "neither requested nor allocated processors");
  int64_t memory_kib = numbers_[kMemory].whole;
  bool is_extended = count_ > kStandard;
  if (memory_kib > (is_extended ? kMaxMemoryBytes : kMaxMemoryBytes >> 10)) {
    return wrong(kMemory, fmt::format("{} is too much", fields_[kMemory]));
  }
  out.memory = Bytes{std::max<int64_t>(memory_kib, 0) << (is_extended ? 0 : 10)};
  out.memory_scope = MemoryScope::per_core;
  return true;
}

void SwfReader::set_people(TraceJob& out) {
  auto set = [this](std::string& text, Column column) {
    if (numbers_[column].whole < 0) {
      text.clear();
    } else {
      text = fields_[column];
    }
  };
  set(out.user, kUser);
  set(out.project, kGroup);
  set(out.queue, kQueue);
  set(out.partition, kPartition);
  constexpr std::array kStatuses = {TraceStatus::failed, TraceStatus::completed};
  int64_t status = numbers_[kStatus].whole;
  out.status = status == 5                  ? TraceStatus::cancelled
               : status == 0 || status == 1 ? kStatuses[static_cast<size_t>(status)]
                                            : TraceStatus::unknown;
}

bool SwfReader::parse_extended(TraceJob& out) {
  std::string why = parse_allocation(fields_[kAllocation], out);
  if (!why.empty()) return wrong(kAllocation, std::move(why));
  out.memory_scope = MemoryScope::per_node;
  if (count_ > kQueueName && fields_[kQueueName] != "-1") {
    out.queue = decode_word(fields_[kQueueName]);
  }
  PropertyNotes notes;
  why = parse_properties(count_ > kProperties ? fields_[kProperties] : "-1", out, notes);
  if (!why.empty()) return wrong(kProperties, std::move(why));
  if (out.nodes > 0) {
    if (out.cores_per_node == 0) out.cores_per_node = 1;
    int64_t needed = (out.cores + out.nodes - 1) / out.nodes;
    if (out.cores_per_node < needed) {  // processors win over ppn
      out.cores_per_node = static_cast<int32_t>(needed);
      notes.is_uneven = true;
    }
  }
  counts_.uneven += notes.is_uneven;
  counts_.rounded_up += notes.is_rounded_up;
  return true;
}

LineKind SwfReader::parse(std::string_view line, TraceJob& out) {
  count_ = split(line);
  if (count_ == 0 || fields_[0][0] == ';') return LineKind::nothing;
  if (count_ < kStandard || count_ > kExtended) {
    return set_fault({}, fmt::format("{} fields: a job has 18, or up to 21 when extended",
                                     count_ > kExtended ? "more than 21" : std::to_string(count_)));
  }
  if (!parse_standard()) return LineKind::bad;
  if (numbers_[kStatus].whole >= 2 && numbers_[kStatus].whole <= 4) {
    ++counts_.partial;
    return LineKind::nothing;
  }
  out.id = numbers_[kJob].whole;
  if (!set_times(out) || !set_resources(out)) return LineKind::bad;
  set_people(out);
  if (count_ > kStandard) return parse_extended(out) ? LineKind::job : LineKind::bad;
  PropertyNotes none;
  parse_properties("-1", out, none);
  out.memory_scope = MemoryScope::per_core;
  out.allocation.clear();
  return LineKind::job;
}

}  // namespace

ReaderResult read_swf(std::unique_ptr<ByteSource> bytes, const std::string& name, TraceOptions o) {
  auto reader = std::make_unique<SwfReader>(std::move(bytes), name, o);
  if (auto opened = reader->open(); !opened) return tl::unexpected(opened.error());
  return reader;
}

// A comment, or a line of at least 18 fields that begins with numbers.
bool looks_like_swf(std::string_view head) {
  size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  if (head[first] == ';') return true;
  std::string_view line = head.substr(first);
  line = line.substr(0, line.find_first_of("\r\n"));
  int fields = 0;
  while (fields < kStandard) {
    size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    size_t end = std::min(line.find_first_of(" \t"), line.size());
    Number n;
    if (!parse_number(line.substr(0, end), n)) return false;
    line.remove_prefix(end);
    ++fields;
  }
  return fields == kStandard;
}

}  // namespace pentad::trace
