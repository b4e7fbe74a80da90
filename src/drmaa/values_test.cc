#include "drmaa/values.h"

#include <doctest/doctest.h>

using namespace pentad;
using namespace pentad::drmaa;

namespace {

constexpr Time kNow{1'700'000'000'000};  // 2023-11-14 22:13:20 UTC

std::optional<int64_t> at_s(std::string_view text, Duration offset = {}) {
  std::optional<Time> at = read_moment(text, kNow, offset);
  return at ? std::optional(at->value / 1000) : std::nullopt;
}

}  // namespace

TEST_CASE("a moment is the next one of its form") {
  CHECK(at_s("22:14") == 1'700'000'040);
  CHECK(at_s("22:13:30") == 1'700'000'010);
  CHECK(at_s("22:00") == 1'700'000'000 - 800 + 86'400);
  CHECK(at_s("2023/11/15 00:00") == 1'700'006'400);
  CHECK(at_s("23/11/15 00:00:00") == 1'700'006'400);
  CHECK(at_s("15 00:00") == 1'700'006'400);
  CHECK(at_s("2023/11/15 08:00 +08:00") == 1'700'006'400);
  CHECK(at_s("2023/11/15 08:00", seconds(8 * 3600)) == 1'700'006'400);
  for (const char* bad :
       {"", "soon", "12", "25:00", "12:61", "1/2/3/4 12:00", "13/40 12:00", "12:00 12:00", "+01:00",
        "12:00 +1", "2023/00/01 12:00", "1013/11/22 10:00 +08:00"}) {
    CAPTURE(bad);
    CHECK_FALSE(at_s(bad).has_value());
  }
}

TEST_CASE("durations count from the seconds up") {
  CHECK(read_duration_s("90") == 90);
  CHECK(read_duration_s("1:30") == 90);
  CHECK(read_duration_s("2:00:01") == 7201);
}

TEST_CASE("placeholders of paths") {
  CHECK(with_placeholders("$drmaa_hd_ph$/a/$drmaa_incr_ph$", "/h/u", "/w") == "/h/u/a/%a");
  CHECK(with_placeholders("$drmaa_wd_ph$/100%", "/h", "/w") == "/w/100%%");
  CHECK(with_placeholders("plain", "/h", "/w") == "plain");
}
