// One pentad-supervisor as the daemon holds it: how to make one, order, stop and bury it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/protocol.h"

namespace pentad::engine {

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset();

 private:
  int fd_ = -1;
};

struct SupervisorProcess {
  pid_t pid = 0;
  Descriptor pidfd;   // readable when the process has ended
  Descriptor socket;  // ours of the pair
};

// Starts the program with these group arguments. It leads a session of its own and lives on when
// this process dies. `attempts_fd` is the directory of control files. Never copies this process's
// memory.
Result<SupervisorProcess> spawn_supervisor(const std::string& path, int attempts_fd,
                                           const std::vector<std::string>& groups);

// False when the supervisor does not hear it any more.
bool send_order(const SupervisorProcess& process, uint64_t sequence, const std::string& name);
// To a supervisor by its pidfd, ours or one of a daemon before us.
bool send_stop(int pidfd, uint64_t sequence, StopCode code);

// Takes the exit status of an ended child, in the words "by signal 9" or "with exit code 1"; empty
// when it is not our child.
std::string bury(int pidfd);

// A pidfd of `pid`, provided that it is the process that started at `start_ticks` (proc(5), stat
// field 22); otherwise an empty one.
Descriptor open_process(pid_t pid, int64_t start_ticks);

// Kills every process whose environment has NAME=value, and their descendants; true when there was
// none.
bool end_marked_processes(const std::string& name, const std::string& value);

}  // namespace pentad::engine
