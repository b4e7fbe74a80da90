// Bytes read from a socket and not yet looked at. One stretch of memory, since a head is parsed
// whole.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace pentad::net {

class ReadBuffer {
 public:
  static constexpr size_t small_bytes = 4 << 10;

  std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  size_t size() const { return end_ - begin_; }

  // Room for at least `want` bytes behind what is there, unless that would exceed `max` in all.
  std::pair<char*, size_t> prepare(size_t want, size_t max) {
    if (empty()) begin_ = end_ = 0;
    if (bytes_.size() - end_ < want && begin_ > 0) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, size());
      end_ -= begin_;
      begin_ = 0;
    }
    size_t needed = std::min(end_ + want, max);
    if (bytes_.size() < needed) bytes_.resize(std::max(needed, small_bytes));
    return {bytes_.data() + end_, bytes_.size() - end_};
  }
  void commit(size_t n) { end_ += n; }
  void consume(size_t n) { begin_ += n; }

  // Gives memory back that only a large request needed.
  void shrink() {
    if (!empty() || bytes_.size() <= small_bytes) return;
    bytes_ = {};
    begin_ = end_ = 0;
  }

 private:
  std::vector<char> bytes_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace pentad::net
