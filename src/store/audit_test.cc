#include "store/audit.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "store/test_support.h"

namespace pentad::store {
namespace {

using testing::job_request;
using testing::TempDir;
using testing::World;

ChainReport checked(Database& database, const std::string& known = {}) {
  Result<ChainReport> report = verify_chain(database, known);
  if (!report) FAIL(report.error().message);
  return std::move(*report);
}

// A few events of people and of the engine.
void work(World& world, int jobs) {
  for (int i = 0; i < jobs; ++i) {
    JobId job = world.run(job_request(i));
    world.start({job, 0, 1});
    world.end({job, 0, 1});
  }
  world.apply(event::SetNodeState{"n1", NodeState::draining, "a new fan"});
}

TEST_CASE("the chain of a journal is good, and goes on after a restart") {
  TempDir dir;
  World world(dir / "pentad.db");
  work(world, 3);
  ChainReport before = checked(world.keeper().database());
  CHECK_FALSE(before.fault);
  CHECK(before.first == 1);
  CHECK(before.last == world.keeper().last_event());
  CHECK(before.head.chain.size() == 64);

  world.crash_and_reopen();
  work(world, 2);
  world.close_and_reopen();
  ChainReport after = checked(world.keeper().database(), before.head.chain);
  CHECK_FALSE(after.fault);
  CHECK(after.last > before.last);
  Result<ChainHead> head = chain_head(world.keeper().database());
  REQUIRE(head);
  CHECK(head->chain == after.head.chain);
}

TEST_CASE("a journal that was pruned has a chain from there on") {
  TempDir dir;
  KeeperOptions options = World::options_at(dir / "pentad.db");
  options.prune_journal = true;
  options.snapshots_kept = 1;
  options.snapshot_after_events = 10;
  World world(options);
  work(world, 12);
  work(world, 1);
  ChainReport report = checked(world.keeper().database());
  CHECK(report.first > 1);
  CHECK_FALSE(report.fault);
  CHECK(report.last == world.keeper().last_event());
}

TEST_CASE("the log tells who did what, and leaves out what nobody caused") {
  TempDir dir;
  World world(dir / "pentad.db");
  work(world, 3);
  Command command = world.command(event::SetNodeState{"n1", NodeState::up, ""}, "root");
  command.event.from = "192.0.2.7";
  world.apply(std::move(command));

  AuditListing listing;
  Result<AuditPage> page = list_audit(world.keeper().database(), listing);
  REQUIRE(page);
  REQUIRE(page->records.size() == 7);  // policy, node, 3 submissions, 2 node states
  CHECK(page->records[0].actor == "root");
  CHECK(page->records[0].from == "192.0.2.7");
  CHECK(page->records[0].words == "sets node n1 to up");
  CHECK(page->records[1].words == "sets node n1 to draining: a new fan");
  CHECK(page->records[2].words == "submits 1 job from number 3: job-2 of alice in physics");

  listing.filter.actor = "root";
  page = list_audit(world.keeper().database(), listing);
  REQUIRE(page);
  CHECK(page->records.size() == 1);

  listing.filter = {};
  listing.filter.what = {"submit"};
  listing.limit = 2;
  listing.descending = false;
  std::vector<int64_t> seen;
  do {
    page = list_audit(world.keeper().database(), listing);
    REQUIRE(page);
    for (const AuditRecord& r : page->records) seen.push_back(r.seq);
    listing.cursor = page->next;
  } while (!listing.cursor.empty());
  CHECK(seen.size() == 3);
  CHECK(std::is_sorted(seen.begin(), seen.end()));

  listing.filter.what = {"cancel"};
  listing.cursor = "x";
  CHECK_FALSE(list_audit(world.keeper().database(), listing));
}

// What an attacker with the file may try, and that each is found and named.
TEST_CASE("a row that was changed is found") {
  struct Attack {
    std::string sql;
    int64_t seq;
  };
  std::vector<Attack> attacks = {
      {"UPDATE journal SET event = replace(event, 'alice', 'mallo') WHERE seq = 7", 6},
      {"DELETE FROM journal WHERE seq = 4", 5},
      {"DELETE FROM journal WHERE seq <= 2; DELETE FROM audit WHERE seq <= 2", 3},
      {"UPDATE journal SET seq = 100 WHERE seq = 5", 6},
      {"UPDATE audit SET actor = 'bob' WHERE seq = 6", 6},
      {"DELETE FROM audit WHERE seq = 6", 6},
      {"INSERT INTO audit (seq, at_ms, actor, what) VALUES (4, 0, 'bob', 'cancel')", 4},
      {"INSERT INTO meta (name, value) VALUES ('chain_base', 'x'); "
       "DELETE FROM journal WHERE seq = 1; DELETE FROM audit WHERE seq = 1",
       2},
  };
  attacks[0].sql = "UPDATE journal SET event = replace(event, 'alice', 'mallo') WHERE seq = 6";
  for (const char* column : {"batch", "at_ms", "core_version", "row_digest", "digest"}) {
    attacks.push_back({fmt::format("UPDATE journal SET {0} = {0} + 1 WHERE seq = 8", column), 8});
  }
  attacks.push_back({"UPDATE journal SET chain = upper(chain) WHERE seq = 2", 2});
  attacks.push_back({"UPDATE journal SET event = event || ' ' WHERE seq = 9", 9});
  for (const Attack& attack : attacks) {
    CAPTURE(attack.sql);
    TempDir dir;
    const std::string path = dir / "pentad.db";
    {
      World world(path);
      work(world, 3);
    }
    testing::run_sql(path, attack.sql);
    Result<Database> database = Database::open_reader(World::options_at(path).database);
    REQUIRE(database);
    ChainReport report = checked(*database);
    REQUIRE(report.fault);
    CHECK(report.fault->seq == attack.seq);
  }
}

TEST_CASE("every byte of every event counts") {
  TempDir dir;
  const std::string path = dir / "pentad.db";
  {
    World world(path);
    work(world, 1);
  }
  const int64_t rows = std::stoll(testing::query_text(path, "SELECT COUNT(*) FROM journal"));
  for (int64_t seq = 1; seq <= rows; ++seq) {
    int64_t length = std::stoll(testing::query_text(
        path, fmt::format("SELECT length(event) FROM journal WHERE seq = {}", seq)));
    for (int64_t at = 1; at <= length; at += 1 + length / 40) {
      // Another character in its place, and what was there before comes back afterwards.
      std::string kept = testing::query_text(
          path, fmt::format("SELECT {}(event) FROM journal WHERE seq = {}",
                            testing::is_on_server() ? "quote_literal" : "quote", seq));
      testing::run_sql(path, fmt::format("UPDATE journal SET event = substr(event, 1, {0}) || CASE "
                                         "substr(event, {1}, 1) WHEN 'z' THEN 'y' ELSE 'z' END || "
                                         "substr(event, {2}) WHERE seq = {3}",
                                         at - 1, at, at + 1, seq));
      Result<Database> database = Database::open_reader(World::options_at(path).database);
      REQUIRE(database);
      ChainReport report = checked(*database);
      REQUIRE(report.fault);
      CHECK(report.fault->seq == seq);
      testing::run_sql(path,
                       fmt::format("UPDATE journal SET event = {} WHERE seq = {}", kept, seq));
    }
  }
  Result<Database> database = Database::open_reader(World::options_at(path).database);
  REQUIRE(database);
  CHECK_FALSE(checked(*database).fault);
}

TEST_CASE("a journal that was cut short or written anew is found by who kept a value") {
  TempDir dir;
  const std::string path = dir / "pentad.db", other = dir / "other.db";
  std::string kept;
  {
    World world(path);
    work(world, 2);
    kept = checked(world.keeper().database()).head.chain;
    World another(other);
    work(another, 4);
    CHECK_FALSE(checked(another.keeper().database()).fault);
    CHECK(checked(another.keeper().database(), kept).fault);
  }
  testing::run_sql(path,
                   "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM journal); "
                   "DELETE FROM journal WHERE seq = (SELECT MAX(seq) FROM journal)");
  Result<Database> database = Database::open_reader(World::options_at(path).database);
  REQUIRE(database);
  CHECK_FALSE(checked(*database).fault);
  CHECK(checked(*database, kept).fault);
}

TEST_CASE("sqlite: a database from before the chain gets one") {
  TempDir dir;
  const std::string path = dir / "pentad.db";
  testing::run_sql(path, testing::read_file(std::string(PENTAD_STORE_TESTDATA) + "/version_1.sql"));
  for (int64_t seq = 1; seq <= 2500; ++seq) {
    JournalEntry e{seq, seq, Time{1000 * seq}, 1, 77, ""};
    e.event = seq % 2 == 0 ? R"({"now":5,"actor":"ann","what":{"type":"hold","job":3}})"
                           : R"({"now":6,"what":{"type":"tick"}})";
    if (seq == 1999) e.event = "gone";
    testing::run_sql(path,
                     fmt::format("INSERT INTO journal (seq, batch, at_ms, core_version, "
                                 "row_digest, digest, event) VALUES ({0}, {0}, {1}, 1, {2}, "
                                 "77, '{3}')",
                                 seq, e.at.value, static_cast<int64_t>(row_digest(e)), e.event));
  }
  Result<Database> database = Database::open(World::options_at(path).database);
  if (!database) FAIL(database.error().message);
  ChainReport report = checked(*database);
  CHECK_FALSE(report.fault);
  CHECK(report.last == 2500);
  AuditListing listing;
  listing.limit = 5000;
  Result<AuditPage> page = list_audit(*database, listing);
  REQUIRE(page);
  REQUIRE(page->records.size() == 1251);
  CHECK(page->records[0].words == "holds job 3");
  CHECK(page->records[251].what == "unreadable");
}

}  // namespace
}  // namespace pentad::store
