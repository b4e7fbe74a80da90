// The core's thread: restarts, full disks, shutting down.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "app/test_centre.h"

using namespace pentad;
using namespace pentad::app;
using namespace pentad::api;

namespace {

AttemptId first_attempt(int64_t job) { return {JobId{job}, 0, 1}; }

// No file of this process may grow beyond `bytes`: writes fail as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() { lift(); }
  void lift() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit before_{};
  sighandler_t old_handler_ = SIG_DFL;
};

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 400; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace

TEST_CASE("after a restart unconfirmed starts are ordered again and running ones adopted") {
  TempHome home;
  {
    TestCentre centre({home.path()});
    centre.submit(R"({"script":"echo 1"})");
    centre.submit(R"({"script":"echo 2"})");
    centre.submit(R"({"argv":["true"],"hold":true})");
    REQUIRE(centre.engine.wait_for_start(first_attempt(2)));
    centre.started(first_attempt(1));
  }
  TestCentre centre({home.path()});
  CHECK(centre.engine.adopted() == std::vector<AttemptId>{first_attempt(1)});
  REQUIRE(centre.engine.wait_for_start(first_attempt(2)));
  CHECK(centre.engine.order(first_attempt(2))->payload->script == "echo 2");
  CHECK(centre.job(3).job.state == JobState::held);
  centre.ended(first_attempt(1));
  centre.ended(first_attempt(2));
  CHECK(centre.job(2).job.state == JobState::completed);
}

TEST_CASE("a stop that was not carried out is repeated after a restart") {
  TempHome home;
  {
    TestCentre centre({home.path()});
    centre.submit(R"({"argv":["true"]})");
    centre.started(first_attempt(1));
    centre.post("/api/v1/jobs/1/cancel", "");
  }
  TestCentre centre({home.path()});
  CHECK(centre.engine.wait_for_stop(first_attempt(1)));
}

TEST_CASE("sqlite: a full disk: nothing new, running jobs go on, and it recovers by itself") {
  TestCentre centre;
  centre.submit(R"({"argv":["true"],"name":"before"})");
  REQUIRE(centre.engine.wait_for_start(first_attempt(1)));
  centre.started(first_attempt(1));
  int64_t first_refused = 0;
  {
    FileSizeLimit limit(std::filesystem::file_size(centre.home() + "/pentad.db-wal") + 60'000);
    // Large enough that a few fill what is left.
    std::string body = fmt::format(R"({{"script":"{}","hold":true}})", std::string(20'000, 'x'));
    net::Response refused;
    for (int i = 2; i < 200 && refused.status != 503; ++i) {
      body[20] = static_cast<char>('a' + i % 26);  // each its own script
      body[21] = static_cast<char>('a' + i / 26);
      refused = centre.post("/api/v1/jobs", body);
      first_refused = i;
    }
    REQUIRE(refused.status == 503);
    CHECK(TestCentre::told(refused) == "503 unavailable -");
    CHECK(refused.headers.find("Retry-After") != nullptr);
    CHECK(TestCentre::told(centre.post("/api/v1/jobs", R"({"argv":["true"]})")) ==
          "503 unavailable -");
    CHECK(TestCentre::told(centre.post("/api/v1/jobs/1/cancel", "")) == "503 unavailable -");
    auto status = centre.as<StatusView>(centre.get("/api/v1/status"));
    CHECK(status.health == Health::degraded);
    CHECK_FALSE(status.detail.empty());
    CHECK(centre.get("/healthz").status == 503);
    // Reading still works, and what the engine says is kept.
    CHECK(centre.job(1).job.state == JobState::running);
    centre.core().report({event::AttemptEnded{first_attempt(1), {}}});
  }
  REQUIRE(eventually([&] { return centre.get("/healthz").status == 200; }));
  REQUIRE(eventually([&] { return centre.job(1).job.state == JobState::completed; }));
  CHECK(centre.engine.wait_for_forget(first_attempt(1)));
  // Nothing of the refused submissions is there; the next id is the one they did not get.
  CHECK(centre.submit(R"({"argv":["true"],"name":"after"})") == first_refused);
  CHECK(centre.job(first_refused).job.name == "after");
}

TEST_CASE("many threads submit at once: each gets its own ids") {
  TestCentre centre;
  std::vector<std::vector<int64_t>> got(8);
  std::vector<std::thread> threads;
  for (auto& mine : got) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i)
        mine.push_back(centre.submit(R"({"argv":["true"],"hold":true})"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<int64_t> all;
  for (const auto& mine : got) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  REQUIRE(all.size() == 200);
  for (size_t i = 0; i < all.size(); ++i) CHECK(all[i] == static_cast<int64_t>(i) + 1);
}

TEST_CASE("what comes after the end is refused, not lost in silence") {
  TestCentre centre;
  centre.core().stop();
  CHECK_FALSE(centre.core().wait_for([](CoreView&) {}));
  REQUIRE(centre.core().close());
}

TEST_CASE("payloads are shared, bounded and dropped") {
  PayloadCache cache(10'000, 3);
  Payload a, b;
  a.script = "one";
  b.script = "two";
  auto first = cache.share(a);
  REQUIRE(first);
  CHECK(cache.share(a) == first);
  CHECK(cache.share(b) != first);
  for (int64_t i = 1; i <= 5; ++i) cache.keep(JobId{i}, first);
  CHECK(cache.jobs() == 3);
  CHECK_FALSE(cache.find(JobId{1}));
  CHECK(cache.find(JobId{5}) == first);
  cache.drop(JobId{5});
  CHECK_FALSE(cache.find(JobId{5}));
  Payload large;
  large.script = std::string(100'000, 'x');
  CHECK_FALSE(cache.share(large));
  Payload medium;
  medium.script = std::string(8'000, 'x');
  CHECK(cache.share(medium));
  CHECK(cache.bytes() < 10'000);
}
