// A writer killed with -9 at random moments: every job it acknowledged is there, and the whole
// database is in order.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "store/test_support.h"
#include "store/verify.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

extern char** environ;

namespace {

// The helper as a child process, its standard output as a pipe.
class Child {
 public:
  explicit Child(const std::string& database) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = PENTAD_STORE_CRASH_HELPER;
    DatabaseOptions options = database_at(database);
    char* arguments[] = {program.data(), options.path.data(), options.url.data(), nullptr};
    REQUIRE(posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    out_ = ends[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill_now();
    close(out_);
  }

  // Waits until the child has said `lines` more lines, or has ended.
  void wait_for_lines(int lines) {
    while (lines > 0) {
      size_t before = said_.size();
      if (!read_some()) return;
      for (char c : said_.substr(before)) lines -= c == '\n';
    }
  }

  void kill_now() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
    pid_ = 0;
    while (read_some()) {
    }
  }

  bool was_killed() const { return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL; }
  // Of whole lines only.
  std::vector<int64_t> acknowledged() const {
    std::istringstream in(said_.substr(0, said_.rfind('\n') + 1));
    std::vector<int64_t> jobs;
    for (int64_t job; in >> job;) jobs.push_back(job);
    return jobs;
  }

 private:
  bool read_some() {
    char buffer[4096];
    ssize_t count = read(out_, buffer, sizeof buffer);
    if (count > 0) said_.append(buffer, static_cast<size_t>(count));
    return count > 0;
  }

  pid_t pid_ = 0;
  int out_ = -1;
  int status_ = 0;
  std::string said_;
};

}  // namespace

TEST_CASE("what was acknowledged outlives kill -9") {
  TempDir dir;
  const std::string path = dir / "pentad.db";
  { World world(path); }
  int64_t last = 0;
  for (int round = 0; round < 20; ++round) {
    std::vector<int64_t> jobs;
    {
      Child child(path);
      child.wait_for_lines(1 + round * 7 % 13);
      // Somewhere in the next batches; where exactly differs from run to run.
      usleep(static_cast<useconds_t>(round * 137 % 1000));
      child.kill_now();
      CHECK(child.was_killed());
      jobs = child.acknowledged();
    }
    REQUIRE(!jobs.empty());
    CHECK(jobs.front() > last);
    World world(path);
    auto count = world.queries().count({});
    REQUIRE(count);
    // Ids are given without a gap, so the last one tells them all.
    CHECK(*count >= jobs.back());
    CHECK(*count == world.centre().next_job_id().value - 1);
    CHECK(world.centre().check_invariants().empty());
    last = *count;
    for (int64_t job : {jobs.front(), jobs.back()}) {
      CHECK(world.queries().payload(JobId{job}));
    }
  }
  World world(path);
  Result<VerifyReport> report = verify(world.keeper().database());
  REQUIRE(report);
  CHECK(report->good());
  CHECK(report->snapshots > 0);
}

TEST_CASE("sqlite: a limit on the size of files counts as a full disk") {
  TempDir dir;
  World world(dir / "pentad.db");
  world.run(job_request(1));
  const uint64_t digest = world.centre().state_digest();
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto handler = signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 300'000;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  Payload payload;
  payload.script = std::string(1'000'000, 'x');
  std::vector<Command> batch;
  batch.push_back(world.submit(job_request(2), payload));
  auto applied = world.keeper().apply(std::move(batch));
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  signal(SIGXFSZ, handler);
  REQUIRE(!applied);
  CHECK_MESSAGE(applied.error().code == ErrorCode::disk_full, applied.error().message);
  CHECK(world.centre().state_digest() == digest);
  REQUIRE(world.keeper().probe());
  CHECK(world.apply(world.submit(job_request(2), payload)).reply.accepted());
}
