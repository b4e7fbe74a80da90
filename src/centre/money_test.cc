// What scenarios say less well: many at once.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "centre/centre.h"

using namespace pentad;  // NOLINT

namespace {

// A centre with one tenant, where a job of an hour on one core costs one yuan.
struct City {
  Centre centre;
  Time now{1'700'000'000'000};

  Effects step(event::What what) { return centre.step({now, "test", std::move(what)}); }
  void must(event::What what) { REQUIRE(step(std::move(what)).reply.accepted()); }

  City(int32_t nodes, Money money) {
    Policy policy;
    policy.money.charged = {PriceUnit::core_hour};
    must(event::Configure{policy, {}});
    for (int32_t i = 0; i < nodes; ++i) {
      Node node;
      node.name = fmt::format("n{:03}", i);
      node.pool = "main";
      node.cores = 64;
      node.memory = gibibytes(64);
      must(event::UpsertNode{node});
    }
    must(event::PutTenant{{"city", "city", "", {}}, true});
    must(event::PutProject{{"city", "vision", "vision", "", {}}, true});
    must(event::PutUser{{"li", "li", "", "", "", {}}, true});
    must(event::GrantRole{{"li", Role::member, "city", ""}});
    Price price;
    price.steps = {{0, Money{1'000'000}}};
    must(event::PutPrices{{price}});
    must(event::TopUp{"city", money, "INV-1", ""});
  }

  JobRequest job(int64_t elements = 1) const {
    JobRequest job;
    job.user = "li";
    job.project = "city/vision";
    job.limit = hours(1);
    if (elements > 1)
      job.array = ArrayRequest{IndexSet::parse(fmt::format("1-{}", elements), elements).value(), 0};
    return job;
  }
  Effects submit(const JobRequest& job) {
    return step(event::Submit{centre.next_job_id(), {job}, {}});
  }
};

}  // namespace

TEST_CASE("a thousand clients against money for a hundred: exactly a hundred start") {
  City city(100, Money{100'999'999});
  int64_t started = 0, refused = 0;
  for (int client = 0; client < 1000; ++client) {
    const Effects effects = city.submit(city.job());
    started += std::ssize(effects.starts);
    refused += effects.reply.refusal.code == RefusalCode::not_enough_money;
  }
  CHECK(started == 100);
  CHECK(refused == 900);
  CHECK(city.centre.balance("city")->balance == Money{999'999});
  CHECK(city.centre.check_invariants().empty());
}

TEST_CASE(
    "of an array as many elements start as can be paid for; the rest follow as money returns") {
  City city(100, Money{100'500'000});
  const Effects effects = city.submit(city.job(1000));
  REQUIRE(effects.starts.size() == 100);
  CHECK(city.centre.job_status(JobId{1})->reason == PendingReason::money);
  CHECK(city.centre.why_waiting(JobId{1}).detail ==
        "the greatest cost is 1.00, 0.50 of tenant city is free");
  // Each runs for half of its limit: two that end pay for one more, besides the 0.50 left over.
  int64_t started = 0;
  for (size_t i = 0; i < 9; ++i) {
    const AttemptId id = effects.starts[i].attempt;
    AttemptEnd end;
    end.started_at = city.now - minutes(30);
    end.ended_at = city.now;
    const Effects ended = city.step(event::AttemptEnded{id, end});
    REQUIRE(ended.charges.size() == 1);
    CHECK(ended.charges[0].total == Money{500'000});
    started += std::ssize(ended.starts);
  }
  CHECK(started == 5);
  CHECK(city.centre.check_invariants().empty());
}

TEST_CASE("thousands without money stand outside the queue, and come back a few at a time") {
  City city(1, Money{2'500'000});
  // The node is full before they come; 1.43 is left, then 2.50.
  JobRequest first = city.job();
  first.resources.cores = 64;
  first.limit = minutes(1);
  const Effects running = city.submit(first);
  REQUIRE(running.starts.size() == 1);
  for (int i = 0; i < 3000; ++i) REQUIRE(city.submit(city.job()).reply.accepted());
  CHECK(city.centre.counts().queued == 3000);
  AttemptEnd end;
  end.ended_at = city.now;
  Effects effects = city.step(event::AttemptEnded{running.starts[0].attempt, end});
  CHECK(effects.starts.size() == 2);
  CHECK(city.centre.counts().queued == 0);
  CHECK(city.centre.job_status(JobId{3000})->reason == PendingReason::money);
  CHECK(city.centre.check_invariants().empty());
  // The same after a restart.
  Result<Centre> again = Centre::restore(city.centre.snapshot());
  REQUIRE(again);
  CHECK(again->state_digest() == city.centre.state_digest());
  effects = city.step(event::AttemptEnded{effects.starts[0].attempt, end});
  REQUIRE(effects.starts.size() == 1);
  CHECK(effects.starts[0].attempt.job == JobId{4});
  CHECK(effects.jobs.size() <= 3);  // nobody else was looked at
  effects = city.step(event::TopUp{"city", Money{1'000'000'000'000}, "INV-2", ""});
  CHECK(effects.starts.size() == 62);
  CHECK(city.centre.counts().queued == 256 - 62);
  CHECK(city.centre.check_invariants().empty());
  // The others come in the steps that follow at once, a few hundred each, a restart in between.
  again = Centre::restore(city.centre.snapshot());
  REQUIRE(again);
  city.centre = std::move(*again);
  int steps = 0;
  for (; city.centre.next_wake() <= city.now; ++steps) city.must(event::Tick{});
  CHECK(steps == 11);
  CHECK(city.centre.counts().queued == 3000 - 3 - 62);
  CHECK(city.centre.check_invariants().empty());
}

TEST_CASE("hundreds of jobs that can be paid but have no room keep nobody else waiting") {
  City city(2, Money{192'500'000});
  JobRequest first = city.job();
  first.limit = hours(64);
  REQUIRE(city.submit(first).starts.size() == 1);  // 128.50 are left
  JobRequest large = city.job();
  large.resources.nodes = 2;
  large.resources.cores = 64;
  large.limit = minutes(1);
  for (int i = 0; i < 300; ++i) REQUIRE(city.submit(large).reply.accepted());
  CHECK(city.centre.counts().queued == 300);
  JobRequest second = first;  // ends before the first of them could begin
  second.resources.cores = 2;
  REQUIRE(city.submit(second).starts.size() == 1);  // 0.50 is left
  REQUIRE(city.submit(city.job()).reply.refusal.code == RefusalCode::not_enough_money);
  JobRequest array = city.job(3);
  array.limit = minutes(20);  // one can be paid, the others wait for money
  REQUIRE(city.submit(array).starts.size() == 1);
  CHECK(city.centre.counts().queued == 300);
  const Effects paid = city.step(event::TopUp{"city", Money{1'000'000}, "INV-2", ""});
  CHECK(paid.starts.size() == 2);
  CHECK(city.centre.check_invariants().empty());
}

// An earlier time counts as that of the event before.
TEST_CASE("a clock that goes backwards changes nothing that has been") {
  City city(1, Money{1});
  const Time begin = city.now;
  Voucher voucher;
  voucher.tenant = "city";
  voucher.funder = "f";
  voucher.amount = Money{10'000'000};
  voucher.until = begin + hours(1);
  city.must(event::IssueVoucher{voucher});
  city.must(event::EndPrice{1, begin + hours(1)});
  Price dearer;
  dearer.from = begin + hours(1);
  dearer.steps = {{0, Money{2'000'000}}};
  city.must(event::PutPrices{{dearer}});
  const Effects first = city.submit(city.job());
  REQUIRE(first.starts.size() == 1);
  city.now = begin + hours(2);
  const Effects expired = city.step(event::Tick{});
  CHECK(expired.entries.size() == 1);  // 9.00 go back to the funder
  city.now = begin;
  // The voucher stays expired and the price the new one, whatever the clock says.
  CHECK(city.submit(city.job()).reply.refusal.code == RefusalCode::not_enough_money);
  CHECK(city.centre.quote(city.job()).places[0].greatest == Money{2'000'000});
  Price past = dearer;
  past.pool = "main";
  past.from = begin + minutes(30);
  CHECK(city.step(event::PutPrices{{past}}).reply.refusal.field == "/prices/0/from");
  voucher.until = begin + minutes(30);
  CHECK(city.step(event::IssueVoucher{voucher}).reply.refusal.field == "/voucher/until");
  CHECK(city.step(event::CloseStatement{"city", "vision", "2023-11", {}, 0, "digest"})
            .reply.refusal.code == RefusalCode::wrong_state);
  // An end before its start, by a clock that was set back: nothing ran, all of the hold returns.
  AttemptEnd end;
  end.started_at = begin + minutes(10);
  end.ended_at = begin - minutes(10);
  const Effects ended = city.step(event::AttemptEnded{first.starts[0].attempt, end});
  REQUIRE(ended.charges.size() == 1);
  CHECK(ended.charges[0].total == Money{});
  CHECK(ended.charges[0].ended == begin);  // not before it was ordered
  REQUIRE(ended.entries.size() == 1);
  CHECK(ended.entries[0].at == begin + hours(2));
  CHECK(city.centre.accounts().size() == 2);  // cash and tenant: the rest is the funder's again
  CHECK(city.centre.check_invariants().empty());
}

TEST_CASE("many jobs are priced as each of them is") {
  City city(2, Money{1'000'000'000});
  JobRequest two = city.job(10);
  two.resources.cores = 2;
  two.name = "another";
  JobRequest nobodys = city.job();
  nobodys.project = "city/none";
  std::vector<JobRequest> jobs(300, city.job());
  jobs.insert(jobs.end(), {two, nobodys, two});
  const JobsCost asked = city.centre.cost(jobs);
  CHECK(asked.elements == 321);
  CHECK(asked.greatest == Money{300 * 1'000'000 + 20 * 2'000'000});
  CHECK(asked.expected == Money{asked.greatest.value / 2});
  jobs.erase(jobs.end() - 2);
  const Effects taken = city.step(event::Submit{city.centre.next_job_id(), jobs, {}});
  REQUIRE(taken.reply.accepted());
  const JobsCost taken_cost = city.centre.cost(taken.reply.jobs);
  CHECK(taken_cost.elements == 320);
  CHECK(taken_cost.greatest == asked.greatest);
  CHECK(taken_cost.expected == asked.expected);
  CHECK(city.centre.cost(std::vector<JobId>{JobId{999'999}}).elements == 0);
}

TEST_CASE("a quote says what would be held and what is expected, and stores nothing") {
  City city(1, Money{2'000'000});
  JobRequest job = city.job(10);
  job.resources.cores = 3;
  const uint64_t before = city.centre.state_digest();
  const Quote quote = city.centre.quote(job);
  CHECK(quote.charged);
  CHECK(quote.elements == 10);
  CHECK(quote.expected_time == minutes(30));
  CHECK(quote.refusal.code == RefusalCode::not_enough_money);
  REQUIRE(quote.places.size() == 1);
  CHECK(quote.places[0].greatest == Money{3'000'000});
  CHECK(quote.places[0].expected == Money{1'500'000});
  CHECK(quote.places[0].refusal.code == RefusalCode::not_enough_money);
  CHECK(city.centre.state_digest() == before);
}

TEST_CASE("time that the centre gives is not charged") {
  City city(1, Money{2'000'000});
  const Effects started = city.submit(city.job());
  REQUIRE(started.starts.size() == 1);
  city.must(event::GiveTime{hours(1)});
  AttemptEnd end;
  end.started_at = city.now;
  city.now = city.now + minutes(110);
  end.ended_at = city.now;
  const Effects ended = city.step(event::AttemptEnded{started.starts[0].attempt, end});
  REQUIRE(ended.charges.size() == 1);
  CHECK(ended.charges[0].total == Money{1'000'000});
  CHECK(ended.charges[0].held == Money{1'000'000});
}

TEST_CASE("charging can be turned on and off while jobs wait and run") {
  City city(1, Money{500'000});
  Policy free = city.centre.policy();
  free.money.charged.clear();
  city.must(event::Configure{free, {}});
  const Effects first = city.submit(city.job());  // cannot be paid, and need not
  CHECK(first.starts.size() == 1);
  JobRequest other = city.job();
  other.project = "nobody";
  other.resources.cores = 64;
  city.submit(other);
  Policy charged = free;
  charged.money.charged = {PriceUnit::core_hour};
  city.must(event::Configure{charged, {}});
  CHECK(city.centre.check_invariants().empty());
  AttemptEnd end;
  end.ended_at = city.now;
  const Effects ended = city.step(event::AttemptEnded{first.starts[0].attempt, end});
  CHECK(ended.charges.empty());  // it began when nothing was charged
  CHECK(ended.starts.empty());
  CHECK(city.centre.why_waiting(JobId{2}).reason == PendingReason::frozen);
  CHECK(city.step(event::Configure{free, {}}).starts.size() == 1);
  CHECK(city.centre.check_invariants().empty());
}
