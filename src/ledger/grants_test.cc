#include "ledger/grants.h"

#include <doctest/doctest.h>

#include <utility>

namespace pentad::ledger {
namespace {

GrantCall call() {
  GrantCall c;
  c.funder = "city-hall";
  c.title = "Autumn call";
  c.from = Time{1000};
  c.until = Time{2000};
  c.budget = Money{100};
  c.most_each = Money{80};
  c.vouchers_until = Time{9000};
  c.share_milli = 600;
  c.classes = {WorkloadClass::training};
  return c;
}

GrantApplication application(const char* tenant, int64_t asked) {
  GrantApplication a;
  a.call = 1;
  a.tenant = tenant;
  a.applicant = "li";
  a.title = "Vision";
  a.asked = Money{asked};
  return a;
}

RefusalCode code(const std::optional<Refusal>& refusal) {
  return refusal ? refusal->code : RefusalCode::none;
}

TEST_CASE("from a call to a voucher") {
  Grants grants;
  int64_t id = 0;
  CHECK(code(grants.open(call(), Time{500}, id)) == RefusalCode::none);
  CHECK(id == 1);
  CHECK(code(grants.apply(application("lab", 80), Time{1500}, id)) == RefusalCode::none);
  CHECK(code(grants.review(1, {"wang", 4, "good", {}}, Time{2500})) == RefusalCode::none);
  CHECK(code(grants.check_award(1, Money{70}, "chen", "", Time{2600})) == RefusalCode::none);
  Voucher v = grants.voucher_for(1, Money{70}, Time{2600});
  CHECK(v.tenant == "lab");
  CHECK(v.funder == "city-hall");
  CHECK(v.amount == Money{70});
  CHECK(v.from == Time{2600});
  CHECK(v.until == Time{9000});
  CHECK(v.share_milli == 600);
  CHECK(v.application == 1);
  grants.decide(1, Money{70}, 12, "chen", "", Time{2600});
  CHECK(std::as_const(grants).find(1)->state == GrantState::awarded);
  CHECK(grants.left_of(*grants.find_call(1)) == Money{30});
  CHECK(code(grants.check_award(1, Money{1}, "chen", "", Time{2700})) == RefusalCode::wrong_state);
  CHECK(code(grants.review(1, {"zhao", 1, "", {}}, Time{2700})) == RefusalCode::wrong_state);
  Grants again;
  CHECK(again.restore(grants.rows()));
  CHECK(again.rows() == grants.rows());
}

TEST_CASE("calls that make no sense are refused") {
  struct Row {
    const char* field;
    void (*change)(GrantCall&);
  };
  const Row rows[] = {{"/funder", [](GrantCall& c) { c.funder.clear(); }},
                      {"/title", [](GrantCall& c) { c.title.clear(); }},
                      {"/text", [](GrantCall& c) { c.text.assign(20'001, 'x'); }},
                      {"/until", [](GrantCall& c) { c.until = c.from; }},
                      {"/until", [](GrantCall& c) { c.from = Time{0}, c.until = Time{400}; }},
                      {"/vouchers_until", [](GrantCall& c) { c.vouchers_until = c.until; }},
                      {"/budget", [](GrantCall& c) { c.budget = Money{0}; }},
                      {"/most_each", [](GrantCall& c) { c.most_each = Money{101}; }},
                      {"/most_each", [](GrantCall& c) { c.most_each = Money{-1}; }},
                      {"/share_milli", [](GrantCall& c) { c.share_milli = 0; }},
                      {"/share_milli", [](GrantCall& c) { c.share_milli = 1001; }}};
  for (const Row& row : rows) {
    GrantCall c = call();
    row.change(c);
    Grants grants;
    int64_t id = 0;
    auto refusal = grants.open(c, Time{500}, id);
    CAPTURE(row.field);
    REQUIRE(refusal.has_value());
    CHECK(refusal->code == RefusalCode::invalid_value);
    CHECK(refusal->field == row.field);
    CHECK(grants.rows().calls.empty());
  }
}

TEST_CASE("applications, reviews and awards that may not be") {
  Grants grants;
  int64_t id = 0;
  grants.open(call(), Time{500}, id);
  auto apply = [&](const char* tenant, int64_t asked, int64_t now) {
    return code(grants.apply(application(tenant, asked), Time{now}, id));
  };
  CHECK(apply("lab", 80, 999) == RefusalCode::wrong_state);
  CHECK(apply("lab", 80, 2000) == RefusalCode::wrong_state);
  CHECK(apply("lab", 81, 1500) == RefusalCode::invalid_value);
  CHECK(apply("lab", 0, 1500) == RefusalCode::invalid_value);
  CHECK(apply("lab", 80, 1500) == RefusalCode::none);
  CHECK(apply("lab", 10, 1500) == RefusalCode::already_exists);
  CHECK(apply("school", 60, 1500) == RefusalCode::none);
  GrantApplication other = application("x", 1);
  other.call = 2;
  CHECK(code(grants.apply(other, Time{1500}, id)) == RefusalCode::not_found);

  auto award = [&](int64_t application, int64_t amount, const char* by, const char* reason) {
    return code(grants.check_award(application, Money{amount}, by, reason, Time{3000}));
  };
  CHECK(award(1, 10, "chen", "") == RefusalCode::wrong_state);  // not reviewed
  CHECK(code(grants.review(1, {"li", 5, "", {}}, Time{2500})) == RefusalCode::not_permitted);
  CHECK(code(grants.review(1, {"wang", 6, "", {}}, Time{2500})) == RefusalCode::invalid_value);
  CHECK(code(grants.review(3, {"wang", 5, "", {}}, Time{2500})) == RefusalCode::not_found);
  CHECK(code(grants.review(1, {"wang", 5, "", {}}, Time{2500})) == RefusalCode::none);
  CHECK(code(grants.review(1, {"wang", 4, "", {}}, Time{2500})) == RefusalCode::already_exists);
  CHECK(code(grants.review(2, {"wang", 2, "", {}}, Time{2500})) == RefusalCode::none);
  CHECK(award(1, 81, "chen", "") == RefusalCode::invalid_value);
  CHECK(award(1, -1, "chen", "") == RefusalCode::invalid_value);
  CHECK(award(1, 0, "chen", "") == RefusalCode::invalid_value);  // declined without a reason
  CHECK(award(1, 0, "chen", "no") == RefusalCode::none);
  CHECK(award(1, 10, "li", "") == RefusalCode::not_permitted);
  CHECK(award(9, 10, "chen", "") == RefusalCode::not_found);
  grants.decide(1, Money{80}, 1, "chen", "", Time{3000});
  CHECK(award(2, 21, "chen", "") == RefusalCode::over_budget);
  CHECK(award(2, 20, "chen", "") == RefusalCode::none);
  CHECK(code(grants.check_award(2, Money{20}, "chen", "", Time{9000})) == RefusalCode::wrong_state);
  CHECK(grants.check_invariants().empty());
  grants.decide(2, Money{60}, 2, "chen", "", Time{3000});
  CHECK_FALSE(grants.check_invariants().empty());
}

}  // namespace
}  // namespace pentad::ledger
