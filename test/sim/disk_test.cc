// The disk must be neither kinder nor crueller than a real one: SQLite keeps its word on it
// whenever the power fails, and breaks it when the disk lies about syncs.
#include "disk.h"

#include <doctest/doctest.h>

#include <string>

namespace pentad::sim {
namespace {

// A table of ascending numbers, one a transaction.
class Table {
 public:
  explicit Table(Disk& disk) {
    sqlite3_open_v2("/t.db", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, disk.vfs().c_str());
    run("PRAGMA locking_mode=EXCLUSIVE");
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("PRAGMA wal_autocheckpoint=20");
    run("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, body TEXT)");
  }
  ~Table() { sqlite3_close(db_); }
  bool run(const std::string& sql) {
    return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  bool add(int64_t n) {
    std::string body(static_cast<size_t>(n * 37 % 3000), 'x');
    return run("INSERT INTO t VALUES (" + std::to_string(n) + ", '" + body + "')");
  }
  int64_t number(const std::string& sql) {
    int64_t answer = -1;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
      answer = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return answer;
  }
  bool sound() { return number("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1; }

 private:
  sqlite3* db_ = nullptr;
};

// Numbers acknowledged and then gone, over `lives` lives of the process that end at a random
// change.
int64_t lost_after_crashes(uint64_t seed, int lives, bool power, bool lie) {
  Disk disk("disk-test", seed);
  disk.set_syncs_lie(lie);
  Random random(seed);
  int64_t acknowledged = 0;
  int64_t lost = 0;
  for (int life = 0; life < lives; ++life) {
    {
      disk.power_off_after(random.between(1, 120));
      Table table(disk);
      int64_t last = table.number("SELECT COALESCE(MAX(n), 0) FROM t");
      if (!disk.is_off()) {
        lost += last < acknowledged;
        if (!lie) CHECK(table.sound());
        // The transaction in progress at the crash may have made it.
        CHECK((lie || last <= acknowledged + 1));
        acknowledged = last;
      }
      while (!disk.is_off() && table.add(acknowledged + 1)) ++acknowledged;
    }
    power ? disk.lose_power() : disk.end_process();
  }
  return lost;
}

TEST_CASE("what SQLite committed survives a power loss at any change") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    CHECK(lost_after_crashes(seed, 30, true, false) == 0);
  }
}

TEST_CASE("the end of the process loses nothing that was written") {
  CHECK(lost_after_crashes(1, 50, false, false) == 0);
  CHECK(lost_after_crashes(2, 50, false, true) == 0);
}

TEST_CASE("a disk that lies about syncs loses what was acknowledged") {
  int64_t lost = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) lost += lost_after_crashes(seed, 30, true, true);
  CHECK(lost > 0);
}

TEST_CASE("unsynced sectors are kept, dropped and torn") {
  int64_t torn = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Disk disk("disk-test", seed);
    Table table(disk);
    disk.power_off_after(400);
    for (int64_t n = 1; n < 200 && table.add(n); ++n) {
    }
    disk.lose_power();
    torn += disk.counts().torn;
  }
  CHECK(torn > 0);
}

TEST_CASE("a full disk refuses what does not fit and takes it when there is room") {
  Disk disk("disk-test", 1);
  Table table(disk);
  REQUIRE(table.add(1));
  disk.set_capacity(disk.bytes() + 8000);
  int64_t n = 2;
  while (n < 1000 && table.add(n)) ++n;
  CHECK(n < 1000);
  CHECK_FALSE(table.add(n));
  CHECK(table.number("SELECT COUNT(*) FROM t") == n - 1);
  disk.set_capacity(-1);
  CHECK(table.add(n));
  CHECK(table.sound());
}

TEST_CASE("a write or sync that fails once fails one transaction") {
  Disk disk("disk-test", 3);
  Table table(disk);
  REQUIRE(table.add(1));
  disk.fail_write_after(1);
  CHECK_FALSE(table.add(2));
  CHECK(table.add(2));
  disk.fail_sync_after(1);
  CHECK_FALSE(table.add(3));
  CHECK(table.add(3));
  CHECK(disk.counts().failed == 2);
  CHECK(disk.counts().failed_syncs == 1);
  CHECK(table.number("SELECT COUNT(*) FROM t") == 3);
}

}  // namespace
}  // namespace pentad::sim
