// Disks that fill up or fail, at every single write of a batch: nothing of it has happened, and the
// next batch works when the disk does.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "store/faulty_disk.h"
#include "store/journal.h"
#include "store/test_support.h"
#include "store/verify.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace {

using Fault = FaultyDisk::Fault;

KeeperOptions on_disk(const FaultyDisk& disk, const std::string& path) {
  KeeperOptions options = World::options_at(path);
  options.database.vfs = disk.name();
  options.snapshot_after_events = 8;
  return options;
}

// A batch that touches every table.
std::vector<Command> batch_of(World& world, int round) {
  std::vector<Command> batch;
  Payload payload;
  payload.script = fmt::format("#!/bin/sh\necho {}\n", round) + std::string(20'000, '#');
  for (int i = 0; i < 3; ++i) {
    batch.push_back(world.submit(job_request(round + i), payload));
    batch.back().key = IdempotencyKey{fmt::format("key-{}-{}", round, i), "digest"};
  }
  batch.push_back(world.command(event::Tick{}));
  return batch;
}

std::string tables(Keeper& keeper) {
  return all_answers(keeper) + fmt::format("{}", keeper.last_event());
}

// Fails the batch at its n-th operation for every n, and carries it out in between.
void fail_everywhere(Fault fault, ErrorCode expected) {
  TempDir dir;
  FaultyDisk disk;
  World world(on_disk(disk, dir / "pentad.db"));
  int failures = 0;
  int successes = 0;
  for (int64_t n = 0; successes < 3; ++n) {
    const uint64_t digest = world.centre().state_digest();
    const std::string before = tables(world.keeper());
    disk.fail(fault, n);
    auto applied = world.keeper().apply(batch_of(world, static_cast<int>(n)));
    const bool failed = disk.has_failed();
    const std::optional<Error> snapshot_error = world.keeper().snapshot_error();
    if (!applied) CHECK(!world.keeper().probe());
    disk.heal();
    if (applied) {
      // What failed, if anything, was the snapshot or the tidying afterwards.
      ++successes;
      if (!failed) CHECK(!snapshot_error);
      CHECK(world.keeper().last_event() > 2);
      for (const Applied& a : *applied) CHECK(a.handling == Handling::done);
      continue;
    }
    ++failures;
    successes = 0;
    REQUIRE_MESSAGE(applied.error().code == expected, applied.error().message);
    CHECK(world.keeper().probe());
    CHECK(world.keeper().is_whole());
    CHECK(world.centre().state_digest() == digest);
    CHECK(world.centre().check_invariants().empty());
    CHECK(tables(world.keeper()) == before);
    // The same commands with the same keys are new ones: the first time did not happen.
    auto again = world.keeper().apply(batch_of(world, static_cast<int>(n)));
    REQUIRE(again);
    for (const Applied& a : *again) CHECK(a.handling == Handling::done);
  }
  CHECK(failures > 5);
  const uint64_t digest = world.centre().state_digest();
  const std::string before = tables(world.keeper());
  world.crash_and_reopen();
  CHECK(world.centre().state_digest() == digest);
  CHECK(tables(world.keeper()) == before);
  Result<VerifyReport> report = verify(world.keeper().database());
  REQUIRE(report);
  CHECK(report->good());
}

}  // namespace

TEST_CASE("a full disk at every write of a batch") {
  fail_everywhere(Fault::full, ErrorCode::disk_full);
}

TEST_CASE("a failing disk at every write of a batch") {
  fail_everywhere(Fault::write_error, ErrorCode::failed);
}

TEST_CASE("a disk that fails to sync") { fail_everywhere(Fault::sync_error, ErrorCode::failed); }

TEST_CASE("a probe touches the disk every time, also when nothing has happened since the last") {
  for (Fault fault : {Fault::full, Fault::write_error, Fault::sync_error}) {
    TempDir dir;
    FaultyDisk disk;
    World world(on_disk(disk, dir / "pentad.db"));
    for (int i = 0; i < 3; ++i) {
      CHECK(world.keeper().probe());
      disk.fail(fault, 0);
      CHECK(!world.keeper().probe());
      disk.heal();
    }
  }
}

TEST_CASE("a snapshot that cannot be written costs nothing but time") {
  TempDir dir;
  FaultyDisk disk;
  KeeperOptions options = on_disk(disk, dir / "pentad.db");
  options.snapshot_after_events = 1000;
  World world(options);
  world.run(job_request(1));
  disk.fail(Fault::full, 0);
  Status taken = world.keeper().take_snapshot();
  REQUIRE(!taken);
  CHECK(taken.error().code == ErrorCode::disk_full);
  CHECK(world.keeper().snapshot_error()->code == ErrorCode::disk_full);
  disk.heal();
  CHECK(list_snapshots(world.keeper().database())->empty());
  world.run(job_request(2));
  REQUIRE(world.keeper().take_snapshot());
  CHECK(!world.keeper().snapshot_error());
  CHECK(list_snapshots(world.keeper().database())->size() == 1);
}

TEST_CASE("a disk that fails while the database is made leaves nothing in the way") {
  for (Fault fault : {Fault::full, Fault::write_error, Fault::sync_error}) {
    bool opened = false;
    for (int64_t n = 0; !opened; ++n) {
      TempDir dir;
      FaultyDisk disk;
      KeeperOptions options = on_disk(disk, dir / "pentad.db");
      disk.fail(fault, n);
      Result<Keeper> first = Keeper::open(options);
      opened = first.has_value();
      CHECK_MESSAGE((opened || !first.error().message.empty()), "a failure has words");
      first = fail(ErrorCode::failed, "gone");
      disk.heal();
      Result<Keeper> second = Keeper::open(options);
      REQUIRE_MESSAGE(second, second.error().message);
      CHECK(second->last_event() == 0);
      CHECK(second->probe());
    }
  }
}
