#include "api/storm_guard.h"

#include <doctest/doctest.h>

namespace pentad::api {

TEST_CASE("a burst passes, then a steady rate") {
  StormGuard guard(10, 2);
  const Time start{1'000'000};
  for (int i = 0; i < 10; ++i) CHECK(guard.take("ann", 1, start) == Duration{});
  CHECK(guard.take("ann", 1, start) == milliseconds(500));
  CHECK(guard.take("bob", 1, start) == Duration{});  // another's bucket is another
  CHECK(guard.take("ann", 1, start + milliseconds(499)) == milliseconds(1));
  CHECK(guard.take("ann", 1, start + milliseconds(500)) == Duration{});
  CHECK(guard.take("ann", 3, start + milliseconds(500)) == milliseconds(1500));
}

TEST_CASE("more than a burst at once waits for a full bucket") {
  StormGuard guard(10, 2);
  CHECK(guard.take("ann", 50, Time{5000}) == Duration{});
  CHECK(guard.take("ann", 50, Time{5000}) == seconds(5));
  CHECK(guard.take("ann", 50, Time{10'000}) == Duration{});
}

TEST_CASE("a clock that goes back adds nothing, no limit is none") {
  StormGuard guard(1, 1);
  CHECK(guard.take("ann", 1, Time{5000}) == Duration{});
  CHECK(guard.take("ann", 1, Time{4000}) == seconds(1));
  CHECK(guard.take("ann", 1, Time{4500}) == milliseconds(500));
  StormGuard none(1, 0);
  for (int i = 0; i < 5; ++i) CHECK(none.take("ann", 100, Time{1}) == Duration{});
}

}  // namespace pentad::api
