#include "engine/supervisor/job.h"

#include <errno.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "engine/protocol.h"
#include "engine/record.h"

namespace pentad::engine {

// How many there are of what may occur more than once, then where the next one goes.
struct JobFile::Counts {
  size_t args = 0;
  size_t env = 0;
  size_t groups = 0;
  size_t limits = 0;
  size_t after = 0;
};

namespace {

// Two or three decimal numbers separated by blanks: resource, soft, hard.
bool parse_limit(std::string_view value, ResourceLimit& limit) {
  int64_t numbers[3];
  for (int64_t& number : numbers) {
    const size_t blank = value.find(' ');
    number = parse_integer(value.substr(0, blank), -2);
    if (number < -1) return false;
    value.remove_prefix(blank == std::string_view::npos ? value.size() : blank + 1);
  }
  if (numbers[0] < 0 || numbers[0] > 64) return false;
  limit = {static_cast<int>(numbers[0]), static_cast<uint64_t>(numbers[1]),
           static_cast<uint64_t>(numbers[2])};  // -1 becomes RLIM_INFINITY
  return true;
}

// "signal milliseconds", at most SignalPlan::kMost of them, later ones later.
bool add_step(std::string_view value, SignalPlan& plan) {
  const size_t blank = value.find(' ');
  if (blank == std::string_view::npos || plan.count == SignalPlan::kMost) return false;
  const int64_t signal = parse_integer(value.substr(0, blank), 0);
  const int64_t after_ms = parse_integer(value.substr(blank + 1), -1);
  const int64_t before_ms = plan.count == 0 ? 0 : plan.steps[plan.count - 1].after_ms;
  if (signal < 1 || signal > 64 || after_ms < before_ms) return false;
  plan.steps[plan.count++] = {static_cast<int>(signal), after_ms};
  return true;
}

// Keys that occur once and hold a path or a list; true when `key` is one of them.
bool set_text(std::string_view key, const char* value, Job& job) {
  if (key == "attempt") return job.attempt = value, true;
  if (key == "workdir") return job.workdir = value, true;
  if (key == "stdin") return job.stdin_path = value, true;
  if (key == "stdout") return job.stdout_path = value, true;
  if (key == "stderr") return job.stderr_path = value, true;
  if (key == "cpus") return job.cpus = value, true;
  if (key == "program") return job.program = value, true;
  if (key == "tmp") return job.tmp = value, true;
  return false;
}

// Keys that hold one number. Unknown keys are passed over: a newer daemon may know more.
void set_number(std::string_view key, int64_t value, Job& job) {
  if (key == "append") job.append = value != 0;
  if (key == "umask") job.umask = static_cast<mode_t>(value & 0777);
  if (key == "uid") job.switch_user = true, job.uid = static_cast<uid_t>(value);
  if (key == "gid") job.gid = static_cast<gid_t>(value);
  if (key == "no_new_privileges") job.no_new_privileges = value != 0;
  if (key == "memory_bytes") job.memory_bytes = value;
  if (key == "limit_ms") job.limit_ms = value;
  if (key == "grace_ms") job.grace_ms = value;
  if (key == "warn_signal") job.warn_signal = value > 0 && value < 65 ? static_cast<int>(value) : 0;
  if (key == "warn_lead_ms") job.warn_lead_ms = value;
  if (key == "warn_hard") job.warn_hard = value != 0;
  if (key == "warn_first_only") job.warn_first_only = value != 0;
}

}  // namespace

JobFile::~JobFile() {
  std::free(buffer_);
  std::free(tables_);
}

bool JobFile::fill_buffer(int fd) {
  size_ = 0;
  for (;;) {
    if (size_ == capacity_) {
      if (capacity_ >= kMaxControlFile) return false;
      const size_t larger = capacity_ == 0 ? 32768 : capacity_ * 4;
      void* memory = std::realloc(buffer_, larger);
      if (memory == nullptr) return false;
      buffer_ = static_cast<char*>(memory);
      capacity_ = larger;
    }
    const ssize_t n = pread(fd, buffer_ + size_, capacity_ - size_, static_cast<off_t>(size_));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    size_ += static_cast<size_t>(n);
    // A short read from a file ends it.
    if (size_ < capacity_) return true;
  }
}

JobFileState JobFile::read(int fd, Job& job) {
  if (!fill_buffer(fd)) return JobFileState::unreadable;
  return parse(buffer_, size_, job);
}

JobFileState JobFile::parse(char* text, size_t size, Job& job) {
  std::string_view rest(text, size);
  Record order;
  if (!take_record(rest, order) || order.type != kOrderRecord) return JobFileState::unreadable;
  // Anything behind the order, even cut short, means that somebody has been here.
  if (!rest.empty()) return JobFileState::taken;
  if (order.version > kProtocolVersion) return JobFileState::unreadable;
  char* body = text + (order.body.data() - text);
  return parse_order(body, order.body.size(), job) ? JobFileState::ready : JobFileState::unreadable;
}

bool JobFile::allocate(const Counts& counts, Job& job) {
  // argv has a slot in front and a null behind, envp a null behind, after a slot and a null.
  const size_t pointers = counts.args + 2 + counts.env + 1 + counts.after + 2;
  const size_t bytes = pointers * sizeof(char*) + counts.limits * sizeof(ResourceLimit) +
                       counts.groups * sizeof(gid_t);
  if (bytes > tables_capacity_) {
    std::free(tables_);
    tables_capacity_ = bytes < 4096 ? 4096 : bytes;
    tables_ = std::malloc(tables_capacity_);
    if (tables_ == nullptr) return tables_capacity_ = 0, false;
  }
  char** strings = static_cast<char**>(tables_);
  job.argv = strings + 1;
  job.argv[counts.args] = nullptr;
  job.envp = job.argv + counts.args + 1;
  job.envp[counts.env] = nullptr;
  job.after = counts.after == 0 ? nullptr : job.envp + counts.env + 1;
  job.after_count = counts.after;
  job.limits = reinterpret_cast<ResourceLimit*>(strings + pointers);
  job.groups = reinterpret_cast<gid_t*>(job.limits + counts.limits);
  return true;
}

bool JobFile::parse_order(char* body, size_t size, Job& job) {
  job = Job();
  Counts counts;
  Field field;
  for (std::string_view rest(body, size); take_field(rest, field);) {
    // The value ends before its newline, whose place the terminating zero takes.
    if (field.value.data() == nullptr) return false;
    if (field.value.data() + field.value.size() == body + size) return false;
    counts.args += field.key == "arg";
    counts.env += field.key == "env";
    counts.groups += field.key == "group";
    counts.limits += field.key == "rlimit";
    counts.after += field.key == "after";
  }
  if (counts.args == 0 || !allocate(counts, job)) return false;
  Counts next;
  for (std::string_view rest(body, size); take_field(rest, field);) {
    char* value = body + (field.value.data() - body);
    value[unescape(field.value, value)] = 0;
    const std::string_view text(value);
    if (field.key == "arg") {
      job.argv[next.args++] = value;
    } else if (field.key == "env") {
      job.envp[next.env++] = value;
    } else if (field.key == "group") {
      job.groups[next.groups++] = static_cast<gid_t>(parse_integer(text, 65534));
    } else if (field.key == "rlimit") {
      if (!parse_limit(text, job.limits[next.limits++])) return false;
    } else if (field.key == "after") {
      job.after[next.after++] = value;
    } else if (field.key == "on_limit" || field.key == "on_stop") {
      if (!add_step(text, field.key == "on_limit" ? job.at_limit : job.at_stop)) return false;
    } else if (!set_text(field.key, value, job)) {
      set_number(field.key, parse_integer(text, 0), job);
    }
  }
  if (job.after != nullptr) job.after[next.after] = job.after[next.after + 1] = nullptr;
  job.group_count = counts.groups;
  job.limit_count = counts.limits;
  return true;
}

}  // namespace pentad::engine
