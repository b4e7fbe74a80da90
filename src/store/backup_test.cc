#include "store/backup.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <set>

#include "store/audit.h"
#include "store/backup_format.h"
#include "store/backup_tables.h"
#include "store/money_table.h"
#include "store/session.h"
#include "store/test_support.h"

namespace pentad::store {
namespace {

namespace fs = std::filesystem;
using testing::database_at;
using testing::job_request;
using testing::read_file;
using testing::TempDir;
using testing::World;
using testing::write_file;

// Always a file, whatever database the tests run on.
DatabaseOptions file_at(const std::string& path) {
  DatabaseOptions options;
  options.path = path;
  return options;
}

Database reader_of(const DatabaseOptions& options) {
  Result<Database> reader = Database::open_reader(options);
  if (!reader) FAIL(reader.error().message);
  return std::move(*reader);
}

BackupReport backed_up(const DatabaseOptions& from, const std::string& file) {
  Database reader = reader_of(from);
  Result<BackupReport> report = write_backup(reader, file, {Time{1'700'000'000'000}, false, {}});
  if (!report) FAIL(report.error().message);
  return *report;
}

Result<BackupReport> restore(const std::string& file, const DatabaseOptions& into,
                             bool replace = false) {
  return restore_backup(file, {into, replace, {}, {}});
}

// Every row of every table, as text.
std::string all_rows(const DatabaseOptions& options) {
  Database reader = reader_of(options);
  std::string text = reader.identity() + "\n";
  for (const BackedUpTable& table : backed_up_tables()) {
    text += table_line({std::string(table.name), {}});
    Status read = for_each_row(reader, table, columns_of(reader, table.name),
                               [&](const std::vector<BackupValue>& row) -> Status {
                                 append_row_line(text, row);
                                 return {};
                               });
    if (!read) FAIL(read.error().message);
  }
  return text;
}

// A centre that has something in every table.
void fill(World& world) {
  for (int i = 0; i < 30; ++i) {
    JobRequest job = job_request(i);
    job.name = i % 2 == 0 ? "\xe8\xb6\x85 \"quoted\" \\ \n" : "";
    Payload payload;
    payload.script = i % 3 == 0 ? std::string("a\0b\xff", 4) : fmt::format("echo {}", i);
    Command command = world.submit(job, payload);
    command.key = IdempotencyKey{fmt::format("key-{}", i), "digest"};
    JobId id = world.apply(std::move(command)).reply.jobs.front();
    if (i < 20) world.end({id, 0, 1});
    if (i == 10) REQUIRE(world.keeper().take_snapshot());
  }
  REQUIRE(world.keeper().keep_secrets({{"password", "alice", R"({"hash":"x"})"}}));
  MoneyTable money(world.keeper().database());
  Effects effects;
  effects.entries = {{1,
                      world.now(),
                      EntryKind::top_up,
                      "INV-1",
                      "bob",
                      "note",
                      {{"cash", Money{-5}}, {"tenant/a", Money{5}}}}};
  effects.charges.emplace_back().id = 1;
  effects.notices = {{world.now(), "a", "x", "balance", "half is spent"}};
  money.record(7, effects);
  money.record(event::CloseStatement{"a", "x", "2025-11", Money{5}, 2, "d1g3st"}, world.now(),
               R"({"as":"shown"})");
  REQUIRE(world.keeper().database().transaction([&]() -> Status {
    money.write();
    return {};
  }));
}

TEST_CASE("a backup holds every row, and a restored centre goes on") {
  TempDir dir;
  auto world = std::make_unique<World>(dir / "pentad.db");
  fill(*world);
  // Beside the writer.
  const DatabaseOptions from = world->options().database;
  const BackupReport report = backed_up(from, dir / "centre.backup");
  CHECK(report.last_event == world->keeper().last_event());
  const std::string before = all_rows(from);
  for (const BackedUpTable& table : backed_up_tables()) {
    CAPTURE(table.name);
    Database reader = reader_of(from);
    CHECK(count_rows(reader, table.name) > 0);
  }
  struct stat info {};
  REQUIRE(stat((dir / "centre.backup").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(info.st_size == report.bytes);

  // Into a file, from there into the other kind of database, and once more.
  Result<BackupReport> restored = restore(dir / "centre.backup", file_at(dir / "new/pentad.db"));
  if (!restored) FAIL(restored.error().message);
  CHECK(restored->rows == report.rows);
  CHECK(all_rows(file_at(dir / "new/pentad.db")) == before);
  backed_up(file_at(dir / "new/pentad.db"), dir / "second.backup");
  const DatabaseOptions third = database_at(dir / "third.db");
  restored = restore(dir / "second.backup", third);
  if (!restored) FAIL(restored.error().message);
  CHECK(all_rows(third) == before);

  world->drop();
  World again(dir / "third.db");
  CHECK(again.keeper().last_event() == report.last_event);
  JobId next = again.run(job_request(1));
  CHECK(next == JobId{31});
  Result<ChainReport> chain = verify_chain(again.keeper().database(), report.chain);
  REQUIRE(chain);
  CHECK_FALSE(chain->fault);
}

TEST_CASE("no table is forgotten") {
  TempDir dir;
  World world(dir / "pentad.db");
  std::set<std::string> there, known = {"meta", "lease"};
  soci::session& session = session_of(world.keeper().database());
  std::string name;
  soci::statement list =
      (session.prepare << (testing::is_on_server()
                               ? "SELECT CAST(table_name AS TEXT) FROM information_schema.tables "
                                 "WHERE table_schema = current_schema()"
                               : "SELECT name FROM sqlite_master WHERE type = 'table'"),
       soci::into(name));
  for (bool more = list.execute(true); more; more = list.fetch()) there.insert(name);
  for (const BackedUpTable& table : backed_up_tables()) known.insert(std::string(table.name));
  if (!testing::is_on_server()) known.erase("lease");
  CHECK(there == known);
}

TEST_CASE("a file that was cut short, altered or is something else changes nothing") {
  TempDir dir;
  const std::string file = dir / "centre.backup";
  {
    World world(dir / "pentad.db");
    for (int i = 0; i < 3; ++i) world.run(job_request(i));
    backed_up(world.options().database, file);
  }
  const std::string good = read_file(file);
  auto refused = [&](const std::string& bytes, ErrorCode code) {
    write_file(file, bytes);
    Result<BackupReport> restored = restore(file, file_at(dir / "new/pentad.db"));
    REQUIRE_FALSE(restored);
    CHECK(restored.error().code == code);
    CHECK_FALSE(fs::exists(dir / "new"));
  };
  const size_t step = std::max<size_t>(1, good.size() / 97);
  for (size_t at = 0; at < good.size(); at += step) {
    CAPTURE(at);
    refused(good.substr(0, at), at < 24 ? ErrorCode::invalid : ErrorCode::corrupt);
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    refused(bad, at < 24 ? ErrorCode::invalid : ErrorCode::corrupt);
  }
  refused(good + "x", ErrorCode::corrupt);
  refused("SQLite format 3", ErrorCode::invalid);
  write_file(file, good);
  CHECK(restore(file, file_at(dir / "new/pentad.db")));
}

TEST_CASE("a centre that is there is kept unless one says otherwise, and while it runs always") {
  TempDir dir;
  const std::string file = dir / "centre.backup";
  const DatabaseOptions there = database_at(dir / "there.db");
  {
    World world(dir / "pentad.db");
    world.run(job_request(1));
    backed_up(world.options().database, file);
    // Nor is a backup overwritten.
    Database reader = reader_of(world.options().database);
    Result<BackupReport> again = write_backup(reader, file, {});
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::invalid);
    CHECK(write_backup(reader, file, {{}, true, {}}));
  }
  std::string before;
  {
    World other(dir / "there.db");
    for (int i = 0; i < 5; ++i) other.run(job_request(i));
    before = all_rows(there);
    for (bool replace : {false, true}) {
      Result<BackupReport> restored = restore(file, there, replace);
      REQUIRE_FALSE(restored);
      const bool told_first = !replace && testing::is_on_server();
      CHECK(restored.error().code == (told_first ? ErrorCode::invalid : ErrorCode::unavailable));
    }
    REQUIRE(other.keeper().close());
  }
  before = all_rows(there);
  Result<BackupReport> restored = restore(file, there);
  REQUIRE_FALSE(restored);
  CHECK(restored.error().code == ErrorCode::invalid);
  CHECK(all_rows(there) == before);
  restored = restore(file, there, true);
  if (!restored) FAIL(restored.error().message);
  CHECK(all_rows(there) == all_rows(database_at(dir / "pentad.db")));
  if (!testing::is_on_server()) CHECK(all_rows(file_at(dir / "there.db.replaced")) == before);
}

TEST_CASE("work that is stopped, or finds no space, leaves nothing behind") {
  TempDir dir;
  World world(dir / "pentad.db");
  for (int i = 0; i < 300; ++i) {
    Payload payload;
    for (int k = 0; k < 300; ++k)
      payload.script += fmt::format("echo {}\n", (i * int64_t{7919} + k) * 7919);
    world.apply(world.submit(job_request(i), payload));
  }
  auto names = [&] {
    std::set<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(dir.path())) {
      found.insert(entry.path().filename());
    }
    return found;
  };
  const std::string file = dir / "centre.backup";
  const auto before = names();
  Database reader = reader_of(world.options().database);
  auto stop = [](int64_t, int64_t) -> Status { return fail(ErrorCode::failed, "stopped"); };
  Result<BackupReport> stopped = write_backup(reader, file, {{}, false, stop});
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().message == "stopped");
  CHECK(names() == before);

  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  rlimit low = limit;
  low.rlim_cur = 20'000;
  auto* handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &low);
  Result<BackupReport> full = write_backup(reader, file, {});
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  REQUIRE_FALSE(full);
  CHECK(full.error().code == ErrorCode::disk_full);
  CHECK(names() == before);

  REQUIRE(write_backup(reader, file, {}));
  const DatabaseOptions into = database_at(dir / "third.db");
  int calls = 0;
  auto stop_late = [&](int64_t, int64_t) -> Status {
    return ++calls > 1 ? Status(fail(ErrorCode::failed, "stopped")) : Status{};
  };
  const auto with_backup = names();
  stopped = restore_backup(file, {into, false, {}, stop_late});
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().message == "stopped");
  if (!testing::is_on_server()) {
    auto after = names();
    after.erase("third.db.lock");
    CHECK(after == with_backup);
  }
  CHECK(restore(file, into));
  CHECK(all_rows(into) == all_rows(world.options().database));
}

TEST_CASE("a backup of an earlier version is brought up to date") {
  TempDir dir;
  // As version 3 wrote it: without the table of secrets.
  const std::string file = dir / "old.backup";
  {
    Result<BackupFile> made = BackupFile::create(file);
    REQUIRE(made);
    BackupHeader header{1, 3, std::string(32, 'a'), "", 1, 0, "", 0, 1};
    std::string text = header_line(header);
    text += table_line({"answers", {"actor", "answer_key", "request_digest", "reply", "at_ms"}});
    append_row_line(text, {"alice", "k", "d", "{}", int64_t{5}});
    REQUIRE(made->write(text + end_line(1)));
    REQUIRE(made->finish(false));
  }
  const DatabaseOptions into = database_at(dir / "pentad.db");
  Result<BackupReport> restored = restore(file, into);
  if (!restored) FAIL(restored.error().message);
  Result<Database> opened = Database::open(into);
  if (!opened) FAIL(opened.error().message);
  CHECK(opened->identity() == std::string(32, 'a'));
  CHECK(count_rows(*opened, "answers") == 1);
  CHECK(count_rows(*opened, "secrets") == 0);
}

}  // namespace
}  // namespace pentad::store
