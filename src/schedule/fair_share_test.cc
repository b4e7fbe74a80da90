#include "schedule/fair_share.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "schedule/fixed_point.h"

namespace pentad {
namespace {

constexpr int64_t million = 1'000'000;

Policy with_projects(std::vector<FairShareProject> projects) {
  Policy policy;
  policy.projects = std::move(projects);
  policy.fair_share_half_life = hours(1);
  return policy;
}

FairShare tree(std::vector<FairShareProject> projects) {
  FairShare share;
  share.set_policy(with_projects(std::move(projects)));
  return share;
}

bool near(int64_t a, int64_t b) { return std::abs(a - b) <= 1; }

}  // namespace

TEST_CASE("powers of one half") {
  using schedule::power_of_half;
  constexpr schedule::UnsignedWide one = schedule::UnsignedWide{1} << 40;
  CHECK(power_of_half(0) == uint64_t{1} << 63);
  CHECK(power_of_half(one) == uint64_t{1} << 62);
  CHECK(power_of_half(one * 63) == 0);
  CHECK(power_of_half(one * 1000) == 0);
  for (int i = 0; i < 4000; ++i) {
    const double x = i / 100.0;
    const auto fixed =
        static_cast<schedule::UnsignedWide>(x * static_cast<double>(int64_t{1} << 40));
    const double got = static_cast<double>(power_of_half(fixed)) / 9223372036854775808.0;
    CHECK(std::abs(got - std::exp2(-x)) < 1e-11);
  }
}

TEST_CASE("nobody used anything: everybody's factor is 1") {
  FairShare share = tree({{"a", "", 1}});
  CHECK(share.factor("a", "x") == million);
  CHECK(share.factor("", "") == million);
  CHECK(share.factor("unknown", "x") == million);
}

TEST_CASE("two projects of equal shares, by hand") {
  // Shares 1/2 each. Project a used everything, all of it by user x, the only one there:
  //   a: effective 1, x: 1 + (1 - 1) * 1/1 = 1, share 1/2 * 1/1: 2^-(1 / 0.5) = 0.25.
  //   b: effective 0; its (new) user y: 0 + (0 - 0) = 0: 1.
  FairShare share = tree({{"a", "", 1}, {"b", "", 1}});
  share.charge("a", "x", 1000, Time{0});
  CHECK(share.factor("a", "x") == 250'000);
  CHECK(share.factor("b", "y") == million);
  // A new user z of a has two siblings' shares: 1/2. Own use 0, effective 0 + (1 - 0) * 1/2 = 0.5,
  // share 1/2 * 1/2 = 0.25: 2^-2 = 0.25.
  CHECK(share.factor("a", "z") == 250'000);
  // b catches up: effective 1/2 each: 2^-(0.5 / 0.5) = 0.5.
  share.charge("b", "y", 1000, Time{0});
  CHECK(share.factor("a", "x") == 500'000);
  CHECK(share.factor("b", "y") == 500'000);
}

TEST_CASE("shares weigh, by hand") {
  // a has 3 of 4 shares. Equal use of 1/2: a 2^-(0.5 / 0.75) = 0.629960, b 2^-(0.5 / 0.25) = 0.25.
  FairShare share = tree({{"a", "", 3}, {"b", "", 1}});
  share.charge("a", "x", 500, Time{0});
  share.charge("b", "y", 500, Time{0});
  CHECK(near(share.factor("a", "x"), 629'960));
  CHECK(share.factor("b", "y") == 250'000);
}

TEST_CASE("a busy sibling weighs on those beside it, by hand") {
  // top (1 of 2 shares) over a (1) and b (1); other (1 of 2). Usage: a/x 80, other/z 20.
  //   top: effective 0.8, share 0.5.
  //   a: 0.8 + (0.8 - 0.8) * 1/2 = 0.8, share 0.25; x alone in a: 2^-(0.8 / 0.25) = 0.108819.
  //   b: 0 + (0.8 - 0) * 1/2 = 0.4, share 0.25; y new and alone: 0 + 0.4 * 1 = 0.4:
  //      2^-(0.4 / 0.25) = 0.329877.
  //   other: 0.2, share 0.5; z: 2^-(0.2 / 0.5) = 0.757858.
  FairShare share = tree({{"top", "", 1}, {"a", "top", 1}, {"b", "top", 1}, {"other", "", 1}});
  share.charge("a", "x", 80, Time{0});
  share.charge("other", "z", 20, Time{0});
  CHECK(near(share.factor("a", "x"), 108'819));
  CHECK(near(share.factor("b", "y"), 329'877));
  CHECK(near(share.factor("other", "z"), 757'858));
}

TEST_CASE("projects without a row hang below the root with one share") {
  // a listed (1), p not listed but used: shares 1/2 each.
  FairShare share = tree({{"a", "", 1}});
  share.charge("p", "x", 10, Time{0});
  CHECK(share.factor("p", "x") == 250'000);
  // One nobody heard of has a third and used nothing.
  CHECK(share.factor("q", "y") == million);
}

TEST_CASE("circles and unknown parents hang below the root") {
  FairShare share = tree({{"a", "b", 1}, {"b", "a", 1}, {"c", "nowhere", 1}, {"d", "d", 1}});
  share.charge("a", "x", 10, Time{0});
  share.charge("d", "y", 10, Time{0});
  for (const char* project : {"a", "b", "c", "d"}) {
    CHECK(share.factor(project, "u") >= 0);
    CHECK(share.factor(project, "u") <= million);
  }
}

TEST_CASE("no shares and some use: nothing is left") {
  FairShare share = tree({{"a", "", 0}, {"b", "", 1}});
  share.charge("a", "x", 10, Time{0});
  CHECK(share.factor("a", "x") == 0);
}

TEST_CASE("usage halves in a half-life") {
  FairShare share = tree({});
  share.charge("a", "x", 1'000'000, Time{0});
  CHECK(share.decay_to(Time{0} + hours(1)));
  CHECK(share.state().rows[0].used == 500'000);
  CHECK(share.decay_to(Time{0} + minutes(90)));
  CHECK(near(share.state().rows[0].used, 353'553));  // 500,000 / sqrt 2
  CHECK_FALSE(share.decay_to(Time{0} + minutes(90)));
  CHECK_FALSE(share.decay_to(Time{0}));
  CHECK(share.decay_to(Time{0} + hours(100)));
  CHECK(share.state().rows.empty());
  CHECK(share.factor("a", "x") == million);
}

TEST_CASE("usage added late decays less") {
  FairShare share = tree({});
  share.charge("a", "x", 1'000'000, Time{0});
  share.charge("b", "y", 1'000'000, Time{0} + minutes(30));
  // Both seen at one hour: x decayed by 1/2, y by 1/sqrt 2.
  CHECK(share.decay_to(Time{0} + hours(1)));
  CHECK(near(share.state().rows[0].used, 500'000));
  CHECK(near(share.state().rows[1].used, 707'106));
  // A charge many half-lives after the last decay decays the others first.
  share.charge("c", "z", 1000, Time{0} + hours(40));
  CHECK(share.state().decayed_to == Time{0} + hours(40));
  CHECK(share.state().rows.back().used == 1000);
}

TEST_CASE("what is remembered gives the same factors") {
  FairShare share = tree({{"top", "", 2}, {"a", "top", 1}, {"b", "", 3}});
  share.charge("a", "x", 700, Time{5});
  share.charge("b", "y", 100, Time{77});
  share.charge("c", "z", 100, Time{99});
  FairShare copy;
  copy.restore(share.state());
  copy.set_policy(with_projects({{"top", "", 2}, {"a", "top", 1}, {"b", "", 3}}));
  for (const char* project : {"top", "a", "b", "c", "d"}) {
    for (const char* user : {"x", "y", "z", "new"}) {
      CHECK(copy.factor(project, user) == share.factor(project, user));
    }
  }
}

TEST_CASE("extreme figures stay within bounds") {
  FairShare share = tree({{"a", "", INT64_MAX / 8}, {"b", "", 1}});
  for (int i = 0; i < 5; ++i) share.charge("a", "x", INT64_MAX, Time{i});
  share.charge("b", "y", -5, Time{9});
  share.charge("b", "y", INT64_MAX, Time{9});
  for (const UsageRow& row : share.state().rows) CHECK(row.used >= 0);
  CHECK(share.factor("a", "x") >= 0);
  CHECK(share.factor("b", "y") <= million);
}

TEST_CASE("properties of fair share") {
  const auto amounts = rc::gen::inRange<int64_t>(1, 1'000'000'000);
  CHECK(
      rc::check("more use never gives a larger factor; others' factors never shrink with it", [&] {
        FairShare share = tree({{"a", "", 2}, {"b", "", 1}, {"c", "", 1}});
        share.charge("a", "x", *amounts, Time{0});
        share.charge("b", "y", *amounts, Time{0});
        const int64_t x = share.factor("a", "x"), y = share.factor("b", "y");
        share.charge("a", "x", *amounts, Time{0});
        RC_ASSERT(share.factor("a", "x") <= x);
        RC_ASSERT(share.factor("b", "y") >= y);
      }));
  CHECK(rc::check("decay alone changes nobody's standing", [&] {
    FairShare share = tree({{"a", "", 2}, {"b", "", 1}});
    share.charge("a", "x", *amounts + 1'000'000, Time{0});
    share.charge("b", "y", *amounts + 1'000'000, Time{0});
    const int64_t x = share.factor("a", "x"), y = share.factor("b", "y");
    share.decay_to(Time{0} + minutes(*rc::gen::inRange(1, 300)));
    RC_ASSERT(std::abs(share.factor("a", "x") - x) <= 100);
    RC_ASSERT(std::abs(share.factor("b", "y") - y) <= 100);
  }));
  CHECK(rc::check("usage decays the same in one step as in many", [&] {
    FairShare once = tree({}), often = tree({});
    const int64_t used = *amounts + 1'000'000;
    once.charge("a", "x", used, Time{0});
    often.charge("a", "x", used, Time{0});
    const int64_t steps = *rc::gen::inRange<int64_t>(1, 60);
    for (int64_t i = 1; i <= steps; ++i) often.decay_to(Time{0} + minutes(i));
    once.decay_to(Time{0} + minutes(steps));
    RC_ASSERT(std::abs(once.state().rows[0].used - often.state().rows[0].used) <= steps);
  }));
  CHECK(rc::check("usage is the sum of what was charged, whatever the order", [&] {
    FairShare share = tree({});
    int64_t total = 0;
    for (int64_t amount : *rc::gen::container<std::vector<int64_t>>(amounts)) {
      const bool a = *rc::gen::arbitrary<bool>();
      share.charge(a ? "a" : "b", amount % 2 ? "x" : "y", amount, Time{0});
      total += amount;
    }
    for (const UsageRow& row : share.state().rows) total -= row.used;
    RC_ASSERT(total == 0);
  }));
}

TEST_CASE("the part of the priority that does not move with the clock, by hand") {
  Policy policy;
  policy.weights = {1000, 2, 10'000, 100};
  policy.qos = {{"urgent", 500}};
  JobRequest job;
  job.priority = -3;
  job.qos = "urgent";
  // -3 * 1000 + 500 * 2 + 0.25 * 10,000 - 36 h * 100 = -3000 + 1000 + 2500 - 3600
  CHECK(queue_priority(job, Time{0} + hours(36), 250'000, policy) == -3100);
  job.qos = "unknown";
  CHECK(queue_priority(job, Time{0}, 1'000'000, policy) == 7000);
  // A minute later is a point and two thirds less; it rounds down.
  CHECK(queue_priority(job, Time{0} + minutes(1), 1'000'000, policy) == 6998);
  policy.weights.age_per_hour = INT64_MAX;
  policy.weights.nice = INT64_MAX;
  job.priority = 1000;
  CHECK(queue_priority(job, Time{0}, 0, policy) == INT64_MAX);
  CHECK(queue_priority(job, Time{INT64_MAX}, 0, policy) < 0);
}

}  // namespace pentad
