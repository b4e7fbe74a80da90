#include "store/journal.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "store/session.h"
#include "store/test_support.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace {

class Fixture {
 public:
  Fixture() : database_(open()), journal_(*database_) {}

  void append(int64_t count) {
    Status done = database_->transaction([&]() -> Status {
      for (int64_t i = 0; i < count; ++i) {
        ++last_;
        journal_.append({last_, last_, Time{last_ * 10}, 1, static_cast<uint64_t>(last_) << 60,
                         fmt::format("{{\"event\":{}}}", last_)});
      }
      return {};
    });
    if (!done) FAIL(done.error().message);
  }

  Status snapshot(int64_t seq, const std::string& text, int64_t keep = 2) {
    SnapshotInfo info;
    info.seq = seq;
    info.state_digest = digest_of_snapshot(text);
    info.journal_digest = ~uint64_t{0};
    return database_->transaction([&]() -> Status {
      journal_.add_snapshot(info, text, keep);
      return {};
    });
  }

  void sql(const std::string& text) { session_of(*database_) << text; }

  Database& database() { return *database_; }
  Journal& journal() { return journal_; }

 private:
  std::unique_ptr<Database> open() {
    Result<Database> opened = Database::open(testing::database_at(dir_ / "pentad.db"));
    if (!opened) FAIL(opened.error().message);
    return std::make_unique<Database>(std::move(*opened));
  }

  TempDir dir_;
  std::unique_ptr<Database> database_;
  Journal journal_;
  int64_t last_ = 0;
};

std::vector<int64_t> read(Database& database, int64_t after, int64_t until,
                          Error* error = nullptr) {
  std::vector<int64_t> seen;
  Status done = for_each_entry(database, after, until, [&](const JournalEntry& e) -> Status {
    CHECK(e.at == Time{e.seq * 10});
    CHECK(e.digest == static_cast<uint64_t>(e.seq) << 60);
    CHECK(e.event == fmt::format("{{\"event\":{}}}", e.seq));
    seen.push_back(e.seq);
    return {};
  });
  if (!done && error) *error = done.error();
  CHECK(done.has_value() == (error == nullptr));
  return seen;
}

}  // namespace

TEST_CASE("entries come back in order, across many statements") {
  Fixture f;
  CHECK(journal_extent(f.database())->last == 0);
  f.append(2500);
  CHECK(journal_extent(f.database())->first == 1);
  CHECK(journal_extent(f.database())->last == 2500);
  CHECK(read(f.database(), 0, 2500).size() == 2500);
  CHECK(read(f.database(), 2498, 2500) == std::vector<int64_t>{2499, 2500});
  CHECK(read(f.database(), 2500, 2500).empty());
}

TEST_CASE("an entry that is missing or changed is named") {
  Fixture f;
  f.append(1500);
  Error error;
  f.sql("DELETE FROM journal WHERE seq = 1200");
  CHECK(read(f.database(), 0, 1500, &error).size() == 1199);
  CHECK(error.code == ErrorCode::corrupt);
  CHECK(error.message.find("event 1200 of the journal is missing") != std::string::npos);
  for (const char* change : {"event = event || ' '", "digest = digest + 1", "at_ms = at_ms + 1",
                             "batch = batch - 1", "core_version = 2", "row_digest = 0"}) {
    Fixture g;
    g.append(5);
    g.sql(fmt::format("UPDATE journal SET {} WHERE seq = 3", change));
    CHECK(read(g.database(), 0, 5, &error) == std::vector<int64_t>{1, 2});
    CHECK(error.message.find("event 3 of the journal is damaged") != std::string::npos);
  }
  CHECK(read(f.database(), 1490, 1600, &error).size() == 10);
  CHECK(error.message.find("event 1501") != std::string::npos);
}

TEST_CASE("the reader may stop") {
  Fixture f;
  f.append(10);
  int seen = 0;
  Status done = for_each_entry(f.database(), 0, 10, [&](const JournalEntry& e) -> Status {
    ++seen;
    return e.seq == 4 ? Status(fail(ErrorCode::failed, "enough")) : Status{};
  });
  CHECK(done.error().message == "enough");
  CHECK(seen == 4);
}

TEST_CASE("snapshots of any length, cut between characters") {
  Fixture f;
  f.append(20);
  std::vector<std::string> texts = {"", "{}", std::string(1 << 20, 'x'),
                                    std::string((1 << 20) + 1, 'x')};
  for (int shift = 0; shift < 4; ++shift) {
    std::string text(static_cast<size_t>(shift), 'x');
    while (text.size() < 3'000'000) text += "\xf0\x9f\x98\x80";
    texts.push_back(text);
  }
  int64_t seq = 0;
  for (const std::string& text : texts) {
    Status taken = f.snapshot(++seq, text);
    REQUIRE_MESSAGE(taken, taken.error().message);
    SnapshotInfo info = list_snapshots(f.database())->front();
    CHECK(info.seq == seq);
    CHECK(info.bytes == static_cast<int64_t>(text.size()));
    CHECK(info.journal_digest == ~uint64_t{0});
    if (!text.empty()) CHECK(*read_snapshot(f.database(), info) == text);
  }
  CHECK(list_snapshots(f.database())->front().parts == 3);
}

TEST_CASE("the newest snapshots keep their text; the rows of all stay") {
  Fixture f;
  f.append(20);
  for (int64_t seq = 2; seq <= 10; seq += 2) REQUIRE(f.snapshot(seq, "text", 3));
  auto list = list_snapshots(f.database());
  REQUIRE(list->size() == 5);
  for (size_t i = 0; i < 5; ++i) {
    CHECK(list->at(i).seq == 10 - 2 * static_cast<int64_t>(i));
    CHECK(read_snapshot(f.database(), list->at(i)).has_value() == (i < 3));
  }
  CHECK(read_snapshot(f.database(), list->at(4)).error().code == ErrorCode::not_found);
  REQUIRE(f.database().transaction([&]() -> Status {
    f.journal().prune();
    return {};
  }));
  CHECK(journal_extent(f.database())->first == 7);
}

TEST_CASE("a changed snapshot is noticed") {
  Fixture f;
  f.append(5);
  REQUIRE(f.snapshot(5, std::string(2'000'000, 'x')));
  f.sql("DELETE FROM snapshot_parts WHERE part = 1");
  CHECK(read_snapshot(f.database(), list_snapshots(f.database())->front()).error().code ==
        ErrorCode::corrupt);
}
