#include "engine/supervisor/group.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "engine/record.h"
#include "engine/supervisor/text.h"

namespace pentad::engine {

namespace {

// What the group may hold before an attempt without getting in its way: the supervisor itself, and
// cached files of earlier attempts.
constexpr int64_t kSlackBytes = 4 << 20;
// Below this a peak is not worth telling cached files from the rest.
constexpr int64_t kSmallPeakBytes = 8 << 20;

int open_in(const char* dir, const char* name, int flags) {
  Text<4096> path;
  path << dir << "/" << name;
  return open(path.c_str(), flags | O_CLOEXEC);
}

void close_fd(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

bool write_text(int fd, std::string_view text) {
  return pwrite(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

bool write_number(int fd, int64_t value) {
  char digits[24];
  return write_text(fd, {digits, write_integer(value, digits)});
}

// Reads a small file from its start; empty when it cannot be read.
std::string_view read_text(int fd, char* buffer, size_t size) {
  const ssize_t n = fd < 0 ? -1 : pread(fd, buffer, size, 0);
  return {buffer, n > 0 ? static_cast<size_t>(n) : 0};
}

// The number behind `key` in lines "key number"; -1 without it.
int64_t keyed_number(std::string_view text, std::string_view key) {
  Field field;
  while (take_field(text, field)) {
    if (field.key == key) return parse_integer(field.value, -1);
  }
  return -1;
}

int64_t read_number(int fd) {
  char buffer[64];
  std::string_view text = read_text(fd, buffer, sizeof buffer);
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  return parse_integer(text, -1);
}

}  // namespace

bool Group::open(int count, char** arguments) {
  for (int i = 0; i < count; ++i) {
    const std::string_view argument(arguments[i]);
    const size_t equals = argument.find('=');
    const char* dir = equals == std::string_view::npos ? "" : arguments[i] + equals + 1;
    if (!open_one(argument.substr(0, equals), dir)) return false;
  }
  base_ = read_counters();
  if (memory_now_ >= 0) base_memory_ = read_number(memory_now_);
  return true;
}

// The open directory of a leaf, locked as long as this process lives: a daemon that clears away
// what earlier ones left spares the leaves of the living. Where a daemon was faster, the leaf is
// gone and nothing in it can be opened any more. -1: it failed.
static int open_leaf(const char* dir) {
  int fd = ::open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) close_fd(fd);
  return fd;
}

bool Group::open_one(std::string_view what, const char* dir) {
  if (what == "v2") return open_v2(dir);
  if (what == "memory2") return v2_path_ != nullptr && open_memory(v2_path_, true);
  if (what == "cpuset2") return v2_path_ != nullptr && open_cpuset(v2_path_, true);
  if (what == "memory1") return open_leaf(dir) >= 0 && open_memory(dir, false);
  if (what == "cpuset1") return open_leaf(dir) >= 0 && open_cpuset(dir, false);
  return true;  // a newer daemon may know more
}

bool Group::open_v2(const char* dir) {
  v2_path_ = dir;
  v2_dir_ = open_leaf(dir);
  if (v2_dir_ < 0) return false;
  v2_procs_ = open_in(dir, "cgroup.procs", O_RDWR);
  v2_kill_ = open_in(dir, "cgroup.kill", O_WRONLY);  // since Linux 5.14
  cpu_stat_ = open_in(dir, "cpu.stat", O_RDONLY);
  return v2_procs_ >= 0;
}

// A v1 leaf holds the supervisor too, so that jobs are born there without being moved.
static bool join_v1(const char* dir) {
  int procs = open_in(dir, "cgroup.procs", O_WRONLY);
  const bool joined = procs >= 0 && write_text(procs, "0");
  close_fd(procs);
  return joined;
}

bool Group::open_memory(const char* dir, bool v2) {
  memory_is_v2_ = v2;
  memory_limit_ = open_in(dir, v2 ? "memory.max" : "memory.limit_in_bytes", O_WRONLY);
  memory_now_ = open_in(dir, v2 ? "memory.current" : "memory.usage_in_bytes", O_RDONLY);
  memory_peak_ = open_in(dir, v2 ? "memory.peak" : "memory.max_usage_in_bytes", O_RDWR);
  if (memory_peak_ < 0 && v2) memory_peak_ = open_in(dir, "memory.peak", O_RDONLY);
  memory_events_ = open_in(dir, v2 ? "memory.events" : "memory.oom_control", O_RDONLY);
  memory_stat_ = open_in(dir, "memory.stat", O_RDONLY);
  spent_ = !reset_peak();
  // A job at its limit is to end, not to swap.
  int swap = open_in(dir, v2 ? "memory.swap.max" : "memory.swappiness", O_WRONLY);
  if (swap >= 0) write_text(swap, "0");
  close_fd(swap);
  if (memory_limit_ < 0 || memory_events_ < 0) return false;
  if (v2) return true;
  memory_v1_ = dir;
  return join_v1(dir);
}

bool Group::open_cpuset(const char* dir, bool v2) {
  cpus_are_v2_ = v2;
  cpus_ = open_in(dir, "cpuset.cpus", O_RDWR);
  if (cpus_ < 0) return false;
  if (v2) return true;
  cpuset_v1_ = dir;
  return join_v1(dir);
}

// v1 takes 0. v2 takes any text since Linux 6.12 and then counts anew for this descriptor.
bool Group::reset_peak() { return memory_peak_ < 0 || write_text(memory_peak_, "0"); }

const char* Group::prepare(const char* cpus, int64_t memory_bytes) {
  if (cpus_ >= 0 && cpus != nullptr && std::strcmp(cpus, current_cpus_) != 0) {
    if (!write_text(cpus_, cpus)) return "cannot bind to the CPUs chosen";
    const size_t size = std::strlen(cpus) + 1;
    if (size <= sizeof current_cpus_) std::memcpy(current_cpus_, cpus, size);
  }
  if (memory_limit_ >= 0 && memory_bytes != current_limit_) {
    // In v1 the supervisor and old cache share the leaf: they come on top of what the job may use.
    const int64_t limit = memory_is_v2_ ? memory_bytes : memory_bytes + kSlackBytes;
    const bool set = memory_bytes > 0 ? write_number(memory_limit_, limit)
                                      : write_text(memory_limit_, memory_is_v2_ ? "max" : "-1");
    if (!set) return "cannot set the memory limit";
    current_limit_ = memory_bytes;
  }
  reset_peak();
  return nullptr;
}

GroupUsage Group::read_counters() const {
  char buffer[4096];
  GroupUsage now;
  if (cpu_stat_ >= 0) {
    const std::string_view text = read_text(cpu_stat_, buffer, sizeof buffer);
    now.user_us = keyed_number(text, "user_usec");
    now.system_us = keyed_number(text, "system_usec");
  }
  if (memory_peak_ >= 0) now.peak_bytes = read_number(memory_peak_);
  if (memory_events_ >= 0) {
    const std::string_view text = read_text(memory_events_, buffer, sizeof buffer);
    now.oom_kills = keyed_number(text, "oom_kill");
  }
  return now;
}

int64_t Group::cached_files() const {
  char buffer[8192];
  const std::string_view text = read_text(memory_stat_, buffer, sizeof buffer);
  const int64_t all = keyed_number(text, memory_is_v2_ ? "file" : "total_cache");
  const int64_t shared = keyed_number(text, memory_is_v2_ ? "shmem" : "total_shmem");
  return all > shared && shared >= 0 ? all - shared : 0;
}

GroupUsage Group::finish() {
  const GroupUsage now = read_counters();
  GroupUsage used = now;
  // The counters only grow: what they say now is the base of the next attempt.
  if (now.user_us >= 0) used.user_us = now.user_us - base_.user_us;
  if (now.system_us >= 0) used.system_us = now.system_us - base_.system_us;
  used.oom_kills = now.oom_kills - base_.oom_kills;
  base_ = now;
  if (memory_now_ >= 0) settle_memory(used);
  if (killed_ && !renew_leaf()) spent_ = true;
  return used;
}

void Group::settle_memory(GroupUsage& used) {
  const int64_t left = read_number(memory_now_);
  if (used.peak_bytes >= 0) {
    used.peak_bytes -= base_memory_;
    // Files that the job read or wrote and that are still cached were not needed in memory.
    if (used.peak_bytes > kSmallPeakBytes) used.peak_bytes -= cached_files();
    if (used.peak_bytes < 0) used.peak_bytes = 0;
  }
  base_memory_ = left;
  if (left > kSlackBytes / 2) {
    spent_ = true;
    if (!memory_is_v2_) write_text(memory_limit_, "-1");
  }
}

// After cgroup.kill, Linux (6.18 for one) kills at birth whatever is cloned into the group from
// outside: it compares the kill counts of two different groups. A new leaf has no such past.
bool Group::renew_leaf() {
  for (int* fd : {&v2_dir_, &v2_procs_, &v2_kill_, &cpu_stat_}) close_fd(*fd);
  if (memory_is_v2_) {
    for (int* fd : {&memory_limit_, &memory_now_, &memory_peak_, &memory_events_, &memory_stat_}) {
      close_fd(*fd);
    }
  }
  if (cpus_are_v2_) close_fd(cpus_);
  killed_ = false;
  if (rmdir(v2_path_) != 0 || mkdir(v2_path_, 0755) != 0 || !open_v2(v2_path_)) return false;
  if (memory_is_v2_) {
    current_limit_ = 0;
    if (!open_memory(v2_path_, true)) return false;
    base_memory_ = read_number(memory_now_);
  }
  if (cpus_are_v2_) {
    current_cpus_[0] = 0;
    if (!open_cpuset(v2_path_, true)) return false;
  }
  base_ = read_counters();
  return true;
}

size_t Group::read_list(char* buffer, size_t size) const {
  // A v1 list is as old as the descriptor it is read through: opened each time.
  int v1 = v2_procs_ < 0 ? open_in(list_v1(), "cgroup.procs", O_RDONLY) : -1;
  size_t n = 0;
  while (n < size) {
    const int fd = v1 < 0 ? v2_procs_ : v1;
    const ssize_t got = pread(fd, buffer + n, size - n, static_cast<off_t>(n));
    if (got <= 0) break;
    n += static_cast<size_t>(got);
  }
  close_fd(v1);
  return n;
}

void Group::leave() {
  for (const char* leaf : {memory_v1_, cpuset_v1_, v2_path_}) {
    if (leaf == nullptr) continue;
    Text<4096> all;  // the directory that the leaf is in
    all << std::string_view(leaf, std::string_view(leaf).rfind('/'));
    Text<4096> above;
    above << all.view().substr(0, all.view().rfind('/'));
    if (leaf != v2_path_) join_v1(above.c_str());
    rmdir(leaf);
    Text<4096> mark;
    mark << all.view() << "/held";
    const int held = ::open(mark.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (held >= 0 && flock(held, LOCK_EX | LOCK_NB) != 0) continue;  // by a daemon
    if (held >= 0) rmdir(mark.c_str());
    rmdir(all.c_str());
  }
}

void Group::kill_all() {
  if (v2_kill_ >= 0 && write_text(v2_kill_, "1")) {
    killed_ = true;
    return;
  }
  const pid_t self = getpid();
  for_each_process([self](pid_t pid) {
    if (pid != self) kill(pid, SIGKILL);
  });
}

}  // namespace pentad::engine
