// Text in a fixed array, cut off when full: the supervisor allocates nothing for its words.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "engine/record.h"

namespace pentad::engine {

template <size_t Size>
class Text {
 public:
  Text& append(const char* from, size_t n) {
    n = std::min(n, Size - 1 - size_);
    std::memcpy(bytes_ + size_, from, n);
    size_ += n;
    bytes_[size_] = 0;
    return *this;
  }
  Text& operator<<(std::string_view text) { return append(text.data(), text.size()); }
  Text& operator<<(int64_t value) {
    char digits[24];
    return append(digits, write_integer(value, digits));
  }
  void clear() { bytes_[size_ = 0] = 0; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {bytes_, size_}; }
  const char* c_str() const { return bytes_; }

 private:
  char bytes_[Size] = {};
  size_t size_ = 0;
};

}  // namespace pentad::engine
