#include "ledger/ledger.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "ledger/arithmetic.h"
#include "ledger/month.h"

using namespace pentad;          // NOLINT
using namespace pentad::ledger;  // NOLINT

namespace {

constexpr Time kNow{1'763'769'600'000};  // 2025-11-22 00:00 UTC

Price price_of(PriceUnit unit, std::vector<PriceStep> steps) {
  Price price;
  price.unit = unit;
  price.from = kNow;
  price.steps = std::move(steps);
  return price;
}

RefusalCode code(const Refused& refused) { return refused ? refused->code : RefusalCode::none; }

struct Fixture {
  Ledger ledger;
  std::vector<LedgerEntry> entries;
  std::vector<Charge> charges;
  std::vector<Notice> notices;
  Records records{entries, charges, notices};
  Payer payer = ledger.payer("city", "vision", "li");
  Cause cause{kNow, "test"};
};

}  // namespace

TEST_CASE("months are those of UTC+8") {
  CHECK(month_text(month_of(Time{0})) == "1970-01");
  const auto november = month_from("2026-11");
  REQUIRE(november);
  // 2026-11-01 00:00 in UTC+8 is 16:00 of the day before.
  CHECK(begin_of(*november) == Time{1'793'462'400'000});
  CHECK(month_of(begin_of(*november)) == *november);
  CHECK(month_of(begin_of(*november) - milliseconds(1)) == *november - 1);
  CHECK(month_text(month_of(Time::never())) == "9999-12");
  for (const char* bad : {"", "2026-1", "2026-13", "2026-00", "26-11", "2026/11", "-026-11"}) {
    CHECK_FALSE(month_from(bad));
  }
}

TEST_CASE("a movement is done whole or not at all") {
  Books books;
  const AccountSlot a = books.open("a"), b = books.open("b");
  const Move unbalanced[] = {{a, Money{5}}, {b, Money{-4}}};
  CHECK_FALSE(books.post(unbalanced));
  const Move most[] = {{a, Money::max()}, {b, -Money::max()}};
  CHECK(books.post(most));
  const Move over[] = {{b, Money{-1}}, {a, Money{1}}};
  CHECK_FALSE(books.post(over));
  CHECK(books.balance("a") == Money::max());
  CHECK(books.balance("b") == -Money::max());
  CHECK(books.sums_to_zero());
}

TEST_CASE("of prices that match, the one that names most counts, the tenant first") {
  PriceBook book;
  const auto put = [&](const char* tenant, const char* qos, const char* pool, const char* model) {
    Price p = price_of(PriceUnit::core_hour, {{0, Money{1}}});
    p.tenant = tenant;
    p.qos = qos;
    p.pool = pool;
    p.device_model = model;
    CHECK_FALSE(book.put({p}, kNow));
  };
  put("", "", "", "");
  put("", "", "p", "g");
  put("", "q", "", "");
  put("t", "", "", "");
  const auto id = [&](const char* tenant, const char* qos, const char* pool, const char* model) {
    return book.tariff(tenant, qos, pool, model, kNow).at(PriceUnit::core_hour)->id;
  };
  CHECK(id("x", "", "", "") == 1);
  CHECK(id("x", "", "p", "g") == 2);
  CHECK(id("x", "", "p", "h") == 1);
  CHECK(id("x", "q", "p", "g") == 3);
  CHECK(id("t", "q", "p", "g") == 4);
}

TEST_CASE("what a price book refuses") {
  PriceBook book;
  Price p = price_of(PriceUnit::core_hour, {{0, Money{5}}});
  p.until = kNow + hours(1);
  REQUIRE_FALSE(book.put({p}, kNow));
  CHECK(code(book.put({p}, kNow)) == RefusalCode::overlapping_price);
  Price later = p;
  later.from = kNow + hours(1);
  later.until = Time::never();
  // All or none: the second of these overlaps the first.
  CHECK(code(book.put({later, later}, kNow)) == RefusalCode::overlapping_price);
  CHECK(book.all().size() == 1);
  CHECK_FALSE(book.put({later}, kNow));
  CHECK(book.all().back().id == 2);
  CHECK(book.next_change(kNow) == kNow + hours(1));
  Price bad = p;
  bad.tenant = "t";
  const auto is_invalid = [&] {
    CHECK(code(book.put({bad}, kNow)) == RefusalCode::invalid_value);
    bad = p;
    bad.tenant = "t";
  };
  bad.from = kNow - milliseconds(1);
  is_invalid();
  bad.until = bad.from;
  is_invalid();
  bad.steps = {{1, Money{5}}};
  is_invalid();
  bad.steps = {{0, Money{5}}, {0, Money{4}}};
  is_invalid();
  bad.steps = {{0, Money{-5}}};
  is_invalid();
  bad.kwh_by_hour.assign(24, Money{1});
  is_invalid();
  CHECK(code(book.end(1, kNow - milliseconds(1), kNow)) == RefusalCode::invalid_value);
  CHECK(code(book.end(9, kNow, kNow)) == RefusalCode::not_found);
  CHECK_FALSE(book.end(1, kNow + minutes(1), kNow));
  CHECK(code(book.end(1, kNow + minutes(2), kNow)) == RefusalCode::wrong_state);
}

TEST_CASE("steps count what the tenant was charged in the month") {
  // 10 core-hours are free, the next 10 cost 2, then 1.
  const int64_t hour = fine_units_of(PriceUnit::core_hour);
  const Price price =
      price_of(PriceUnit::core_hour,
               {{0, Money{}}, {10 * hour, Money{2'000'000}}, {20 * hour, Money{1'000'000}}});
  int64_t charged = 8 * hour;
  const auto lines = lines_of(price, 15 * hour, charged);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].quantity == 2 * hour);
  CHECK(lines[1].quantity == 10 * hour);
  CHECK(lines[1].amount == Money{20'000'000});
  CHECK(lines[2].quantity == 3 * hour);
  CHECK(total_of(lines) == Money{23'000'000});
  CHECK(charged == 23 * hour);
}

TEST_CASE("a settled cost never exceeds the greatest cost") {
  CHECK(rc::check([] {
    const auto in = [](int64_t low, int64_t high) { return *rc::gen::inRange<int64_t>(low, high); };
    PriceBook book;
    Terms terms;
    terms.ordered = kNow + milliseconds(in(0, 1 << 30));
    terms.limit = milliseconds(in(1, 200'000'000));
    terms.pue_milli = static_cast<int32_t>(in(1000, 3000));
    terms.size = {in(1, 500),    in(0, 100'000), in(0, 9000),
                  in(0, 90'000), in(0, 90'000),  in(0, 900'000)};
    std::vector<Price> prices;
    for (PriceUnit unit : {PriceUnit::core_hour, PriceUnit::memory_gib_hour, PriceUnit::device_hour,
                           PriceUnit::energy_kwh}) {
      Price price = price_of(unit, {});
      if (unit == PriceUnit::energy_kwh && in(0, 2) == 1) {
        for (int hour = 0; hour < 24; ++hour) {
          price.kwh_by_hour.push_back(Money{in(0, 4) * 333'333});
        }
      } else {
        for (int64_t i = 0, n = in(1, 5); i < n; ++i) {
          price.steps.push_back({i * in(1, 1'000'000'000) * i, Money{in(0, 9'999'999)}});
          if (i > 0 && price.steps[static_cast<size_t>(i)].from_quantity <=
                           price.steps[static_cast<size_t>(i - 1)].from_quantity) {
            price.steps.pop_back();
            break;
          }
        }
      }
      prices.push_back(std::move(price));
      terms.prices.push_back({unit, std::ssize(prices)});
    }
    RC_ASSERT(!book.put(prices, kNow));
    const auto greatest = greatest_cost(terms, book);
    RC_ASSERT(greatest.has_value());
    Quantities charged{};
    for (int64_t& q : charged) q = in(0, 4'000'000'000);
    // Also longer than the limit, before it was ordered and hours after.
    const Duration ran = milliseconds(in(0, 2 * terms.limit.value));
    const Time started = terms.ordered + milliseconds(in(-100'000, 20'000'000));
    const Duration counted = std::min(ran, terms.limit);
    const Energy energy = used_energy(terms.size, counted, milliseconds(in(0, 1 << 30)));
    const auto lines = lines_of(terms, book, started, ran, energy, charged);
    RC_ASSERT(total_of(lines) <= *greatest);
    for (const ChargeLine& line : lines) {
      RC_ASSERT(line.amount.value == *share_of(line.quantity, line.price.value,
                                               fine_units_of(line.unit), Round::half_up));
    }
  }));
}

TEST_CASE("what does not fit is refused before anything changes") {
  Fixture f;
  MoneyPolicy policy;
  policy.charged = {PriceUnit::core_hour};
  f.ledger.set_policy(policy);
  REQUIRE_FALSE(f.ledger.put_prices(
      {price_of(PriceUnit::core_hour, {{0, Money{1'000'000'000'000'000}}})}, kNow));
  CHECK(code(f.ledger.top_up("city", Money::max(), "a", "", f.cause, f.records)) ==
        RefusalCode::invalid_value);
  CHECK_FALSE(f.ledger.top_up("city", Money{int64_t{1} << 60}, "a", "", f.cause, f.records));
  CHECK(code(f.ledger.top_up("city", Money{1}, "b", "", f.cause, f.records)) ==
        RefusalCode::invalid_value);
  CHECK(code(f.ledger.set_credit("city", Money::max())) == RefusalCode::invalid_value);
  Ask ask;
  ask.payer = f.payer;
  ask.size.cores = 1'000'000'000'000;
  ask.limit = hours(24 * 36500);
  Hold hold;
  const auto obstacle = f.ledger.reserve(ask, kNow, hold);
  REQUIRE(obstacle);
  CHECK(obstacle->gauge == Gauge::money);
  CHECK(f.ledger.explain(*obstacle, ask) == "it would cost more than can be counted");
  CHECK(code(f.ledger.meter(f.payer, PriceUnit::core_hour, int64_t{1} << 62, "m", f.cause,
                            f.records)) == RefusalCode::invalid_value);
  CHECK(f.ledger.check({}).empty());
  CHECK(f.entries.size() == 1);
}

TEST_CASE("a level of a budget and of a balance is told once") {
  Fixture f;
  MoneyPolicy policy;
  policy.charged = {PriceUnit::storage_gib_day};
  policy.notify_at_percent = {50, 80, 100};
  f.ledger.set_policy(policy);
  REQUIRE_FALSE(
      f.ledger.put_prices({price_of(PriceUnit::storage_gib_day, {{0, Money{1'000'000}}})}, kNow));
  REQUIRE_FALSE(f.ledger.top_up("city", Money{20'000'000}, "a", "", f.cause, f.records));
  REQUIRE_FALSE(f.ledger.set_budget("city", "vision", {Money{10'000'000}, {}}));
  for (int64_t day = 1; day <= 10; ++day) {
    REQUIRE_FALSE(f.ledger.meter(f.payer, PriceUnit::storage_gib_day, 1024,
                                 "day " + std::to_string(day), f.cause, f.records));
  }
  std::vector<std::string> told;
  for (const Notice& notice : f.notices) told.push_back(notice.text);
  CHECK(told == std::vector<std::string>{
                    "city/vision: 50 % of the budget spent, 5.00 of 10.00",
                    "city/vision: 80 % of the budget spent, 8.00 of 10.00",
                    "city/vision: 100 % of the budget spent, 10.00 of 10.00",
                    "city: 50 % of the balance after the last top-up spent, 10.00 of 20.00"});
  CHECK(code(f.ledger.meter(f.payer, PriceUnit::storage_gib_day, 1, "day 11", f.cause,
                            f.records)) == RefusalCode::over_budget);
}
