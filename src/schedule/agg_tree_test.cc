#include "schedule/agg_tree.h"

#include <doctest/doctest.h>

#include <limits>
#include <map>

#include "base/hash.h"

namespace pentad::schedule {
namespace {

struct Pair {
  int64_t key = 0;
  int64_t value = 0;
};

struct PairTraits {
  using Item = Pair;
  using Key = int64_t;
  static constexpr size_t max_items = 32;
  struct Agg {
    int64_t least = std::numeric_limits<int64_t>::max();
    bool operator==(const Agg&) const = default;
  };
  static const Key& key(const Item& item) { return item.key; }
  static bool less(Key a, Key b) { return a < b; }
  static void add(Agg& agg, const Item& item) { agg.least = std::min(agg.least, item.value); }
  static void join(Agg& agg, const Agg& other) { agg.least = std::min(agg.least, other.least); }
};

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  int64_t below(int64_t n) {
    state_ = mix64(state_);
    return static_cast<int64_t>(state_ % static_cast<uint64_t>(n));
  }

 private:
  uint64_t state_;
};

// The first of the model from `from` on whose value is at most `most`.
const std::pair<const int64_t, int64_t>* model_find(const std::map<int64_t, int64_t>& model,
                                                    int64_t from, bool beyond, int64_t most) {
  for (auto it = beyond ? model.upper_bound(from) : model.lower_bound(from); it != model.end();
       ++it) {
    if (it->second <= most) return &*it;
  }
  return nullptr;
}

void compare(uint64_t seed, int64_t keys, int64_t steps) {
  Random random(seed);
  AggTree<PairTraits> tree;
  std::map<int64_t, int64_t> model;
  for (int64_t step = 0; step < steps; ++step) {
    // Grows in the first half, shrinks in the second.
    const int64_t key = seed % 3 == 0 ? step % keys : random.below(keys);
    const bool grow = random.below(10) < (step < steps / 2 ? 7 : 2);
    if (grow) {
      const Pair pair{key, random.below(100)};
      REQUIRE(tree.insert(pair) == model.emplace(pair.key, pair.value).second);
    } else {
      REQUIRE(tree.erase(key) == (model.erase(key) > 0));
    }
    const Pair other{random.below(keys), random.below(100)};
    const auto known = model.find(other.key);
    REQUIRE(tree.replace(other) == (known != model.end()));
    if (known != model.end()) known->second = other.value;
    if (step % 97 == 0) {
      std::vector<Pair> all;
      tree.for_each([&](const Pair& pair) { all.push_back(pair); });
      tree.assign(all);
      REQUIRE(tree.check() == nullptr);
    }
    REQUIRE(tree.size() == model.size());
    if (!model.empty()) REQUIRE(tree.front().key == model.begin()->first);
    const int64_t from = random.below(keys), most = random.below(20);
    const bool beyond = random.below(2) == 0;
    const Pair* found = tree.find(
        from, beyond, [&](const auto& agg) { return agg.least <= most; },
        [&](const Pair& pair) { return pair.value <= most; });
    const auto* expected = model_find(model, from, beyond, most);
    REQUIRE((found == nullptr) == (expected == nullptr));
    if (found) REQUIRE(found->key == expected->first);
    REQUIRE(tree.rank(from) == std::distance(model.begin(), model.lower_bound(from)));
    if (!model.empty()) {
      const auto n = static_cast<size_t>(random.below(static_cast<int64_t>(model.size())));
      REQUIRE(tree.nth(n).key == std::next(model.begin(), static_cast<std::ptrdiff_t>(n))->first);
    }
    if (step % 50 == 0) REQUIRE(tree.check() == nullptr);
  }
  REQUIRE(tree.check() == nullptr);
}

}  // namespace

TEST_CASE("a tree of aggregates is an ordered map that searches by value") {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    compare(seed, 40, 1000);
    compare(seed, 3000, 12000);
  }
}

TEST_CASE("a search does not look into stretches that cannot hold what is sought") {
  AggTree<PairTraits> tree;
  for (int64_t i = 0; i < 100'000; ++i) tree.insert({i, i == 99'000 ? 1 : 50});
  int looked = 0;
  const auto may = [&](const auto& agg) { return ++looked, agg.least <= 10; };
  const auto is = [&](const Pair& pair) { return ++looked, pair.value <= 10; };
  const Pair* found = tree.find(may, is);
  REQUIRE(found != nullptr);
  CHECK(found->key == 99'000);
  CHECK(looked < 200);
  looked = 0;
  CHECK(tree.find(99'000, true, may, is) == nullptr);
  CHECK(looked < 200);
}

}  // namespace pentad::schedule
