#include "store/database.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "store/schema.h"
#include "store/session.h"
#include "store/test_support.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace fs = std::filesystem;

namespace {

DatabaseOptions at(const std::string& path) {
  DatabaseOptions options;
  options.path = path;
  return options;
}

std::string words(const Result<Database>& opened) {
  return opened ? std::string("opened") : opened.error().message;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Opening is refused with this code, in words that say `part`, and no byte of the file changes.
void refused(const std::string& path, ErrorCode code, std::string_view part) {
  auto before = files_of(path);
  Result<Database> opened = Database::open(at(path));
  REQUIRE(!opened);
  CHECK(opened.error().code == code);
  CHECK_MESSAGE(has(opened.error().message, part), opened.error().message);
  CHECK(files_of(path) == before);
}

void refused_to_all(const std::string& path, ErrorCode code, std::string_view part) {
  refused(path, code, part);
  auto before = files_of(path);
  CHECK(!Database::open_reader(at(path)));
  CHECK(files_of(path) == before);
}

}  // namespace

TEST_CASE("a new database is made with its directory and opened again") {
  TempDir dir;
  std::string path = dir / "a/b/pentad.db";
  std::string identity;
  {
    Result<Database> made = Database::open(at(path));
    REQUIRE_MESSAGE(made, words(made));
    identity = made->identity();
    CHECK(identity.size() == 32);
  }
  Result<Database> again = Database::open(at(path));
  REQUIRE_MESSAGE(again, words(again));
  for (const char* end : {"", "-wal", ".lock"}) {
    CHECK((fs::status(path + end).permissions() & fs::perms::all) ==
          (fs::perms::owner_read | fs::perms::owner_write));
  }
  CHECK(again->identity() == identity);
  CHECK(again->check_all());
}

TEST_CASE("names with blanks, quotes and signs are file names like others") {
  for (const char* name : {"with blank.db", "quo\"te.db", "per%41cent.db", "a=b c?d#e.db",
                           "\u8d85\u7b97.db", "semi;colon'.db"}) {
    TempDir dir;
    std::string path = dir / name;
    {
      Result<Database> made = Database::open(at(path));
      REQUIRE_MESSAGE(made, words(made));
    }
    CHECK(fs::file_size(path) > 0);
    CHECK(Database::open_reader(at(path)));
  }
}

TEST_CASE("a second writer is refused and told who works here") {
  TempDir dir;
  Result<Database> first = Database::open(at(dir / "pentad.db"));
  REQUIRE(first);
  Result<Database> second = Database::open(at(dir / "pentad.db"));
  REQUIRE(!second);
  CHECK(second.error().code == ErrorCode::unavailable);
  CHECK_MESSAGE(has(second.error().message, fmt::format("process {}", getpid())),
                second.error().message);
  first = fail(ErrorCode::failed, "gone");
  CHECK(Database::open(at(dir / "pentad.db")));
}

TEST_CASE("without leave to create, a missing database is not made") {
  TempDir dir;
  DatabaseOptions options = at(dir / "none/pentad.db");
  options.create = false;
  Result<Database> opened = Database::open(options);
  REQUIRE(!opened);
  CHECK(opened.error().code == ErrorCode::not_found);
  CHECK(!fs::exists(dir / "none"));
  CHECK(Database::open_reader(options).error().code == ErrorCode::not_found);
}

TEST_CASE("what is not a database is refused") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  write_file(path, "short");
  refused_to_all(path, ErrorCode::corrupt, "too short");
  write_file(path, std::string(5000, 'x'));
  refused_to_all(path, ErrorCode::corrupt, "does not begin like a database");
  write_file(path, std::string(5000, '\0'));
  refused_to_all(path, ErrorCode::corrupt, "does not begin like a database");
}

TEST_CASE("a database of another program is refused") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  run_sql(path, "CREATE TABLE meta (name TEXT, value TEXT)");
  refused_to_all(path, ErrorCode::unsupported, "another program");
}

TEST_CASE("an emptied file is damage, not a new centre") {
  TempDir dir;
  write_file(dir / "pentad.db", "");
  // SQLite's test for existence passes over empty files: ours may not.
  refused(dir / "pentad.db", ErrorCode::corrupt, "too short");
}

TEST_CASE("what an interrupted creation left does not disturb the next") {
  TempDir dir;
  write_file(dir / "pentad.db.new", std::string(5000, 'x'));
  write_file(dir / "pentad.db.new-journal", std::string(700, 'y'));
  CHECK(Database::open(at(dir / "pentad.db")));
  CHECK(!fs::exists(dir / "pentad.db.new"));
}

TEST_CASE("a log without its file, or with an emptied one, is damage") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  write_file(path + "-wal", std::string(5000, 'x'));
  refused_to_all(path, ErrorCode::corrupt, "the file is gone");
  write_file(path, "");
  refused_to_all(path, ErrorCode::corrupt, "empty, but its log is not");
}

TEST_CASE("a database of a later version is refused and left alone") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  { REQUIRE(Database::open(at(path))); }
  run_sql(path, "UPDATE meta SET value = '999' WHERE name = 'schema_version'");
  refused_to_all(path, ErrorCode::unsupported, "later Pentad");
  run_sql(path, "UPDATE meta SET value = 'new' WHERE name = 'schema_version'");
  refused_to_all(path, ErrorCode::corrupt, "does not tell its version");
}

TEST_CASE("a cut file is refused") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  { REQUIRE(Database::open(at(path))); }
  std::string whole = read_file(path);
  for (size_t length :
       {size_t{50}, size_t{100}, size_t{4096}, whole.size() - 4096, whole.size() - 1}) {
    write_file(path, whole.substr(0, length));
    Result<Database> opened = Database::open(at(path));
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::corrupt);
    CHECK(read_file(path) == whole.substr(0, length));
  }
}

TEST_CASE("a page of rubbish is found before anything is written") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  { World world(path); }
  std::string whole = read_file(path);
  for (size_t page = 1; page < whole.size() / 4096; ++page) {
    std::string bad = whole;
    for (size_t i = 0; i < 4096; ++i) bad[page * 4096 + i] = static_cast<char>(i * 31 + page);
    write_file(path, bad);
    refused(path, ErrorCode::corrupt, "damaged");
  }
}

TEST_CASE("a database of version 1 is brought up to date") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  run_sql(path, read_file(PENTAD_STORE_TESTDATA "/version_1.sql"));
  CHECK(Database::open_reader(at(path)).error().code == ErrorCode::unsupported);
  Result<Database> opened = Database::open(at(path));
  REQUIRE_MESSAGE(opened, words(opened));
  CHECK(opened->identity() == "0123456789abcdef0123456789abcdef");
  CHECK(query_text(path, "SELECT value FROM meta WHERE name = 'schema_version'") ==
        std::to_string(schema_version()));
  // What was there stays, and what the later versions brought can be used.
  JobQueries queries(*opened);
  Result<JobPage> page = queries.list({});
  REQUIRE(page);
  REQUIRE(page->jobs.size() == 2);
  CHECK(page->jobs[0].request.name == "melt");
  CHECK(page->jobs[0].request.resources.cores == 4);
  CHECK(page->jobs[0].status.state == JobState::completed);
  CHECK(queries.payload(JobId{1})->script == "#!/bin/sh\necho melted\n");
  CHECK(opened->transaction([&]() -> Status { return {}; }));
  opened = fail(ErrorCode::failed, "closed");
  CHECK(query_text(path, "SELECT COUNT(*) FROM answers") == "0");
}

TEST_CASE("a step of a migration that fails leaves the version before it") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  run_sql(path, read_file(PENTAD_STORE_TESTDATA "/version_1.sql"));
  run_sql(path, "CREATE INDEX answers_by_time ON jobs (name)");
  CHECK(!Database::open(at(path)));
  CHECK(query_text(path, "SELECT value FROM meta WHERE name = 'schema_version'") == "1");
  CHECK(query_text(path, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'answers'") == "0");
  run_sql(path, "DROP INDEX answers_by_time");
  CHECK(Database::open(at(path)));
}

TEST_CASE("an error or an exception in a transaction undoes it") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  Result<Database> database = Database::open(at(path));
  REQUIRE(database);
  auto insert = [&] {
    session_of(*database) << "INSERT INTO meta (name, value) VALUES ('x', 'y')";
  };
  Status refused = database->transaction([&]() -> Status {
    insert();
    return fail(ErrorCode::failed, "not now");
  });
  CHECK(refused.error().message == "not now");
  CHECK(query_text(path, "SELECT COUNT(*) FROM meta WHERE name = 'x'") == "0");
  CHECK_THROWS(std::ignore = database->transaction([&]() -> Status {
    insert();
    throw std::runtime_error("bug");
  }));
  CHECK(database->transaction([&]() -> Status {
    insert();
    return {};
  }));
  CHECK(query_text(path, "SELECT COUNT(*) FROM meta WHERE name = 'x'") == "1");
}

TEST_CASE("a reader cannot write") {
  TempDir dir;
  { REQUIRE(Database::open(at(dir / "pentad.db"))); }
  Result<Database> reader = Database::open_reader(at(dir / "pentad.db"));
  REQUIRE(reader);
  Status written = reader->transaction([&]() -> Status {
    session_of(*reader) << "DELETE FROM meta";
    return {};
  });
  CHECK(!written);
}
