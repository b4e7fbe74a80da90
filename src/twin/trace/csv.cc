#include "twin/trace/csv.h"

#include <algorithm>

namespace pentad::trace {

std::string& CsvLine::add() {
  if (size_ == values_.size()) values_.emplace_back();
  values_[size_].clear();
  return values_[size_++];
}

// Takes a value that begins with a quote off `line`.
bool CsvLine::quoted_value(std::string_view& line) {
  std::string& value = add();
  line.remove_prefix(1);
  while (true) {
    size_t quote = line.find('"');
    if (quote == std::string_view::npos) return false;
    value += line.substr(0, quote);
    line.remove_prefix(quote + 1);
    if (!line.starts_with('"')) return true;
    value += '"';
    line.remove_prefix(1);
  }
}

bool CsvLine::split(std::string_view line) {
  size_ = 0;
  while (true) {
    if (line.starts_with('"')) {
      if (!quoted_value(line)) return false;
    } else {
      size_t end = std::min(line.find(','), line.size());
      add() = line.substr(0, end);
      line.remove_prefix(end);
    }
    if (line.empty()) return true;
    if (line[0] != ',') return false;
    line.remove_prefix(1);
  }
}

}  // namespace pentad::trace
