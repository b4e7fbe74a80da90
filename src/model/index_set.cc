#include "model/index_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

// The representation is canonical: reading the elements in ascending order, each range takes as
// many as continue with the distance of its first two. Equal sets thus have equal ranges, and no
// two ranges interleave, which makes every search a binary one.

namespace pentad {
namespace {

int64_t count_of(const IndexRange& range) { return (range.last - range.first) / range.step + 1; }

// Elements of `range` below `bound`.
int64_t count_below(const IndexRange& range, int64_t bound) {
  if (bound <= range.first) return 0;
  if (bound > range.last) return count_of(range);
  return (bound - 1 - range.first) / range.step + 1;
}

bool holds(const IndexRange& range, int64_t index) {
  return index >= range.first && index <= range.last && (index - range.first) % range.step == 0;
}

// The elements number `from` up to, not including, `to` of `range`; at least one.
IndexRange slice(const IndexRange& range, int64_t from, int64_t to) {
  IndexRange part{range.first + from * range.step, range.first + (to - 1) * range.step, range.step};
  if (part.first == part.last) part.step = 1;
  return part;
}

// Builds the canonical ranges from ascending elements.
class Builder {
 public:
  void add(int64_t index) { add(IndexRange{index, index, 1}); }

  // All of `range` lies above what was added before.
  void add(IndexRange range) {
    while (true) {
      if (ranges_.empty()) return ranges_.push_back(range);
      IndexRange& tail = ranges_.back();
      const int64_t gap = range.first - tail.last;
      if (tail.first == tail.last) {
        tail.step = gap;  // a lone element takes the next whatever the distance
      } else if (gap != tail.step) {
        return ranges_.push_back(range);
      }
      const bool same_step = range.step == tail.step || range.first == range.last;
      tail.last = same_step ? range.last : range.first;
      if (same_step) return;
      range = slice(range, 1, count_of(range));
    }
  }

  const IndexRange* tail() const { return ranges_.empty() ? nullptr : &ranges_.back(); }
  std::vector<IndexRange> take() { return std::move(ranges_); }

 private:
  std::vector<IndexRange> ranges_;
};

// The first range whose last element is not below `index`.
size_t find_range(const std::vector<IndexRange>& ranges, int64_t index) {
  auto it = std::lower_bound(ranges.begin(), ranges.end(), index,
                             [](const IndexRange& r, int64_t i) { return r.last < i; });
  return static_cast<size_t>(it - ranges.begin());
}

// Rebuilds ranges[from, to) as `pieces` and goes on through the ranges behind until one comes out
// as it stood, so that the representation stays canonical at the cost of the few ranges that
// change.
void rebuild(std::vector<IndexRange>& ranges, size_t from, size_t to,
             const std::vector<IndexRange>& pieces) {
  Builder builder;
  if (from > 0) builder.add(ranges[--from]);
  for (const IndexRange& piece : pieces) builder.add(piece);
  while (to < ranges.size()) {
    const IndexRange next = ranges[to];
    builder.add(next);
    ++to;
    // The tail is just this range, started at its own first element: the rest follows as before.
    if (*builder.tail() == next) break;
  }
  std::vector<IndexRange> fresh = builder.take();
  const size_t common = std::min(fresh.size(), to - from);
  const auto at = [&](size_t i) { return ranges.begin() + static_cast<std::ptrdiff_t>(i); };
  std::copy_n(fresh.begin(), common, at(from));
  if (fresh.size() > common) {
    ranges.insert(at(from + common), fresh.begin() + static_cast<std::ptrdiff_t>(common),
                  fresh.end());
  } else {
    ranges.erase(at(from + common), at(to));
  }
}

// Reads a set from its first element on.
class Cursor {
 public:
  explicit Cursor(const std::vector<IndexRange>& ranges) : ranges_(ranges) {
    if (!ranges_.empty()) rest_ = ranges_[0];
  }
  bool done() const { return at_ == ranges_.size(); }
  const IndexRange& rest() const { return rest_; }  // of the current range

  // Takes that many elements of the current range.
  IndexRange take(int64_t count) {
    const IndexRange taken = slice(rest_, 0, count);
    const int64_t all = count_of(rest_);
    if (count < all) {
      rest_ = slice(rest_, count, all);
    } else if (++at_ < ranges_.size()) {
      rest_ = ranges_[at_];
    }
    return taken;
  }
  IndexRange take_below(int64_t bound) { return take(count_below(rest_, bound)); }

 private:
  const std::vector<IndexRange>& ranges_;
  size_t at_ = 0;
  IndexRange rest_;
};

// Walks two sets in ascending order in pieces that lie apart or step alike: `only_a`, `only_b` and
// `both` receive ranges in ascending order.
template <class OnlyA, class OnlyB, class Both>
void walk_both(const std::vector<IndexRange>& a, const std::vector<IndexRange>& b, OnlyA only_a,
               OnlyB only_b, Both both) {
  Cursor x(a), y(b);
  while (!x.done() || !y.done()) {
    if (y.done()) {
      only_a(x.take(count_of(x.rest())));
    } else if (x.done()) {
      only_b(y.take(count_of(y.rest())));
    } else if (x.rest().first < y.rest().first) {
      only_a(x.take_below(y.rest().first));
    } else if (y.rest().first < x.rest().first) {
      only_b(y.take_below(x.rest().first));
    } else {
      const bool alike = x.rest().step == y.rest().step;
      const int64_t count = alike ? std::min(count_of(x.rest()), count_of(y.rest())) : 1;
      both(x.take(count));
      y.take(count);
    }
  }
}

std::optional<int64_t> parse_number(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text.empty() || text[0] == '-') return {};
  return value;
}

Result<IndexRange> parse_range(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::invalid, fmt::format("'{}' is not a range of indices: {}", text, why));
  };
  std::string_view body = text;
  IndexRange range;
  if (const size_t colon = body.find(':'); colon != body.npos) {
    const auto step = parse_number(body.substr(colon + 1));
    if (!step || *step < 1) return wrong("the step after ':' must be a number from 1");
    range.step = *step;
    body = body.substr(0, colon);
    if (body.find('-') == body.npos) return wrong("a step needs a range first-last");
  }
  const size_t dash = body.find('-');
  const auto first = parse_number(body.substr(0, dash));
  const auto last = dash == body.npos ? first : parse_number(body.substr(dash + 1));
  if (!first || !last) return wrong("expected a number from 0, or first-last, or first-last:step");
  if (*last < *first) return wrong("the last index lies before the first");
  range.first = *first;
  range.last = *last - (*last - *first) % range.step;
  if (range.first == range.last) range.step = 1;
  return range;
}

// The set of all elements; refuses one that stands twice.
Result<IndexSet> unite(std::vector<IndexRange> parts) {
  std::sort(parts.begin(), parts.end(),
            [](const IndexRange& a, const IndexRange& b) { return a.first < b.first; });
  Builder builder;
  const auto interleaved = [](const IndexRange& a, const IndexRange& b) {
    return b.first <= a.last;
  };
  if (std::adjacent_find(parts.begin(), parts.end(), interleaved) == parts.end()) {
    for (const IndexRange& part : parts) builder.add(part);
    return IndexSet{builder.take()};
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    if (holds(parts[i - 1], parts[i].first)) {
      return fail(ErrorCode::invalid, fmt::format("index {} stands twice", parts[i].first));
    }
  }
  // Only ranges that lie one behind the other come without looking at each element.
  constexpr int64_t kMostInterleaved = int64_t{1} << 20;
  if (IndexSet{parts}.size() > kMostInterleaved) {
    return fail(ErrorCode::too_large,
                fmt::format("ranges that reach into each other with more than {} indices together; "
                            "write them one behind the other",
                            kMostInterleaved));
  }
  std::vector<int64_t> all = IndexSet{std::move(parts)}.expand();
  std::sort(all.begin(), all.end());
  if (const auto twice = std::adjacent_find(all.begin(), all.end()); twice != all.end()) {
    return fail(ErrorCode::invalid, fmt::format("index {} stands twice", *twice));
  }
  for (int64_t index : all) builder.add(index);
  return IndexSet{builder.take()};
}

}  // namespace

bool IndexSet::well_formed() const {
  constexpr int64_t kLimit = int64_t{1} << 40;
  Builder builder;
  int64_t above = -1;
  for (const IndexRange& r : ranges) {
    if (r.first <= above || r.last < r.first || r.last > kLimit || r.step < 1) return false;
    if ((r.last - r.first) % r.step != 0 || (r.first == r.last && r.step != 1)) return false;
    builder.add(r);
    above = r.last;
  }
  return !ranges.empty() && builder.take() == ranges;
}

IndexSet IndexSet::single(int64_t index) { return IndexSet{{IndexRange{index, index, 1}}}; }

Result<IndexSet> IndexSet::parse(std::string_view text, int64_t max_size) {
  std::vector<IndexRange> parsed;
  int64_t total = 0;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    auto range = parse_range(text.substr(at, comma - at));
    if (!range) return tl::unexpected(range.error());
    const int64_t steps = (range->last - range->first) / range->step;
    if (steps >= max_size - total) {
      return fail(ErrorCode::too_large,
                  fmt::format("more than {} indices; split the array into smaller ones", max_size));
    }
    total += steps + 1;
    parsed.push_back(*range);
    at = comma + 1;
  }
  return unite(std::move(parsed));
}

int64_t IndexSet::size() const {
  int64_t total = 0;
  for (const IndexRange& range : ranges) total += count_of(range);
  return total;
}

bool IndexSet::contains(int64_t index) const {
  const size_t at = find_range(ranges, index);
  return at < ranges.size() && holds(ranges[at], index);
}

std::optional<int64_t> IndexSet::first() const {
  if (ranges.empty()) return {};
  return ranges.front().first;
}

bool IndexSet::insert(int64_t index) {
  const size_t at = find_range(ranges, index);
  const IndexRange fresh{index, index, 1};
  if (at == ranges.size() || index < ranges[at].first) {
    rebuild(ranges, at, at, {fresh});
    return true;
  }
  if (holds(ranges[at], index)) return false;
  const IndexRange old = ranges[at];
  const int64_t below = count_below(old, index);
  rebuild(ranges, at, at + 1, {slice(old, 0, below), fresh, slice(old, below, count_of(old))});
  return true;
}

bool IndexSet::erase(int64_t index) {
  const size_t at = find_range(ranges, index);
  if (at == ranges.size() || !holds(ranges[at], index)) return false;
  const IndexRange old = ranges[at];
  const int64_t count = count_of(old);
  const int64_t below = count_below(old, index);
  if (below == 0 && count > 2 && at == 0) {  // how the elements of an array usually leave: in order
    ranges[at].first += old.step;
    return true;
  }
  std::vector<IndexRange> rest;
  if (below > 0) rest.push_back(slice(old, 0, below));
  if (below + 1 < count) rest.push_back(slice(old, below + 1, count));
  rebuild(ranges, at, at + 1, rest);
  return true;
}

IndexSet IndexSet::intersection(const IndexSet& other) const {
  Builder builder;
  walk_both(
      ranges, other.ranges, [](const IndexRange&) {}, [](const IndexRange&) {},
      [&](const IndexRange& both) { builder.add(both); });
  return IndexSet{builder.take()};
}

void IndexSet::erase_all(const IndexSet& other) {
  Builder builder;
  walk_both(
      ranges, other.ranges, [&](const IndexRange& mine) { builder.add(mine); },
      [](const IndexRange&) {}, [](const IndexRange&) {});
  ranges = builder.take();
}

void IndexSet::insert_all(const IndexSet& other) {
  Builder builder;
  const auto add = [&](const IndexRange& range) { builder.add(range); };
  walk_both(ranges, other.ranges, add, add, add);
  ranges = builder.take();
}

std::vector<int64_t> IndexSet::expand() const {
  std::vector<int64_t> all;
  all.reserve(static_cast<size_t>(size()));
  for (const IndexRange& range : ranges) {
    for (int64_t n = 0; n < count_of(range); ++n) all.push_back(range.first + n * range.step);
  }
  return all;
}

std::string IndexSet::to_string() const {
  std::string text;
  for (const IndexRange& range : ranges) {
    if (!text.empty()) text += ',';
    if (range.first == range.last) {
      text += fmt::format("{}", range.first);
    } else if (range.step == 1) {
      text += fmt::format("{}-{}", range.first, range.last);
    } else if (count_of(range) == 2) {
      text += fmt::format("{},{}", range.first, range.last);
    } else {
      text += fmt::format("{}-{}:{}", range.first, range.last, range.step);
    }
  }
  return text;
}

}  // namespace pentad
