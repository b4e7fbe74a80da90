#include "engine/supervisor/io_counter.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include "engine/record.h"

namespace pentad::engine {

void IoCounter::open() { fd_ = ::open("/proc/self/io", O_RDONLY | O_CLOEXEC); }

void IoCounter::now(int64_t& read_bytes, int64_t& written_bytes) const {
  char buffer[512];
  const ssize_t n = fd_ < 0 ? 0 : pread(fd_, buffer, sizeof buffer, 0);
  std::string_view text(buffer, n > 0 ? static_cast<size_t>(n) : 0);
  Field field;
  while (take_field(text, field)) {
    if (field.key == "rchar:") read_bytes = parse_integer(field.value, 0);
    if (field.key == "wchar:") written_bytes = parse_integer(field.value, 0);
  }
}

void IoCounter::begin() { now(base_read_, base_written_); }

void IoCounter::end(int64_t& read_bytes, int64_t& written_bytes) {
  read_bytes = base_read_;
  written_bytes = base_written_;
  now(read_bytes, written_bytes);
  read_bytes -= base_read_;
  written_bytes -= base_written_;
}

}  // namespace pentad::engine
