// Backups of a centre at work, money on, taken at random moments by a reader beside the writer:
// what is restored has every job that was acknowledged before, and its books balance to the
// micro-yuan.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <random>
#include <thread>

#include "store/audit.h"
#include "store/backup.h"
#include "store/ledger_verify.h"
#include "store/test_support.h"
#include "store/verify.h"

namespace pentad::store {
namespace {

using testing::database_at;
using testing::TempDir;
using testing::World;

// With a voucher.
void open_city_with_voucher(World& world) {
  testing::open_city(world);
  Voucher voucher;
  voucher.funder = "hall";
  voucher.tenant = "city";
  voucher.amount = Money{7'777'777};
  voucher.until = world.now() + hours(500);
  voucher.share_milli = 333;
  world.apply(event::IssueVoucher{voucher});
}

// One thing that happens; the number of the job when one was acknowledged.
void one_step(World& world, int choice, std::atomic<int64_t>& acknowledged) {
  JobRequest job;
  job.user = "li";
  job.project = "city/vision";
  job.limit = minutes(30);
  const auto running = world.centre().outstanding();
  if (choice < 5 || running.empty()) {
    const Effects effects = world.apply(world.submit(job));
    if (effects.reply.accepted()) acknowledged = effects.reply.jobs.front().value;
    return;
  }
  const AttemptId attempt = running[static_cast<size_t>(choice) % running.size()].start.attempt;
  if (choice < 7) return world.start(attempt);
  if (choice < 9) return world.end(attempt, choice == 8);
  world.apply(event::TopUp{"city", Money{3}, fmt::format("INV-{}", world.now().value), ""});
}

// `file` is a centre that has the jobs up to `acknowledged` and whose books balance.
void balances(const TempDir& dir, const std::string& file, int64_t acknowledged) {
  const std::string place = dir / (file + ".db");
  const DatabaseOptions into = database_at(place);
  Result<BackupReport> restored = restore_backup(dir / file, {into, false, {}, {}});
  if (!restored) FAIL(restored.error().message);
  World world(place);
  REQUIRE(world.centre().next_job_id().value > acknowledged);
  REQUIRE(world.centre().check_invariants().empty());
  for (int64_t id = 1; id <= acknowledged; ++id) {
    REQUIRE((*world.queries().job(JobId{id})).has_value());
  }
  Database& database = world.keeper().database();
  LedgerVerifyOptions how{[](std::string_view) { return std::string(); }};
  Result<LedgerReport> books = verify_ledger(database, how);
  if (!books) FAIL(books.error().message);
  if (books->first_difference) FAIL(*books->first_difference);
  REQUIRE(books->entries > 0);
  REQUIRE(verify(database)->good());
  Result<ChainReport> chain = verify_chain(database, restored->chain);
  REQUIRE(chain);
  REQUIRE_FALSE(chain->fault);
  world.drop();
}

TEST_CASE("a restore of any moment balances") {
  const unsigned rounds = testing::is_on_server() ? 3 : 12;
  for (unsigned seed = 1; seed <= rounds; ++seed) {
    CAPTURE(seed);
    TempDir dir;
    std::mt19937 random(seed);
    World world(dir / "pentad.db");
    open_city_with_voucher(world);
    std::atomic<int64_t> acknowledged = 0;
    std::atomic<bool> done = false;
    std::vector<int64_t> before;  // of each backup: acknowledged when it began
    std::thread backups([&] {
      for (int n = 0; !done && n < 4; ++n) {
        const int64_t known = acknowledged;
        Result<Database> reader = Database::open_reader(world.options().database);
        if (!reader) return;
        if (!write_backup(*reader, dir / fmt::format("{}.backup", n), {})) return;
        before.push_back(known);
      }
    });
    for (int i = 0; i < 300; ++i) one_step(world, static_cast<int>(random() % 10), acknowledged);
    done = true;
    backups.join();
    REQUIRE(!before.empty());
    for (size_t n = 0; n < before.size(); ++n) {
      balances(dir, fmt::format("{}.backup", n), before[n]);
    }
  }
}

}  // namespace
}  // namespace pentad::store
