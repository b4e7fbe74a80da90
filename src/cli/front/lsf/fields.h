// The fields of bjobs -o, and tables made of them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/front/lsf/format.h"
#include "cli/front/lsf/jobs.h"

namespace pentad::cli::front::lsf {

struct Field {
  std::string_view name;                                          // in -o; "a b" are two of them
  std::string_view title;                                         // of the column, and in JSON
  size_t width;                                                   // LSF's recommendation
  std::string (*text)(const Element& element, Cluster& cluster);  // empty: nothing to say

  std::string_view first_name() const { return name.substr(0, name.find(' ')); }
};

std::span<const Field> fields();
const Field* find_field(std::string_view name);

// Throw Finished for a field that does not exist.
std::string header_line(const Format& format);
std::string value_line(const Format& format, const Element& element, Cluster& cluster);
// The members of one record of -json, indented as LSF does.
std::string json_record(const Format& format, const Element& element, Cluster& cluster);

}  // namespace pentad::cli::front::lsf
