#include "store/verify.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "store/journal.h"
#include "store/test_support.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace {

// A history with ended, running, held and array jobs and several snapshots.
void make_history(const std::string& path) {
  KeeperOptions options = World::options_at(path);
  options.snapshot_after_events = 15;
  World world(options);
  for (int i = 0; i < 15; ++i) world.end({world.run(job_request(i)), 0, 1}, i % 4 == 0);
  JobRequest held = job_request(1);
  held.hold = true;
  world.run(held);
  JobRequest array = job_request(2);
  array.array = ArrayRequest{*IndexSet::parse("1-6", 10), 0};
  JobId job = world.run(array);
  world.start({job, 1, 1});
  world.end({job, 2, 1});
}

VerifyReport verified(const std::string& path, VerifyOptions options = {}) {
  Result<Database> reader = Database::open_reader(database_at(path));
  if (!reader) FAIL(reader.error().message);
  Result<VerifyReport> report = verify(*reader, options);
  if (!report) FAIL(report.error().message);
  return *report;
}

// After `sql`, verification names event `seq` in words that hold `part`.
void found_after(std::string_view sql, int64_t seq, std::string_view part) {
  TempDir dir;
  make_history(dir / "pentad.db");
  run_sql(dir / "pentad.db", sql);
  VerifyReport report = verified(dir / "pentad.db");
  CAPTURE(sql);
  REQUIRE(report.first_difference);
  CHECK(report.first_difference->seq == seq);
  CHECK_MESSAGE(report.first_difference->error.message.find(part) != std::string::npos,
                report.first_difference->error.message);
}

}  // namespace

TEST_CASE("a good journal is good, from a reader and beside the writer") {
  TempDir dir;
  make_history(dir / "pentad.db");
  std::vector<std::pair<int64_t, int64_t>> steps;
  VerifyOptions options;
  options.progress = [&](int64_t done, int64_t last) { steps.emplace_back(done, last); };
  VerifyReport report = verified(dir / "pentad.db", options);
  CHECK(report.good());
  CHECK(report.after == 0);
  CHECK(report.last == 36);
  CHECK(report.events == 36);
  CHECK(report.batches == 36);
  CHECK(report.snapshots == 2);
  CHECK(report.ended_jobs == 15);
  CHECK(report.live_jobs == 2);
  REQUIRE(!steps.empty());
  CHECK(steps.back() == std::pair<int64_t, int64_t>{36, 36});

  World world(dir / "pentad.db");
  world.run(job_request(1));
  CHECK(verified(dir / "pentad.db").events == 37);
  CHECK(verify(world.keeper().database())->good());
}

TEST_CASE("an empty centre is good") {
  TempDir dir;
  { REQUIRE(Database::open(database_at(dir / "pentad.db"))); }
  VerifyReport report = verified(dir / "pentad.db");
  CHECK(report.good());
  CHECK(report.events == 0);
}

TEST_CASE("each kind of difference is found where it is") {
  found_after("UPDATE journal SET event = replace(event, 'alice', 'mallory') WHERE seq = 9", 9,
              "event 9 of the journal is damaged");
  found_after("DELETE FROM journal WHERE seq = 12", 12, "event 12 of the journal is missing");
  found_after("UPDATE snapshots SET state_digest = state_digest + 1 WHERE seq = 15", 15,
              "snapshot");
  found_after("UPDATE snapshots SET journal_digest = 0 WHERE seq = 30", 30, "journal digest");
  found_after("UPDATE snapshot_parts SET body = replace(body, 'n1', 'n2') WHERE seq = 30", 30,
              "the snapshot after event 30 is damaged");
  found_after("UPDATE jobs SET exit_code = 5 WHERE id = 3", 36, "job 3");
  found_after("DELETE FROM attempts; DELETE FROM jobs WHERE id = 4", 36, "job 4");
  found_after("UPDATE jobs SET state = 5 WHERE id = 16", 36, "");
  found_after("UPDATE jobs SET running = 9 WHERE id = 17", 36, "job 17");
  found_after("UPDATE jobs SET state = 1, ended_ms = 0 WHERE id = 6", 36, "job 6");
}

TEST_CASE(
    "an event that the core takes otherwise than recorded is found, and nothing opens on it") {
  struct Case {
    int32_t core_version;
    ErrorCode code;
    const char* words;
  };
  for (const Case& c : {Case{kCoreVersion, ErrorCode::failed, "other effects now"},
                        Case{kCoreVersion + 1, ErrorCode::unsupported, "core version"}}) {
    TempDir dir;
    make_history(dir / "pentad.db");
    {
      Result<Database> database = Database::open(database_at(dir / "pentad.db"));
      REQUIRE(database);
      Journal journal(*database);
      REQUIRE(database->transaction([&]() -> Status {
        journal.append(
            {37, 37, Time{1}, c.core_version, 12345, R"({"now":1,"what":{"type":"tick"}})"});
        return {};
      }));
    }
    VerifyReport report = verified(dir / "pentad.db");
    REQUIRE(report.first_difference);
    CHECK(report.first_difference->seq == 37);
    CHECK(report.first_difference->error.code == c.code);
    Result<Keeper> refused = Keeper::open(World::options_at(dir / "pentad.db"));
    REQUIRE(!refused);
    CHECK(refused.error().code == c.code);
    CHECK_MESSAGE(refused.error().message.find(c.words) != std::string::npos,
                  refused.error().message);
  }
}

TEST_CASE("sqlite: a fault in the file is reported beside what the replay says") {
  TempDir dir;
  make_history(dir / "pentad.db");
  run_sql(dir / "pentad.db",
          "PRAGMA writable_schema=ON; DELETE FROM sqlite_master WHERE name = 'jobs_by_user'");
  VerifyReport report = verified(dir / "pentad.db");
  CHECK(report.file_fault);
  CHECK(!report.good());
  VerifyOptions options;
  options.check_file = false;
  CHECK(!verified(dir / "pentad.db", options).file_fault);
}
