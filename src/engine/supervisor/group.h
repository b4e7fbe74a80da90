// The control group a supervisor owns: one leaf, used for one attempt after the other. What the
// machine lacks (no cgroup v2, no controller, no rights) is simply absent here; proc_tree.h stands
// in for it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace pentad::engine {

struct GroupUsage {
  int64_t user_us = -1;  // -1: the group cannot tell
  int64_t system_us = -1;
  int64_t peak_bytes = -1;  // less what is still cached of files
  int64_t oom_kills = 0;
};

// Opened from the supervisor's arguments, each "what=directory":
//   v2=DIR       leaf of a cgroup v2 hierarchy: the job's processes are born into it (the
//   supervisor is
//                not), counted there and killed there
//   memory2, cpuset2   (no directory) these controllers are on in the v2 leaf
//   memory1=DIR, cpuset1=DIR   leaves of v1 hierarchies: the supervisor moves there, jobs are born
//   there
class Group {
 public:
  // False when something named cannot be opened; the supervisor then does not start.
  bool open(int count, char** arguments);

  // Sets what this attempt may use and starts counting anew. `cpus` null: as before; memory 0: no
  // limit. Null, or a word about what failed.
  const char* prepare(const char* cpus, int64_t memory_bytes);
  // What was used since prepare(). Call once, when no process of the attempt is left. Lifts the
  // memory limit when the group is still full (files in /dev/shm outlive processes), so that the
  // supervisor itself can go on.
  GroupUsage finish();
  // True when this group must not be used again: it holds much memory of old attempts, or cannot
  // count anew.
  bool spent() const { return spent_; }

  // Removes the group, and the directory of all such groups if it was the last: the daemon that
  // made them may never come back. Nothing may be run in it afterwards.
  void leave();

  // For clone3; -1: none.
  int birth_fd() const { return can_birth_ ? v2_dir_ : -1; }
  void forbid_birth() { can_birth_ = false; }
  // cgroup.procs that a new process enters by writing 0, when it could not be born there; -1: none.
  int entry_fd() const { return v2_procs_; }
  bool limits_memory() const { return memory_limit_ >= 0; }
  bool binds_cpus() const { return cpus_ >= 0; }

  // True when the group can list and kill its processes.
  bool tracks() const { return v2_procs_ >= 0 || list_v1() != nullptr; }
  // Kills every process in the group but this one.
  void kill_all();
  // Calls `each(pid)` for every process in the group but this one.
  template <class Each>
  void for_each_process(Each each) const;

 private:
  bool open_one(std::string_view what, const char* dir);
  bool open_v2(const char* dir);
  bool renew_leaf();
  bool open_memory(const char* dir, bool v2);
  bool open_cpuset(const char* dir, bool v2);
  const char* list_v1() const { return memory_v1_ != nullptr ? memory_v1_ : cpuset_v1_; }
  bool reset_peak();
  GroupUsage read_counters() const;
  int64_t cached_files() const;
  void settle_memory(GroupUsage& used);
  size_t read_list(char* buffer, size_t size) const;

  bool can_birth_ = true;
  bool killed_ = false;  // through cgroup.kill
  int v2_dir_ = -1;
  int v2_procs_ = -1;
  int v2_kill_ = -1;
  int cpu_stat_ = -1;
  // Leaves that hold the supervisor too; without v2 their list of processes has to do.
  const char* memory_v1_ = nullptr;
  const char* cpuset_v1_ = nullptr;
  bool memory_is_v2_ = false;
  int memory_limit_ = -1;
  int memory_now_ = -1;
  int memory_peak_ = -1;
  int memory_events_ = -1;
  int memory_stat_ = -1;
  int cpus_ = -1;
  bool spent_ = false;

  const char* v2_path_ = nullptr;
  bool cpus_are_v2_ = false;
  char current_cpus_[4096] = {};
  int64_t current_limit_ = 0;
  int64_t base_memory_ = 0;
  GroupUsage base_;  // counters at the end of the attempt before
};

template <class Each>
void Group::for_each_process(Each each) const {
  // Large enough for some thousand processes; who kills calls again until none is left.
  static char list[1 << 16];
  size_t n = read_list(list, sizeof list);
  pid_t pid = 0;
  for (size_t i = 0; i < n; ++i) {
    if (list[i] >= '0' && list[i] <= '9') {
      pid = pid * 10 + (list[i] - '0');
    } else if (pid != 0) {
      each(pid);
      pid = 0;
    }
  }
}

}  // namespace pentad::engine
