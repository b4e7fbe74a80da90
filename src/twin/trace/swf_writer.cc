#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "twin/trace/generator.h"
#include "twin/trace/line_trace.h"
#include "twin/trace/swf_properties.h"

namespace pentad::trace {

namespace {

constexpr int64_t kFirstMadeUp = 1'000'000;  // numbers for names that are none

// Numbers for users, groups and the like: their own where they are numbers.
class Numbers {
 public:
  int64_t of(const std::string& name) {
    if (name.empty()) return -1;
    Number n;
    bool is_number = parse_number(name, n) && n.whole >= 0 && n.whole < kFirstMadeUp;
    if (is_number && std::to_string(n.whole) == name) return n.whole;
    auto next = kFirstMadeUp + static_cast<int64_t>(made_up_.size());
    return made_up_.try_emplace(name, next).first->second;
  }
  const std::map<std::string, int64_t>& made_up() const { return made_up_; }

 private:
  std::map<std::string, int64_t> made_up_;
};

std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

// 12, 12.345: seconds with as many decimals as it takes.
void append_seconds(std::string& out, Duration time) {
  int64_t ms = time.value;
  fmt::format_to(std::back_inserter(out), "{}", ms / 1000);
  if (ms % 1000 != 0) fmt::format_to(std::back_inserter(out), ".{:03}", ms % 1000);
}

class Writer {
 public:
  Writer(TraceReader& jobs, std::ostream& out, SwfOptions options)
      : jobs_(jobs), out_(out), options_(options) {}
  Status write();

 private:
  void comment(std::string_view key, const std::string& value);
  void header();
  void job(const TraceJob& job);
  int64_t memory_of(const TraceJob& job) const;
  bool flush(size_t above);

  TraceReader& jobs_;
  std::ostream& out_;
  SwfOptions options_;
  std::string text_;
  Numbers users_, groups_, queues_, partitions_;
};

void Writer::comment(std::string_view key, const std::string& value) {
  if (!value.empty()) text_ += fmt::format("; {}: {}\n", key, on_one_line(value));
}

void Writer::header() {
  const TraceHeader& h = jobs_.header();
  auto number = [](int64_t n) { return n > 0 ? std::to_string(n) : std::string(); };
  comment("Version", "2.2");
  comment("Computer", h.computer);
  comment("Installation", h.installation);
  comment("Acknowledge", h.acknowledge);
  comment("MaxJobs", number(h.max_jobs));
  if (h.start) comment("UnixStartTime", std::to_string(h.start->value / 1000));
  if (h.utc_offset) comment("TimeZone", std::to_string(h.utc_offset->value / 1000));
  comment("TimeZoneString", h.time_zone);
  comment("MaxNodes", number(h.max_nodes));
  comment("MaxProcs", number(h.max_cores));
  for (const auto& [id, name] : h.queue_names) comment("Queue", fmt::format("{} {}", id, name));
  for (const auto& [id, name] : h.partition_names) {
    comment("Partition", fmt::format("{} {}", id, name));
  }
  for (const std::string& note : h.notes) comment("Note", note);
}

// KiB per core, rounded up; extended: bytes in the job's own scope.
int64_t Writer::memory_of(const TraceJob& job) const {
  if (job.memory.value <= 0) return -1;
  if (options_.extended) return job.memory.value;
  int64_t bytes = job.memory.value;
  if (job.memory_scope != MemoryScope::per_core) {
    int64_t cores = job.cores;
    if (job.memory_scope == MemoryScope::per_node && job.cores_per_node > 0) {
      cores = job.cores_per_node;
    }
    bytes = (bytes + cores - 1) / cores;
  }
  return (bytes + 1023) / 1024;
}

void Writer::job(const TraceJob& job) {
  auto to = std::back_inserter(text_);
  auto number = [&](int64_t n) { fmt::format_to(to, " {}", n); };
  auto time = [&](bool is_known, Duration t) {
    text_ += ' ';
    is_known ? append_seconds(text_, t) : void(text_ += "-1");
  };
  fmt::format_to(to, "{}", job.id);
  time(true, job.submit);
  time(job.wait.has_value(), job.wait.value_or(Duration{}));
  time(job.run_time.has_value(), job.run_time.value_or(Duration{}));
  number(job.cores);
  text_ += " -1 -1";  // CPU time and used memory
  number(job.cores);
  time(!job.limit_assumed && job.limit.value > 0, job.limit);
  number(memory_of(job));
  constexpr int kStatus[] = {-1, 1, 0, 5};
  number(kStatus[static_cast<size_t>(job.status)]);
  number(users_.of(job.user));
  number(groups_.of(job.project));
  text_ += " -1";  // application
  number(queues_.of(job.queue));
  number(partitions_.of(job.partition));
  number(job.after > 0 ? job.after : -1);
  time(job.after > 0, job.think_time);
  if (options_.extended) {
    fmt::format_to(to, " {} {} {}", allocation_text(job),
                   job.queue.empty() ? "-1" : encode_word(job.queue), properties_text(job));
  }
  text_ += '\n';
}

bool Writer::flush(size_t above) {
  if (text_.size() <= above) return true;
  out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
  text_.clear();
  return out_.good();
}

Status Writer::write() {
  constexpr size_t kBufferBytes = 1 << 16;
  auto broken = [] { return fail(ErrorCode::failed, "the trace cannot be written"); };
  header();
  TraceJob one;
  while (true) {
    auto more = jobs_.read(one);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    job(one);
    if (!flush(kBufferBytes)) return broken();
  }
  auto list = [this](std::string_view key, const Numbers& numbers) {
    for (const auto& [name, id] : numbers.made_up()) comment(key, fmt::format("{} {}", id, name));
  };
  list("User", users_);
  list("Group", groups_);
  list("Queue", queues_);
  list("Partition", partitions_);
  if (!flush(0)) return broken();
  out_.flush();
  return out_.good() ? Status{} : Status(broken());
}

}  // namespace

Status write_swf(TraceReader& jobs, std::ostream& out, SwfOptions options) {
  return Writer(jobs, out, options).write();
}

}  // namespace pentad::trace
