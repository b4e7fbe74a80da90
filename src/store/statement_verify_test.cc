// A month that was closed: changes of its row are found by the proofs of journal and books.
#include <doctest/doctest.h>

#include "base/reflect.h"
#include "ledger/statement.h"
#include "store/ledger_verify.h"
#include "store/money_queries.h"
#include "store/test_support.h"
#include "store/verify.h"

namespace pentad::store {
namespace {

using testing::TempDir;
using testing::World;

std::string digest_of(std::string_view text) {
  return std::to_string(std::hash<std::string_view>{}(text));
}

// A job that is charged, and its month closed in the next one.
void close_a_month(const std::string& path) {
  World world(path);
  testing::open_city(world);
  JobRequest job;
  job.user = "li";
  job.project = "city/vision";
  job.limit = minutes(30);
  world.end({world.run(job), 0, 1});
  std::vector<Charge> charges;
  REQUIRE(MoneyQueries(world.keeper().database())
              .for_each_charge({}, [&](const Charge& charge) -> Status {
                charges.push_back(charge);
                return {};
              }));
  REQUIRE(charges.size() == 1);
  const auto balances = world.centre().balances();
  const ledger::MonthTotal month = balances.at(0).projects.at(0).months.at(0);
  auto statement = ledger::make_statement("city", "vision", month.month, charges, {});
  REQUIRE(statement);
  const std::string body = to_json(*statement);
  Command later = world.command(event::CloseStatement{"city", "vision", month.month, month.total,
                                                      month.charges, digest_of(body)});
  later.event.now = later.event.now + hours(24 * 32);
  later.body = body;
  const Effects effects = world.apply(std::move(later));
  REQUIRE_MESSAGE(effects.reply.accepted(), effects.reply.refusal.detail);
}

TEST_CASE("a closed statement that was changed is found by both proofs") {
  for (const char* change :
       {"SELECT 1", "UPDATE statements SET body = replace(body, '\"total\":', '\"total\":1')",
        "UPDATE statements SET body = body || ' '", "UPDATE statements SET total = total + 1",
        "UPDATE statements SET charges = 2", "UPDATE statements SET digest = 'x'",
        "UPDATE statements SET month = '2020-01'", "DELETE FROM statements"}) {
    CAPTURE(change);
    TempDir dir;
    const std::string path = dir / "pentad.db";
    close_a_month(path);
    testing::run_sql(path, change);
    Result<Database> reader = Database::open_reader(testing::database_at(path));
    REQUIRE(reader);
    VerifyOptions options;
    options.statement_digest = digest_of;
    Result<VerifyReport> journal = verify(*reader, options);
    Result<LedgerReport> books = verify_ledger(*reader, {digest_of});
    REQUIRE(journal);
    REQUIRE(books);
    const bool is_as_it_was = std::string_view(change).starts_with("SELECT");
    CHECK(journal->good() == is_as_it_was);
    CHECK(books->good() == is_as_it_was);
    if (!is_as_it_was) continue;
    CHECK(journal->statements == 1);
    CHECK(journal->charges == 1);
    CHECK(journal->entries == books->entries);
  }
}

}  // namespace
}  // namespace pentad::store
