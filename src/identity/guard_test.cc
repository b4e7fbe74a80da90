#include "identity/guard.h"

#include <doctest/doctest.h>

using namespace pentad;            // NOLINT
using namespace pentad::identity;  // NOLINT

TEST_CASE("who guesses waits, longer each time, and others do not") {
  Guard guard;
  Time now{1'000'000};
  for (int i = 0; i < 4; ++i) guard.failed("li", "10.0.0.1", now);
  CHECK(guard.wait("li", "10.0.0.1", now) <= Duration{});
  guard.failed("li", "10.0.0.1", now);
  CHECK(guard.wait("li", "10.0.0.1", now) == seconds(30));
  CHECK(guard.wait("li", "10.0.0.2", now) <= Duration{});
  CHECK(guard.wait("wang", "10.0.0.1", now) <= Duration{});
  now = now + seconds(30);
  CHECK(guard.wait("li", "10.0.0.1", now) <= Duration{});
  guard.failed("li", "10.0.0.1", now);
  CHECK(guard.wait("li", "10.0.0.1", now) == seconds(60));
  guard.succeeded("li", "10.0.0.1");
  CHECK(guard.wait("li", "10.0.0.1", now) <= Duration{});
}

TEST_CASE("one password for many names: the address waits") {
  Guard guard;
  const Time now{1'000'000};
  for (int i = 0; i < 30; ++i) guard.failed("u" + std::to_string(i), "10.0.0.1", now);
  CHECK(guard.wait("anybody", "10.0.0.1", now) > Duration{});
  CHECK(guard.wait("anybody", "10.0.0.2", now) <= Duration{});
}

TEST_CASE("many addresses for one name: it waits, but never long") {
  Guard guard;
  const Time now{1'000'000};
  for (int i = 0; i < 500; ++i) guard.failed("li", "10.0." + std::to_string(i), now);
  const Duration wait = guard.wait("li", "192.0.2.1", now);
  CHECK(wait > Duration{});
  CHECK(wait <= minutes(5));
}

TEST_CASE("a flood of names costs bounded memory") {
  Guard guard;
  for (int i = 0; i < 60'000; ++i) {
    guard.failed("u" + std::to_string(i), "10.0.0.1", Time{1'000'000 + int64_t{i} * 100});
  }
  CHECK(guard.remembered() <= 100'003);
}
