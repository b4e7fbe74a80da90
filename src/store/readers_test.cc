// Readers beside the writer, each thread with its own.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "store/test_support.h"
#include "store/verify.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

TEST_CASE("readers in other threads see whole batches while the writer goes on") {
  TempDir dir;
  World world(dir / "pentad.db");
  std::atomic<bool> stop = false;
  std::atomic<int> bad = 0;
  std::atomic<int> reads = 0;
  auto look = [&] {
    Result<Database> reader = Database::open_reader(world.options().database);
    if (!reader) ++bad;
    int64_t last = 0;
    while (reader && !stop) {
      Result<int64_t> count = JobQueries(*reader).count({});
      // Each batch submits three jobs, and none is ever taken back.
      if (!count || *count % 3 != 0 || *count < last) ++bad;
      last = count.value_or(last);
      ++reads;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(look);
  for (int i = 0; bad == 0 && (i < 60 || reads < 100); ++i) {
    std::vector<Command> batch;
    for (int k = 0; k < 3; ++k) batch.push_back(world.submit(job_request(i)));
    CHECK(world.keeper().apply(std::move(batch)));
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(bad == 0);
}

TEST_CASE("a long look at an old state does not keep the writer waiting") {
  TempDir dir;
  World world(dir / "pentad.db");
  Result<Database> reader = Database::open_reader(world.options().database);
  REQUIRE(reader);
  Status looked = reader->transaction([&]() -> Status {
    CHECK(*JobQueries(*reader).count({}) == 0);
    for (int i = 0; i < 20; ++i) world.run(job_request(i));
    CHECK(world.keeper().take_snapshot());
    CHECK(*JobQueries(*reader).count({}) == 0);
    return {};
  });
  CHECK(looked);
  CHECK(*JobQueries(*reader).count({}) == 20);
}

TEST_CASE("a reader of a kept database outlives its writer") {
  TempDir dir;
  World world(dir / "pentad.db");
  world.run(job_request(1));
  Result<Database> reader = Database::open_reader(world.options().database);
  REQUIRE(reader);
  world.close_and_reopen();
  world.run(job_request(2));
  CHECK(*JobQueries(*reader).count({}) == 2);
  world.drop();
  CHECK(*JobQueries(*reader).count({}) == 2);
  CHECK(verify(*reader)->good());
}
