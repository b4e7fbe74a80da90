#include "model/index_set.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>

namespace pentad {
namespace {

std::string canon(std::string_view text) {
  auto set = IndexSet::parse(text, 1000);
  return set ? set->to_string() : "refused: " + set.error().message;
}

IndexSet of(const std::set<int64_t>& elements) {
  IndexSet set;
  for (int64_t element : elements) set.insert(element);
  return set;
}

std::set<int64_t> some_indices() {
  return *rc::gen::container<std::set<int64_t>>(rc::gen::inRange<int64_t>(0, 60));
}

void check_invariant(const IndexSet& set) {
  int64_t last = -1;
  for (const IndexRange& range : set.ranges) {
    RC_ASSERT(range.step >= 1);
    RC_ASSERT(range.first > last);
    RC_ASSERT(range.last >= range.first);
    RC_ASSERT((range.last - range.first) % range.step == 0);
    last = range.last;
  }
}

}  // namespace

TEST_CASE("index sets are read and written") {
  CHECK(canon("0-9") == "0-9");
  CHECK(canon("7") == "7");
  CHECK(canon("1,3,5") == "1-5:2");
  CHECK(canon("0-15:4") == "0-12:4");
  CHECK(canon("5-9,0-3") == "0-3,5-9");
  CHECK(canon("0-8:2,1-9:2") == "0-9");
  CHECK(canon("3-5:10") == "3");
  CHECK(canon("1,8") == "1,8");
  CHECK(canon("9223372036854775807") == "9223372036854775807");
}

TEST_CASE("bad index sets are refused") {
  for (const char* text : {"", ",", "1,", "-1", "5-3", "a", "1-", "1-2-3", "1:2", "0-9:0", "0-9:-1",
                           "0-5,3", "2,2", " 1", "+1", "1.5", "9223372036854775808", "1-2:x"}) {
    CAPTURE(text);
    CHECK_FALSE(IndexSet::parse(text, 1000).has_value());
  }
  CHECK(IndexSet::parse("0-999", 1000).has_value());
  CHECK(IndexSet::parse("0-1000", 1000).error().code == ErrorCode::too_large);
  CHECK(IndexSet::parse("0-499,600-1200", 1000).error().code == ErrorCode::too_large);
  CHECK(IndexSet::parse("0-9223372036854775807", 1000).error().code == ErrorCode::too_large);
  // Without limit of their number, what must be gone through one by one still has one.
  constexpr int64_t kAny = int64_t{1} << 40;
  CHECK(IndexSet::parse("0-9000000000:2,1-9000000001:2", kAny).error().code ==
        ErrorCode::too_large);
  CHECK(IndexSet::parse("91,91-9131931,1", kAny).error().message.find("91 stands twice") !=
        std::string::npos);
  CHECK(IndexSet::parse("0-8:2,1-9:2", kAny)->to_string() == "0-9");
}

TEST_CASE("a large array that starts in order stays one range") {
  IndexSet waiting = IndexSet::parse("0-3999996:4", 1'000'000).value();
  IndexSet started;
  CHECK(waiting.size() == 1'000'000);
  for (int i = 0; i < 1000; ++i) {
    const int64_t index = *waiting.first();
    CHECK(waiting.erase(index));
    CHECK(started.insert(index));
  }
  CHECK(waiting.ranges.size() == 1);
  CHECK(started.ranges.size() == 1);
  CHECK(started.to_string() == "0-3996:4");
}

TEST_CASE("an index set behaves like a set of numbers") {
  CHECK(rc::check("insert, erase and contains", [] {
    std::set<int64_t> model = some_indices();
    IndexSet set = of(model);
    for (int64_t i : *rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(0, 60))) {
      const bool was = model.count(i) > 0;
      RC_ASSERT(set.contains(i) == was);
      if (was) {
        model.erase(i);
        RC_ASSERT(set.erase(i));
        RC_ASSERT_FALSE(set.erase(i));
      } else {
        model.insert(i);
        RC_ASSERT(set.insert(i));
        RC_ASSERT_FALSE(set.insert(i));
      }
      check_invariant(set);
      RC_ASSERT(set == of(model));
    }
    RC_ASSERT(set.expand() == std::vector<int64_t>(model.begin(), model.end()));
    RC_ASSERT(set.size() == static_cast<int64_t>(model.size()));
    RC_ASSERT(set.empty() == model.empty());
  }));
  CHECK(rc::check("intersection, union and difference", [] {
    const std::set<int64_t> a = some_indices(), b = some_indices();
    std::set<int64_t> both, either = a, rest = a;
    for (int64_t i : b) {
      if (a.count(i)) both.insert(i);
      either.insert(i);
      rest.erase(i);
    }
    IndexSet joined = of(a), reduced = of(a);
    joined.insert_all(of(b));
    reduced.erase_all(of(b));
    const IndexSet common = of(a).intersection(of(b));
    for (const IndexSet& set : {joined, reduced, common}) check_invariant(set);
    RC_ASSERT(common == of(both));
    RC_ASSERT(joined == of(either));
    RC_ASSERT(reduced == of(rest));
  }));
  CHECK(rc::check("what is written is read back", [] {
    const IndexSet set = of(some_indices());
    RC_PRE(!set.empty());
    RC_ASSERT(IndexSet::parse(set.to_string(), 1000).value() == set);
  }));
}

}  // namespace pentad
