// Several runs of the same jobs beside each other: what each took, and what it saved against the
// first, which is the baseline and is always named.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "twin/result.h"

namespace pentad::twin {

// One figure of all centres, in their order. `less`: 1 - value / the baseline's; absent for the
// baseline, where that is 0, and where the work was not the same.
struct ComparedItem {
  std::string item;
  std::string unit;
  std::vector<std::optional<double>> values;
  std::vector<std::optional<double>> less;
};
BOOST_DESCRIBE_STRUCT(ComparedItem, (), (item, unit, values, less))

struct Comparison {
  std::string baseline;
  std::vector<std::string> centres;       // the baseline first
  std::vector<std::string> not_a_saving;  // why nothing is said about a centre; empty: all is
  std::vector<ComparedItem> items;
};
BOOST_DESCRIBE_STRUCT(Comparison, (), (baseline, centres, not_a_saving, items))

// At least one result.
Comparison compare(const std::vector<const TwinResult*>& results);

// Why the two did not do the same work, or empty. Jobs that never ran or still wait count.
std::string not_the_same_work(const TwinResult& ours, const TwinResult& baseline);

}  // namespace pentad::twin
