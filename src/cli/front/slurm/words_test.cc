#include "cli/front/slurm/words.h"

#include <doctest/doctest.h>

#include "cli/front/slurm/job_list.h"

using namespace pentad;
using namespace pentad::cli::front;

TEST_CASE("times as Slurm prints them") {
  CHECK(slurm::short_time(0) == "0:00");
  CHECK(slurm::short_time(67) == "1:07");
  CHECK(slurm::short_time(3723) == "1:02:03");
  CHECK(slurm::short_time(2 * 86400 + 3 * 3600) == "2-03:00:00");
  CHECK(slurm::clock_time(7) == "00:00:07");
  CHECK(slurm::clock_time(93784) == "1-02:03:04");
  CHECK(slurm::cpu_time(7250) == "00:07.250");
  CHECK(slurm::cpu_time(3'600'999) == "01:00:00");
}

TEST_CASE("sizes as Slurm prints them") {
  constexpr int64_t kMebi = 1 << 20;
  CHECK(slurm::memory_text(0) == "0");
  CHECK(slurm::memory_text(100 * kMebi) == "100M");
  CHECK(slurm::memory_text(1024 * kMebi) == "1G");
  CHECK(slurm::memory_text(1536 * kMebi) == "1.50G");
  CHECK(slurm::memory_text(1) == "1M");
  CHECK(slurm::measured_text(4096, 0) == "4K");
  CHECK(slurm::measured_text(3 * kMebi, 'M') == "3.00M");
}

TEST_CASE("states by both of their words") {
  CHECK(slurm::states_named("pd") == slurm::states_named("PENDING"));
  CHECK(slurm::states_named("R").value() ==
        std::vector<JobState>{JobState::starting, JobState::running});
  CHECK(slurm::states_named("SUSPENDED").value().empty());
  CHECK_FALSE(slurm::states_named("bogus"));
}

TEST_CASE("moments that lie back") {
  constexpr int64_t kNow = 1'900'000'000'000;
  CHECK(slurm::read_moment("now-1hour", kNow) == kNow - 3'600'000);
  CHECK(slurm::read_moment("1970-01-01", kNow).value() <= 86'400'000);
  CHECK(slurm::read_moment("00:00", kNow).value() <= kNow);
  CHECK_FALSE(slurm::read_moment("bogus", kNow));
}

TEST_CASE("names of jobs") {
  auto term = [](const char* text) { return slurm::read_job_term(text); };
  CHECK(term("12")->job == 12);
  CHECK_FALSE(term("12")->elements);
  CHECK(term("12_3")->covers(3));
  CHECK_FALSE(term("12_3")->covers(4));
  CHECK(term("12_[1-3,7%2]")->elements->size() == 4);
  CHECK_FALSE(term("12_*")->elements);
  CHECK(term("12.batch")->step == "batch");
  CHECK(term("12_3.0")->step == "0");
  CHECK(term("12_3.0")->covers(3));
  CHECK(term("12+0")->job == 12);
  for (const char* bad : {"", "abc", "-3", "0", "12_", "12_[1", "12_x", "12x", "12.", "12+1",
                          "99999999999999999999"}) {
    CAPTURE(bad);
    CHECK_FALSE(term(bad));
  }
  CHECK(slurm::read_job_terms("1,2_[3,4],5").value().size() == 3);
  CHECK(slurm::read_job_terms("").value().empty());
}
