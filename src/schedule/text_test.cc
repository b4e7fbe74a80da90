#include "schedule/text.h"

#include <doctest/doctest.h>

#include <unordered_map>

#include "schedule/id_map.h"

namespace pentad::schedule {

TEST_CASE("figures as people read them") {
  CHECK(bytes_text(Bytes{100}) == "100 bytes");
  CHECK(bytes_text(Bytes{1536}) == "1.5 KiB");
  CHECK(bytes_text(mebibytes(512)) == "512 MiB");
  CHECK(bytes_text(gibibytes(3)) == "3 GiB");
  CHECK(bytes_text(mebibytes(1600)) == "1.5 GiB");
  CHECK(bytes_text(Bytes::max()) == "8589934591.9 GiB");
  CHECK(duration_text(Duration{1}) == "1 s");
  CHECK(duration_text(Duration{-5}) == "1 s");
  CHECK(duration_text(seconds(59)) == "59 s");
  CHECK(duration_text(seconds(60)) == "1 min");
  CHECK(duration_text(seconds(3599)) == "59 min 59 s");
  CHECK(duration_text(minutes(125)) == "2 h 5 min");
  CHECK(duration_text(hours(76)) == "3 d 4 h");
  CHECK(count_text(1, "core") == "1 core");
  CHECK(count_text(0, "core") == "0 cores");
}

TEST_CASE("an id map is a map") {
  IdMap map;
  std::unordered_map<int64_t, uint32_t> model;
  uint64_t random = 9;
  CHECK(map.find(1) == IdMap::none);
  map.erase(1);
  for (uint32_t step = 0; step < 20'000; ++step) {
    random = mix64(random);
    const auto id = static_cast<int64_t>(1 + random % 500);
    const auto it = model.find(id);
    REQUIRE(map.find(id) == (it == model.end() ? IdMap::none : it->second));
    if (it == model.end()) {
      map.insert(id, step);
      model[id] = step;
    } else {
      map.erase(id);
      model.erase(it);
    }
    REQUIRE(map.size() == model.size());
  }
}

}  // namespace pentad::schedule
