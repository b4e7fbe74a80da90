#include "cli/twin/policy_text.h"

#include <doctest/doctest.h>

using namespace pentad;
using namespace pentad::cli::twin;

TEST_CASE("policies by name") {
  Policy policy = plain_policy();
  REQUIRE(apply_policy_text("conservative", policy));
  CHECK(policy.reservation_depth == -1);
  REQUIRE(apply_policy_text("fcfs", policy));
  CHECK_FALSE(policy.backfill);
  REQUIRE(apply_policy_text("depth=16,fair-share=on,age=on", policy));
  CHECK(policy.backfill);
  CHECK(policy.reservation_depth == 16);
  CHECK(policy.weights.fair_share == PriorityWeights{}.fair_share);
  for (const char* wrong : {"", "lottery", "depth=", "depth=-1", "depth=1x", "fair-share",
                            "fair-share=maybe", "easy,,easy", "depth=99999999999"}) {
    CAPTURE(wrong);
    Status status = apply_policy_text(wrong, policy);
    REQUIRE_FALSE(status);
    CHECK(status.error().path == "--policy");
  }
}

TEST_CASE("power caps by hour of the day") {
  Policy policy;
  REQUIRE(apply_power_cap("500kW", policy));
  CHECK(policy.power_cap.by_hour == std::vector<Power>(24, Power{500'000'000}));
  REQUIRE(apply_power_cap("8-22:400kW,22-8:1.5MW", policy));
  CHECK(policy.power_cap.by_hour[7] == Power{1'500'000'000});
  CHECK(policy.power_cap.by_hour[8] == Power{400'000'000});
  CHECK(policy.power_cap.by_hour[21] == Power{400'000'000});
  CHECK(policy.power_cap.by_hour[22] == Power{1'500'000'000});
  for (const char* wrong : {"", "500", "kW", "-1kW", "nanW", "8:5kW", "8-8:5kW", "24-3:5kW",
                            "3-25:5kW", "1e99MW", "8-22:5kW,"}) {
    CAPTURE(wrong);
    CHECK_FALSE(apply_power_cap(wrong, policy));
  }
}
