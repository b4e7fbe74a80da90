// One line of comma-separated values, with quotes where a value has them (RFC 4180, but for line
// ends inside values).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pentad::trace {

class CsvLine {
 public:
  // False when a quote is not closed or followed by something else than a comma.
  bool split(std::string_view line);
  size_t size() const { return size_; }
  // Empty beyond the last.
  std::string_view at(size_t i) const { return i < size_ ? std::string_view(values_[i]) : ""; }

 private:
  std::string& add();
  bool quoted_value(std::string_view& line);

  std::vector<std::string> values_;  // only the first size_ count: the rest keep their memory
  size_t size_ = 0;
};

}  // namespace pentad::trace
