// Damaged files: whatever bits flip, the centre that opens is the one that was, or it does not
// open.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <filesystem>

#include "store/test_support.h"
#include "store/verify.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace {

struct Sample {
  std::string bytes;
  uint64_t digest = 0;
  int64_t last = 0;
};

// A closed database with everything in it.
Sample make_sample(bool with_snapshots) {
  TempDir dir;
  KeeperOptions options = World::options_at(dir / "pentad.db");
  options.snapshot_after_events = with_snapshots ? 10 : 1000;
  World world(options);
  for (int i = 0; i < 12; ++i) world.end({world.run(job_request(i)), 0, 1});
  for (int i = 0; i < 8; ++i) world.run(job_request(i));
  Sample sample{"", world.centre().state_digest(), world.keeper().last_event()};
  world.drop();
  sample.bytes = read_file(dir / "pentad.db");
  return sample;
}

// Opens and uses a database with these bytes; everything may be refused, nothing may be wrong.
void open_damaged(const Sample& sample, const std::string& bytes) {
  TempDir dir;
  write_file(dir / "pentad.db", bytes);
  Result<Keeper> keeper = Keeper::open(World::options_at(dir / "pentad.db"));
  if (!keeper) {
    RC_ASSERT(!keeper.error().message.empty());
    return;
  }
  RC_ASSERT(keeper->centre().state_digest() == sample.digest);
  RC_ASSERT(keeper->last_event() == sample.last);
  JobQueries queries = keeper->queries();
  (void)queries.list({});
  for (int job = 1; job <= 20; ++job) (void)queries.payload(JobId{job});
  std::vector<Command> batch;
  batch.push_back(
      {{Time{2'000'000'000'000}, "x", event::Submit{{}, {job_request(1)}, {}}}, {}, {}});
  (void)keeper->apply(std::move(batch));
  (void)verify(keeper->database());
}

}  // namespace

TEST_CASE("a bit in the definition of the journal does not open an empty centre") {
  const Sample sample = make_sample(false);
  std::string bytes = sample.bytes;
  // A later schema changed the definition: what stood there before may still be in the file.
  constexpr std::string_view words = "seq INTEGER PRIMARY KEY, batch";
  size_t at = bytes.find(words);
  REQUIRE(at != std::string::npos);
  for (; at != std::string::npos; at = bytes.find(words, at + 1)) {
    bytes[at + std::string_view("seq INTEGER ").size()] ^= 1;  // QRIMARY
  }
  TempDir dir;
  write_file(dir / "pentad.db", bytes);
  Result<Keeper> keeper = Keeper::open(World::options_at(dir / "pentad.db"));
  REQUIRE_FALSE(keeper);
  CHECK(keeper.error().code == ErrorCode::corrupt);
}

TEST_CASE("flipped bits are refused, found or without effect") {
  for (bool with_snapshots : {false, true}) {
    const Sample sample = make_sample(with_snapshots);
    CHECK(rc::check([&] {
      std::string bytes = sample.bytes;
      const int flips = *rc::gen::inRange(1, 4);
      for (int i = 0; i < flips; ++i) {
        size_t at = *rc::gen::inRange<size_t>(0, bytes.size());
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << *rc::gen::inRange(0, 8)));
      }
      open_damaged(sample, bytes);
    }));
  }
}

TEST_CASE("overwritten stretches and cut ends are refused, found or without effect") {
  const Sample sample = make_sample(true);
  CHECK(rc::check([&] {
    std::string bytes = sample.bytes;
    if (*rc::gen::arbitrary<bool>()) bytes.resize(*rc::gen::inRange<size_t>(0, bytes.size()));
    if (!bytes.empty()) {
      size_t at = *rc::gen::inRange<size_t>(0, bytes.size());
      size_t length = std::min(*rc::gen::inRange<size_t>(0, 6000), bytes.size() - at);
      char by = *rc::gen::arbitrary<char>();
      for (size_t i = 0; i < length; ++i) bytes[at + i] = by;
    }
    open_damaged(sample, bytes);
  }));
}

TEST_CASE("a damaged snapshot is passed over for an older one, or for the events") {
  TempDir dir;
  KeeperOptions options = World::options_at(dir / "pentad.db");
  options.snapshot_after_events = 10;
  World world(options);
  for (int i = 0; i < 14; ++i) world.end({world.run(job_request(i)), 0, 1});
  const uint64_t digest = world.centre().state_digest();
  world.drop();
  run_sql(dir / "pentad.db", "UPDATE snapshot_parts SET body = 'x' || body WHERE seq = 30");
  world.open();
  CHECK(world.centre().state_digest() == digest);
  CHECK(world.keeper().recovery().snapshot_seq == 20);
  CHECK(world.keeper().recovery().warnings.size() == 1);
  world.drop();
  run_sql(dir / "pentad.db", "UPDATE snapshot_parts SET body = body || ' '");
  world.open();
  CHECK(world.centre().state_digest() == digest);
  CHECK(world.keeper().recovery().snapshot_seq == 0);
  CHECK(world.keeper().recovery().warnings.size() == 2);
  world.drop();
  run_sql(dir / "pentad.db", "DELETE FROM journal WHERE seq < 5");
  Result<Keeper> refused = world.try_open();
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::corrupt);
  CHECK(refused.error().message.find("event 5") != std::string::npos);
}

TEST_CASE("a journal that lost its middle or whose rows changed does not open") {
  for (const char* sql :
       {"DELETE FROM journal WHERE seq = 7",
        "UPDATE journal SET event = replace(event, 'job', 'boj') WHERE seq = 7"}) {
    TempDir dir;
    World world(dir / "pentad.db");
    for (int i = 0; i < 6; ++i) world.run(job_request(i));
    world.drop();
    run_sql(dir / "pentad.db", sql);
    Result<Keeper> refused = world.try_open();
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::corrupt);
    CHECK(refused.error().message.find("event 7") != std::string::npos);
  }
}

TEST_CASE("a torn log loses what was not committed and nothing else") {
  TempDir dir;
  std::string path = dir / "pentad.db";
  std::vector<std::pair<int64_t, uint64_t>> states;  // after each batch
  std::string database, log;
  {
    World world(path);
    for (int i = 0; i < 10; ++i) {
      world.run(job_request(i));
      states.emplace_back(world.keeper().last_event(), world.centre().state_digest());
    }
    database = read_file(path);
    log = read_file(path + "-wal");
  }
  for (size_t length = 0; length <= log.size(); length += 1 + log.size() / 40) {
    TempDir copy;
    write_file(copy / "pentad.db", database);
    write_file(copy / "pentad.db-wal", log.substr(0, length));
    Result<Keeper> keeper = Keeper::open(World::options_at(copy / "pentad.db"));
    REQUIRE_MESSAGE(keeper, keeper.error().message);
    for (const auto& [last, digest] : states) {
      if (last == keeper->last_event()) CHECK(digest == keeper->centre().state_digest());
    }
    CHECK(verify(keeper->database())->good());
  }
}
