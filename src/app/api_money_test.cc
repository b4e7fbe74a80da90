// Money through the API on a real core and store: prices, top-ups, vouchers, jobs, statements,
// grants; and what is refused makes no entry.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <future>
#include <thread>

#include "api/grant_types.h"
#include "api/money_types.h"
#include "api/statement_file.h"
#include "app/test_centre.h"
#include "ledger/calendar.h"
#include "store/ledger_verify.h"
#include "store/test_server.h"

using namespace pentad;
using namespace pentad::app;
using namespace pentad::api;

namespace {

Time wall_now() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return Time{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

TestCentreOptions charging() {
  TestCentreOptions options;
  options.policy.money.charged = {PriceUnit::core_hour};
  return options;
}

void happen(TestCentre& centre, event::What what) {
  std::promise<std::string> said;
  std::vector<store::Command> commands(1);
  commands[0].event.what = std::move(what);
  centre.core().post(std::move(commands), [&](const auto& done, CoreView&) {
    said.set_value(done ? done->front().effects.reply.refusal.detail : done.error().message);
  });
  REQUIRE(said.get_future().get() == "");
}

// A tenant with a project and a user in it, and a price of core-hours from now on.
void set_up(TestCentre& centre) {
  happen(centre, event::PutTenant{{"lab", "lab", "", {}}, true});
  happen(centre, event::PutProject{{"lab", "vision", "vision", "", {}}, true});
  happen(centre, event::PutUser{{"li", "li", "", "", "", {}}, true});
  happen(centre, event::GrantRole{{"li", Role::member, "lab", "vision"}});
  Price price;
  price.unit = PriceUnit::core_hour;
  price.steps = {{0, Money{1'000'001}}};
  price.from = wall_now() + hours(1);
  happen(centre, event::PutPrices{{price}});
}

constexpr const char* kJob =
    R"({"argv":["true"],"user":"li","project":"lab/vision","limit_s":60,"resources":{"cores":3}})";

size_t entries(TestCentre& centre) {
  return centre.as<EntryPage>(centre.get("/api/v1/ledger/entries?limit=1000")).entries.size();
}

}  // namespace

TEST_CASE("accounts, vouchers, limits: what is refused makes no entry") {
  TestCentre centre(charging());
  set_up(centre);
  auto post = [&](const char* target, const char* body) {
    return centre.told(centre.post(std::string("/api/v1/") + target, body));
  };
  CHECK(centre.post("/api/v1/topups", R"({"tenant":"lab","amount_ucny":5000000,"reference":"A"})")
            .status == 201);
  CHECK(entries(centre) == 1);
  CHECK(post("topups", R"({"tenant":"lab","amount_ucny":5000000,"reference":"A"})") ==
        "409 already-exists /reference");
  CHECK(post("topups", R"({"tenant":"x","amount_ucny":5,"reference":"B"})").starts_with("4"));
  CHECK(post("topups", R"({"tenant":"lab","amount_ucny":-5,"reference":"B"})") ==
        "422 invalid-value /amount_ucny");
  CHECK(post("topups", R"({"tenant":"lab","amount_ucny":1.5,"reference":"B"})") ==
        "422 invalid-value /amount_ucny");
  CHECK(post("topups", R"({"tenant":"lab","amount_ucny":9223372036854775808,"reference":"B"})") ==
        "422 invalid-value /amount_ucny");
  CHECK(post("topups", R"({"tenant":"lab","amount_ucny":9223372036854775807,"reference":"B"})") ==
        "422 invalid-value /amount_ucny");
  CHECK(post("vouchers", R"({"funder":"f","tenant":"lab","amount_ucny":5,"until_ms":1000})") ==
        "422 invalid-value /until_ms");
  CHECK(post("prices/9/end", "").starts_with("404"));
  CHECK(post("vouchers/9/cancel", R"({"reason":"x"})").starts_with("4"));
  CHECK(post("statements", R"({"project":"lab/vision","month":"2026-13"})") ==
        "422 invalid-value /month");
  CHECK(centre.told(centre.get("/api/v1/statement?project=lab/none")) == "404 not-found project");
  CHECK(centre.told(centre.post("/api/v1/jobs", kJob)).find("no-price") != std::string::npos);
  CHECK(entries(centre) == 1);
  auto balance = centre.as<BalanceList>(centre.get("/api/v1/balances?tenant=lab")).balances.at(0);
  CHECK(balance.balance_ucny == 5'000'000);
}

TEST_CASE("from a price to a statement that proves itself, and books that agree") {
  TestCentre centre(charging());
  set_up(centre);
  CHECK(centre
            .post("/api/v1/prices",
                  R"({"prices":[{"unit":"core_hour","pool":"","qos":"","until_ms":)" +
                      std::to_string((wall_now() + minutes(50)).value) +
                      R"(,"steps":[{"from_quantity":0,"price_ucny":3600000000}]}]})")
            .status == 201);
  CHECK(centre.post("/api/v1/topups", R"({"tenant":"lab","amount_ucny":200000000,"reference":"A"})")
            .status == 201);
  auto voucher = centre.as<Recorded>(
      centre.post("/api/v1/vouchers",
                  fmt::format(R"({{"funder":"city","tenant":"lab","amount_ucny":300000000,)"
                              R"("until_ms":{},"share_milli":600}})",
                              (wall_now() + hours(48)).value)),
      201);
  while (centre.as<PriceList>(centre.get("/api/v1/prices")).prices.empty()) {
  }
  auto dry = centre.as<DryRun>(centre.post("/api/v1/jobs?dry_run=true", kJob));
  REQUIRE(dry.cost.has_value());
  CHECK(dry.cost->greatest_ucny == 180'000'000);
  auto submitted = centre.as<Submitted>(centre.post("/api/v1/jobs", kJob), 201);
  REQUIRE(submitted.cost.has_value());
  CHECK(submitted.cost->greatest_ucny == 180'000'000);
  AttemptId attempt{JobId{submitted.jobs.at(0)}, 0, 1};
  REQUIRE(centre.engine.wait_for_start(attempt));
  AttemptEnd end;
  end.started_at = wall_now();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  end.ended_at = wall_now();
  centre.ended(attempt, end);
  auto cost =
      centre.as<CostView>(centre.get(fmt::format("/api/v1/jobs/{}/cost", attempt.job.value)));
  std::string target =
      "/api/v1/statement?project=lab/vision&month=" + ledger::month_name(end.ended_at);
  auto file = read_statement_file(centre.get(target).body);
  REQUIRE(file.has_value());
  // 3600 yuan a core-hour: a thousandth of a yuan a core-millisecond, and nothing to round.
  int64_t total = file->statement.units.at(0).quantity * 1000;
  CHECK(total >= 3 * 50 * 1000);
  CHECK(file->statement.total == Money{total});
  CHECK(cost.charged_ucny == total);
  CHECK(file->statement.by_vouchers.value + file->statement.paid.value == total);
  CHECK(file->statement.by_vouchers.value == total * 6 / 10);
  CHECK(file->statement.vouchers.at(0).funder == "city");
  CHECK(centre.get(target + "&format=html&lang=zh").body.find("账单") != std::string::npos);
  CHECK(centre.get(target + "&format=csv").body.find("use,1,") != std::string::npos);
  CHECK(centre.get(target + "&format=focus").body.find(",Credit,") != std::string::npos);
  auto report = centre.as<VoucherReportView>(
      centre.get(fmt::format("/api/v1/vouchers/{}/report", voucher.record)));
  CHECK(report.voucher.spent_ucny == file->statement.by_vouchers.value);
  CHECK(report.voucher.spent_ucny + report.voucher.left_ucny == 300'000'000);
  auto balance = centre.as<BalanceList>(centre.get("/api/v1/balances")).balances.at(0);
  CHECK(balance.held_ucny == 0);
  CHECK(balance.balance_ucny == 200'000'000 - file->statement.paid.value);

  auto options = store::testing::database_at(centre.home() + "/pentad.db");
  options.create = false;
  auto reader = store::Database::open_reader(options);
  REQUIRE(reader.has_value());
  auto books = store::verify_ledger(*reader, {statement_digest});
  REQUIRE(books.has_value());
  CHECK(books->first_difference.value_or("") == "");
  CHECK(books->charges == 1);
  CHECK(books->entries >= 4);
}

TEST_CASE("a grant, from the call to the voucher") {
  TestCentre centre(charging());
  set_up(centre);
  auto at = [](Duration d) { return (wall_now() + d).value; };
  auto call = centre.as<Recorded>(
      centre.post("/api/v1/grants/calls",
                  fmt::format(R"({{"funder":"city","title":"Autumn","budget_ucny":100,)"
                              R"("until_ms":{},"vouchers_until_ms":{}}})",
                              at(hours(1)), at(hours(48)))),
      201);
  // The centre itself would review its own application: nobody does. The core takes another's.
  ledger::GrantApplication application;
  application.call = call.record;
  application.tenant = "lab";
  application.applicant = "li";
  application.title = "Vision";
  application.asked = Money{80};
  happen(centre, event::Apply{application});
  CHECK(centre.told(centre.post("/api/v1/grants/applications/1/award", R"({"amount_ucny":80})")) ==
        "409 wrong-state /application");
  CHECK(centre.post("/api/v1/grants/applications/1/review", R"({"score":4})").status == 201);
  auto award = centre.as<Recorded>(
      centre.post("/api/v1/grants/applications/1/award", R"({"amount_ucny":70})"), 201);
  auto shown =
      centre.as<api::VoucherView>(centre.get(fmt::format("/api/v1/vouchers/{}", award.record)));
  CHECK(shown.amount_ucny == 70);
  CHECK(shown.application == 1);
  auto calls = centre.as<GrantCallList>(centre.get("/api/v1/grants/calls")).calls;
  CHECK(calls.at(0).left_ucny == 30);
  auto list = centre.as<GrantApplicationList>(centre.get("/api/v1/grants/applications"));
  CHECK(list.applications.at(0).state == ledger::GrantState::awarded);
}
