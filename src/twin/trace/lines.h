// Splits bytes into lines through one buffer: LF or CRLF, a last line with or without its end. A
// line longer than a limit is given up, not kept.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "twin/trace/byte_source.h"

namespace pentad::trace {

struct Line {
  std::string_view text;     // without its end; valid until the next read
  bool is_too_long = false;  // then `text` is only its beginning
};

class LineReader {
 public:
  static constexpr size_t kMaxLineBytes = size_t{4} << 20;

  explicit LineReader(std::unique_ptr<ByteSource> bytes, size_t max_line_bytes = kMaxLineBytes);

  // False at the end. Errors: those of the source, after the lines that were whole before.
  Result<bool> read(Line& out);
  // Makes the next read return the present line again.
  void unread() { is_unread_ = true; }
  int64_t line_number() const { return line_; }  // of the present line, from 1

 private:
  Result<bool> fill();
  Result<bool> skip_rest(Line& out);
  void set(Line& out, size_t length, size_t with_end);

  std::unique_ptr<ByteSource> bytes_;
  size_t max_line_bytes_;
  std::vector<char> buffer_;
  size_t begin_ = 0;  // of what is not yet handed out
  size_t end_ = 0;
  bool is_at_end_ = false;
  bool is_unread_ = false;
  int64_t line_ = 0;
  Line present_;
  std::string long_line_;  // beginning of a line that was given up
};

}  // namespace pentad::trace
