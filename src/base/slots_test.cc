#include "base/slots.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "base/hash.h"

namespace pentad {
namespace {

struct Record {
  int64_t key = 0;
  std::string text;
};

// Few different hashes: what collides must be told apart, and erased without losing what follows.
uint64_t hash_of(int64_t key, uint64_t spread) {
  return mix64(static_cast<uint64_t>(key)) % spread;
}

void compare(uint64_t seed, uint64_t spread, int64_t keys) {
  Slots<Record> records;
  SlotIndex index;
  std::map<int64_t, const Record*> model;
  const auto find = [&](int64_t key) {
    return index.find(hash_of(key, spread), [&](uint32_t at) { return records[at].key == key; });
  };
  for (uint64_t step = 0; step < 4000; ++step) {
    seed = mix64(seed);
    const auto key = 1 + static_cast<int64_t>(seed % static_cast<uint64_t>(keys));
    const uint32_t slot = find(key);
    REQUIRE((slot != kNoSlot) == (model.count(key) > 0));
    if (slot == kNoSlot) {
      const uint32_t fresh = records.take();
      REQUIRE(records[fresh].text.empty());
      records[fresh] = {key, std::to_string(key)};
      index.insert(hash_of(key, spread), fresh);
      model[key] = &records[fresh];
    } else {
      REQUIRE(&records[slot] == model[key]);
      REQUIRE(records[slot].text == std::to_string(key));
      if (seed >> 40 & 1) continue;
      REQUIRE(index.erase(hash_of(key, spread), slot));
      REQUIRE(!index.erase(hash_of(key, spread), slot));
      records.give_back(slot);
      model.erase(key);
    }
    REQUIRE(index.size() == model.size());
    REQUIRE(records.size() == model.size());
  }
}

TEST_CASE("slots and their index agree with a map") {
  for (uint64_t spread : {uint64_t{1}, uint64_t{7}, uint64_t{1} << 20, ~uint64_t{0}}) {
    for (int64_t keys : {3, 40, 1000}) compare(static_cast<uint64_t>(keys) * spread, spread, keys);
  }
}

}  // namespace
}  // namespace pentad
