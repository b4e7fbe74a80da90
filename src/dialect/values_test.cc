#include "dialect/values.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace pentad::dialect {

TEST_CASE("Slurm's times") {
  auto seconds_of = [](const char* text) {
    Result<TimeSpan> t = parse_slurm_time(text);
    return !t ? -1 : t->is_unlimited ? -2 : t->duration_s;
  };
  CHECK(seconds_of("90") == 5400);
  CHECK(seconds_of("10:30") == 660);
  CHECK(seconds_of("30:00:00") == 108000);
  CHECK(seconds_of("1-0") == 86400);
  CHECK(seconds_of("1-") == 86400);
  CHECK(seconds_of("1-2:3") == 93780);
  CHECK(seconds_of("1-2:3:4") == 93840);
  CHECK(seconds_of("UNLIMITED") == -2);
  CHECK(seconds_of("-1") == -2);
  for (const char* bad :
       {"90m", "2h", "", ":", "1:2:3:4", "-", "1-:", "x", "99999999999999999999"}) {
    CAPTURE(bad);
    CHECK(seconds_of(bad) == -1);
  }
}

TEST_CASE("the same text means other times and sizes elsewhere") {
  CHECK(parse_clock_time("90", false)->duration_s == 90);
  CHECK(parse_clock_time("1:30", false)->duration_s == 90);
  CHECK(parse_lsf_time("1:30")->duration_s == 5400);
  CHECK(parse_lsf_time("90")->duration_s == 5400);
  CHECK(parse_clock_time("1::1", true)->duration_s == 3601);
  CHECK_FALSE(parse_clock_time("1:30", true));  // SGE knows no m:s
  CHECK(parse_slurm_size("4")->value == 4 << 20);
  CHECK(parse_pbs_size("4")->value == 4);
  CHECK(parse_pbs_size("4kw")->value == 4 * 1024 * 8);
  CHECK(parse_sge_size("4K")->value == 4096);
  CHECK(parse_sge_size("4k")->value == 4000);
  CHECK(parse_lsf_size("4", 1 << 10)->value == 4096);
  CHECK(parse_lsf_size("1.5GB", 1)->value == 3 << 29);
  CHECK_FALSE(parse_slurm_size("1.5G"));
  CHECK_FALSE(parse_pbs_size("9999999999999999tb"));
}

TEST_CASE("moments") {
  CHECK(parse_slurm_moment("now+1hour")->after_now_s == 3600);
  CHECK(parse_slurm_moment("010130")->year == 2030);
  CHECK(parse_slurm_moment("4:30PM")->hour == 16);
  CHECK(parse_touch_moment("202612241830.15")->second == 15);
  CHECK(parse_lsf_moment("12:24:18:00")->month == 12);
  CHECK_FALSE(parse_touch_moment("2500"));
  CHECK_FALSE(parse_slurm_moment("2026-13-01"));
}

TEST_CASE("no text breaks a parser, and sizes read back") {
  CHECK(rc::check("any text", [](const std::string& text) {
    (void)parse_slurm_time(text);
    (void)parse_lsf_time(text);
    (void)parse_clock_time(text, true);
    (void)parse_slurm_moment(text);
    (void)parse_touch_moment(text);
    (void)parse_lsf_size(text, 1024);
  }));
  CHECK(rc::check("minutes", [] {
    int64_t minutes = *rc::gen::inRange<int64_t>(1, 10'000'000);
    RC_ASSERT(parse_slurm_time(time_text(minutes * 60))->duration_s == minutes * 60);
  }));
}

}  // namespace pentad::dialect
