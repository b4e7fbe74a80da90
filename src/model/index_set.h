// Sets of array indices kept as ranges with a step, so that an array of a million elements costs a
// few dozen bytes until its elements go separate ways.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pentad {

// first, first + step, ..., up to and including last. Invariant: step >= 1, first <= last and
// (last - first) is a multiple of step.
struct IndexRange {
  int64_t first = 0;
  int64_t last = 0;
  int64_t step = 1;
  bool operator==(const IndexRange&) const = default;
};
BOOST_DESCRIBE_STRUCT(IndexRange, (), (first, last, step))

// Ordered and free of overlaps: `ranges` ascend by first and no index is in two of them.
struct IndexSet {
  std::vector<IndexRange> ranges;

  static IndexSet single(int64_t index);
  // Reads "0-9", "1,3,5", "0-15:4" and mixtures; refuses negative, reversed, overlapping or empty
  // input and sets of more than `max_size` elements.
  static Result<IndexSet> parse(std::string_view text, int64_t max_size);

  // Whether `ranges` are as every call here leaves them; sets from outside may not be.
  bool well_formed() const;
  bool empty() const { return ranges.empty(); }
  int64_t size() const;
  bool contains(int64_t index) const;
  std::optional<int64_t> first() const;
  // Inserts or erases one index; true when the set changed.
  bool insert(int64_t index);
  bool erase(int64_t index);
  IndexSet intersection(const IndexSet& other) const;
  void erase_all(const IndexSet& other);
  void insert_all(const IndexSet& other);
  std::vector<int64_t> expand() const;
  std::string to_string() const;

  bool operator==(const IndexSet&) const = default;
};
BOOST_DESCRIBE_STRUCT(IndexSet, (), (ranges))

}  // namespace pentad
