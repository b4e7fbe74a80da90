#include "twin/trace/lines.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pentad::trace {

namespace {
constexpr size_t kBufferBytes = size_t{64} << 10;
constexpr size_t kShownBytes = 200;  // kept of a line that is given up
}  // namespace

LineReader::LineReader(std::unique_ptr<ByteSource> bytes, size_t max_line_bytes)
    : bytes_(std::move(bytes)),
      max_line_bytes_(max_line_bytes),
      buffer_(std::min(kBufferBytes, max_line_bytes + 2)) {}

// Moves what is left to the front and reads on; false when there is no more.
Result<bool> LineReader::fill() {
  if (is_at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    buffer_.resize(std::min(buffer_.size() * 2, max_line_bytes_ + 2));
  }
  auto n = bytes_->read(buffer_.data() + end_, buffer_.size() - end_);
  if (!n) return tl::unexpected(n.error());
  end_ += *n;
  is_at_end_ = *n == 0;
  return !is_at_end_;
}

void LineReader::set(Line& out, size_t length, size_t with_end) {
  std::string_view text(buffer_.data() + begin_, length);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (++line_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  begin_ += with_end;
  out = present_ = Line{text, false};
}

// The line that fills the buffer is too long: drops it up to its end.
Result<bool> LineReader::skip_rest(Line& out) {
  size_t shown = std::min(kShownBytes, end_ - begin_);
  set(out, shown, 0);
  long_line_ = present_.text;
  out = present_ = Line{long_line_, true};
  while (true) {
    const char* from = buffer_.data() + begin_;
    const void* found = std::memchr(from, '\n', end_ - begin_);
    if (found) {
      begin_ += static_cast<size_t>(static_cast<const char*>(found) - from) + 1;
      return true;
    }
    begin_ = end_;
    auto more = fill();
    if (!more) return tl::unexpected(more.error());
    if (!*more) return true;
  }
}

Result<bool> LineReader::read(Line& out) {
  if (std::exchange(is_unread_, false)) {
    out = present_;
    return true;
  }
  size_t searched = 0;
  while (true) {
    const char* from = buffer_.data() + begin_;
    const void* found = std::memchr(from + searched, '\n', end_ - begin_ - searched);
    if (found) {
      auto length = static_cast<size_t>(static_cast<const char*>(found) - from);
      set(out, length, length + 1);
      return true;
    }
    searched = end_ - begin_;
    if (searched == max_line_bytes_ + 2) return skip_rest(out);
    auto more = fill();
    if (!more) return tl::unexpected(more.error());
    if (*more) continue;
    if (begin_ == end_) return false;
    set(out, end_ - begin_, end_ - begin_);
    return true;
  }
}

}  // namespace pentad::trace
