// Bytes that the job's processes read and wrote. The kernel adds what a process did to its parent's
// account when the parent takes its exit status; a supervisor is the last parent of all of them.
#pragma once

#include <cstdint>

namespace pentad::engine {

class IoCounter {
 public:
  // Call before the process hides itself from ptrace; without it all counts stay 0.
  void open();
  void begin();
  // Since begin(), through read and write calls of any kind.
  void end(int64_t& read_bytes, int64_t& written_bytes);

 private:
  void now(int64_t& read_bytes, int64_t& written_bytes) const;

  int fd_ = -1;
  int64_t base_read_ = 0;
  int64_t base_written_ = 0;
};

}  // namespace pentad::engine
