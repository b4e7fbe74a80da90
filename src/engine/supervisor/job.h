// What a supervisor reads from a control file: the order, and whether anybody has taken it before.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace pentad::engine {

struct ResourceLimit {
  int resource = 0;
  uint64_t soft = 0;
  uint64_t hard = 0;
};

// One signal of how an attempt is ended, `after_ms` from the moment it is decided. SIGKILL goes to
// all that is left.
struct SignalStep {
  int signal = 0;
  int64_t after_ms = 0;
};

// In ascending order of time; without a SIGKILL one follows `grace_ms` after the last.
struct SignalPlan {
  static constexpr size_t kMost = 8;
  SignalStep steps[kMost];
  size_t count = 0;  // 0: SIGTERM
};

// Strings point into the JobFile. Paths are absolute. A null path of standard error joins standard
// output; null standard input and output are /dev/null.
struct Job {
  const char* attempt = nullptr;  // control name
  char** argv = nullptr;          // argv[-1] is writable too
  const char* program = nullptr;  // what is executed; null: argv[0], looked for in PATH
  char** envp = nullptr;
  const char* workdir = nullptr;
  const char* stdin_path = nullptr;
  const char* stdout_path = nullptr;
  const char* stderr_path = nullptr;
  int output_fd = -1;         // instead of stdout_path
  const char* tmp = nullptr;  // directory of the attempt's own, made before and removed after it
  bool append = false;
  mode_t umask = 022;
  bool switch_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
  gid_t* groups = nullptr;
  size_t group_count = 0;
  ResourceLimit* limits = nullptr;
  size_t limit_count = 0;
  bool no_new_privileges = false;
  const char* cpus = nullptr;  // list such as 0-3,8; null: not bound
  int64_t memory_bytes = 0;    // 0: no limit
  int64_t limit_ms = 0;        // 0: no limit
  int64_t grace_ms = 0;
  int warn_signal = 0;
  int64_t warn_lead_ms = 0;
  bool warn_hard = false;        // also processes that have no handler and die of it
  bool warn_first_only = false;  // only the job's first process
  SignalPlan at_limit;
  SignalPlan at_stop;
  // A command for the time when nothing of the job is left: its words, null when there is none, and
  // room for one more word behind them.
  char** after = nullptr;
  size_t after_count = 0;
};

enum class JobFileState { ready, taken, unreadable };

// Owns the memory of one order; reused from attempt to attempt.
class JobFile {
 public:
  JobFile() = default;
  JobFile(const JobFile&) = delete;
  JobFile& operator=(const JobFile&) = delete;
  ~JobFile();

  // Reads `fd` from its beginning. `job` is valid until the next call when the answer is ready.
  // taken: somebody has started, ended or voided it. unreadable: no whole order of a version known
  // here.
  JobFileState read(int fd, Job& job);
  // The same from memory; `text` is changed.
  JobFileState parse(char* text, size_t size, Job& job);

 private:
  struct Counts;
  bool fill_buffer(int fd);
  bool parse_order(char* body, size_t size, Job& job);
  bool allocate(const Counts& counts, Job& job);

  char* buffer_ = nullptr;
  size_t capacity_ = 0;
  size_t size_ = 0;
  void* tables_ = nullptr;
  size_t tables_capacity_ = 0;
};

}  // namespace pentad::engine
