#include "ledger/calendar.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace pentad::ledger {
namespace {

TEST_CASE("a month begins and ends at midnight of UTC+8") {
  MonthSpan span = month_span("2026-11").value();
  CHECK(local_time_text(span.from) == "2026-11-01 00:00:00");
  CHECK(local_time_text(span.until) == "2026-12-01 00:00:00");
  CHECK(utc_time_text(span.from) == "2026-10-31T16:00:00Z");
  CHECK(month_name(span.from) == "2026-11");
  CHECK(month_name(span.from - milliseconds(1)) == "2026-10");
  CHECK(month_name(span.until - milliseconds(1)) == "2026-11");
  CHECK(month_span("2026-12")->until == month_span("2027-01")->from);
  CHECK(month_span("2024-02")->until - month_span("2024-02")->from == hours(24 * 29));
}

TEST_CASE("what is no month is none") {
  for (const char* text : {"", "2026", "2026-13", "2026-00", "2026-1", "2026/11", "1969-12",
                           "20261-1", "2026-11 ", "-026-11", "２０２６-11"}) {
    CAPTURE(text);
    CHECK_FALSE(month_span(text).has_value());
  }
  CHECK(local_time_text(Time::never()) == "-");
  CHECK(local_time_text(Time{-1}) == "-");
}

TEST_CASE("every moment lies in the month it is said to be of") {
  CHECK(rc::check("moments", [] {
    Time time{*rc::gen::inRange<int64_t>(0, 4'000'000'000'000)};
    MonthSpan span = month_span(month_name(time)).value();
    RC_ASSERT(span.from <= time);
    RC_ASSERT(time < span.until);
  }));
}

}  // namespace
}  // namespace pentad::ledger
