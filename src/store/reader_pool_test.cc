#include "store/reader_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "store/test_support.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

TEST_CASE("readers in other threads see whole batches while the writer goes on") {
  TempDir dir;
  World world(dir / "pentad.db");
  ReaderPool pool(world.options().database);
  std::atomic<bool> stop = false;
  std::atomic<int> bad = 0;
  std::atomic<int> reads = 0;
  auto look = [&] {
    int64_t last = 0;
    while (!stop) {
      Result<ReaderPool::Lease> reader = pool.take();
      Result<int64_t> count = reader ? (*reader)->count({}) : tl::unexpected(reader.error());
      // Each batch submits three jobs, and none is ever taken back.
      if (!count || *count % 3 != 0 || *count < last) ++bad;
      last = count.value_or(last);
      ++reads;
    }
  };
  std::thread first(look), second(look), third(look);
  for (int i = 0; i < 60 || reads < 100; ++i) {
    std::vector<Command> batch;
    for (int k = 0; k < 3; ++k) batch.push_back(world.submit(job_request(i)));
    CHECK(world.keeper().apply(std::move(batch)));
  }
  stop = true;
  first.join();
  second.join();
  third.join();
  CHECK(bad == 0);
}

TEST_CASE("a pool without a database says so") {
  TempDir dir;
  DatabaseOptions options;
  options.path = dir / "pentad.db";
  ReaderPool pool(options);
  Result<ReaderPool::Lease> reader = pool.take();
  REQUIRE(!reader);
  CHECK(reader.error().code == ErrorCode::not_found);
}
