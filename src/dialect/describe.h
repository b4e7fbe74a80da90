// A translation in words: for golden files, `pentad explain` and comparisons.
#pragma once

#include <string>
#include <vector>

#include "dialect/translate.h"

namespace pentad::dialect {

struct ShownValue {
  std::string field;  // "walltime"; with several components "2.nodes"
  std::string value;
  Origin origin;
};

// Every value that is set, in the order of the fields.
std::vector<ShownValue> shown_values(const Job& job);

// Values with their origins, then the options that are not exact; lines of text.
std::string describe(const Translation& translation);

}  // namespace pentad::dialect
