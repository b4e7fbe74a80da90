// How fast the store carries a centre: submissions in batches and one at a time, a job's way from
// submission to end, a restart with a long queue, listings over a long history. Real disk, full
// durability. Usage: store_rate [DIRECTORY [QUEUED_JOBS]] (a new directory below DIRECTORY is
// used).
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/reflect.h"
#include "store/journal.h"
#include "store/keeper.h"

namespace {

using namespace pentad;
using namespace pentad::store;

double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

struct Stopwatch {
  double wall = wall_s();
  double cpu = cpu_s();
  void report(const char* what, int64_t count) const {
    double w = wall_s() - wall, c = cpu_s() - cpu;
    fmt::print("{:<52} {:>8} in {:7.3f} s {:>9.0f}/s  {:7.1f} us CPU each\n", what, count, w,
               static_cast<double>(count) / w, c * 1e6 / static_cast<double>(count));
  }
};

JobRequest request(int64_t i) {
  JobRequest job;
  job.name = fmt::format("sweep-{}", i % 1000);
  job.user = fmt::format("user{}", i % 37);
  job.project = fmt::format("project{}", i % 11);
  job.resources.cores = 1 + static_cast<int32_t>(i % 4);
  job.resources.memory = mebibytes(256);
  job.limit = minutes(10);
  return job;
}

Payload payload() {
  Payload p;
  p.script = "#!/bin/sh\nexec ./solve --input data.in --steps 1000\n";
  p.workdir = "data/run";
  for (int i = 0; i < 40; ++i) {
    p.environment[fmt::format("VARIABLE_{}", i)] = "a value of some length, like a path";
  }
  return p;
}

class Bench {
 public:
  Bench(std::string directory, int64_t queued) : queued_(queued) {
    options_.database.path = directory + "/pentad.db";
  }

  void run() {
    open();
    configure(0);
    singles();
    batches();
    reopen("restart with the queue (snapshot only)", true);
    tail();
    reopen("restart with the queue (killed: snapshot and tail)", false);
    lifecycle();
    queries();
    verify_size();
  }

 private:
  Keeper& keeper() { return *keeper_; }

  void open() {
    auto opened = Keeper::open(options_);
    if (!opened) fmt::print(stderr, "{}\n", opened.error().message);
    PENTAD_ASSERT(opened, "the store opens");
    keeper_ = std::make_unique<Keeper>(std::move(*opened));
  }

  std::vector<Effects> apply(std::vector<Command> commands) {
    auto applied = keeper().apply(std::move(commands));
    if (!applied) fmt::print(stderr, "{}\n", applied.error().message);
    PENTAD_ASSERT(applied, "the batch is applied");
    std::vector<Effects> all;
    for (Applied& a : *applied) {
      PENTAD_ASSERT(a.effects.reply.accepted(), a.effects.reply.refusal.detail.c_str());
      all.push_back(std::move(a.effects));
    }
    return all;
  }

  Command command(event::What what) { return {{Time{++now_}, "bench", std::move(what)}, {}}; }

  // A node that is down takes no job: the queue stays as it is.
  void configure(int32_t) {
    std::vector<Command> commands;
    commands.push_back(command(event::Configure{}));
    Node node;
    node.name = "n1";
    node.pool = "main";
    node.cores = 64;
    node.memory = gibibytes(256);
    commands.push_back(command(event::UpsertNode{node}));
    commands.push_back(command(event::SetNodeState{"n1", NodeState::down, "bench"}));
    apply(std::move(commands));
  }

  void batches() {
    Stopwatch watch;
    for (int64_t i = 0; i < queued_; i += 500) {
      event::Submit submit;
      for (int64_t k = i; k < i + 500; ++k) submit.jobs.push_back(request(k));
      Command c = command(std::move(submit));
      c.payloads.push_back(payload());
      std::vector<Command> commands;
      commands.push_back(std::move(c));
      apply(std::move(commands));
    }
    watch.report("jobs submitted, 500 a request, a commit each", queued_);
  }

  void singles() {
    const int64_t count = 1600;
    Stopwatch watch;
    for (int64_t i = 0; i < count; i += 16) {
      std::vector<Command> commands;
      for (int64_t k = i; k < i + 16; ++k) {
        commands.push_back(command(event::Submit{{}, {request(k)}, {}}));
        commands.back().payloads.push_back(payload());
        commands.back().key = IdempotencyKey{fmt::format("key-{}-{}", now_, k), "digest"};
      }
      apply(std::move(commands));
    }
    watch.report("jobs submitted, one a request, 16 requests a commit", count);
  }

  void reopen(const char* what, bool clean) {
    if (clean) {
      Stopwatch watch;
      PENTAD_ASSERT(keeper().close(), "it closes");
      keeper_.reset();
      watch.report("  closing with a snapshot", 1);
    } else {
      keeper_.reset();
    }
    Stopwatch watch;
    open();
    watch.report(what, 1);
    fmt::print("  {} jobs in memory, {} events replayed, {} MB on disk\n",
               keeper().centre().counts().jobs, keeper().recovery().replayed,
               std::filesystem::file_size(options_.database.path) >> 20);
  }

  void tail() {
    std::vector<Command> commands;
    for (int64_t i = 1; i <= 20'000; ++i) {
      commands.push_back(command(event::Hold{JobId{1 + i % queued_}, false}));
      if (commands.size() == 500) apply(std::exchange(commands, {}));
    }
  }

  void lifecycle() {
    options_.database.path += ".lifecycle";
    open();
    configure(0);
    apply(one(command(event::SetNodeState{"n1", NodeState::up, ""})));
    const int64_t count = 20'000, group = 32;
    Stopwatch watch;
    [[maybe_unused]] int64_t commits = 0;
    for (int64_t i = 0; i < count; i += group) {
      std::vector<Command> submits, started, ended;
      for (int64_t k = i; k < i + group; ++k) {
        JobRequest job = request(k);
        job.resources.cores = 1;
        submits.push_back(command(event::Submit{{}, {job}, {}}));
        submits.back().payloads.push_back(payload());
      }
      std::vector<AttemptId> attempts;
      for (Effects& e : apply(std::move(submits))) {
        for (StartAttempt& s : e.starts) attempts.push_back(s.attempt);
      }
      for (const AttemptId& a : attempts) {
        started.push_back(command(event::AttemptStarted{a, Time{now_}}));
      }
      apply(std::move(started));
      for (const AttemptId& a : attempts) {
        AttemptEnd end;
        end.started_at = Time{now_ - 1};
        end.ended_at = Time{now_};
        ended.push_back(command(event::AttemptEnded{a, end}));
      }
      apply(std::move(ended));
      commits += 3;
    }
    watch.report("jobs submitted, started and ended, 32 a commit", count);
    core_alone(count);
  }

  static std::vector<Command> one(Command c) {
    std::vector<Command> list;
    list.push_back(std::move(c));
    return list;
  }

  // The same events without a store, to see what the store adds.
  void core_alone(int64_t count) {
    std::vector<Event> events;
    Status read = for_each_entry(keeper().database(), 0, keeper().last_event(),
                                 [&](const JournalEntry& e) -> Status {
                                   auto event = from_json<Event>(e.event, ReadMode::lenient);
                                   if (event) events.push_back(std::move(*event));
                                   return {};
                                 });
    PENTAD_ASSERT(read, "the journal can be read");
    Stopwatch watch;
    Centre centre;
    for (const Event& event : events) centre.step(event);
    watch.report("  the same in the core alone", count);
  }

  void queries() {
    keeper_.reset();
    options_.database.path.resize(options_.database.path.size() - 10);
    open();
    auto reader = Database::open_reader(options_.database);
    PENTAD_ASSERT(reader, "a reader opens");
    JobQueries queries(*reader);
    auto time = [&](const char* what, JobListing listing) {
      (void)queries.list(listing);
      Stopwatch watch;
      for (int i = 0; i < 20; ++i) {
        auto page = queries.list(listing);
        PENTAD_ASSERT(page && !page->jobs.empty(), "there are jobs");
      }
      watch.report(what, 20);
    };
    JobListing newest;
    newest.descending = true;
    time("pages of 100: newest", newest);
    JobListing mine = newest;
    mine.filter.user = "user7";
    time("pages of 100: newest of one user", mine);
    mine.filter.states = {JobState::completed, JobState::failed, JobState::queued};
    time("pages of 100: of one user in three states", mine);
    JobListing named = newest;
    named.filter.name_part = "-99";
    time("pages of 100: part of a name", named);
    JobListing by_name;
    by_name.sort = JobSort::name;
    time("pages of 100: by name", by_name);
    Stopwatch watch;
    JobFilter filter;
    filter.user = "user7";
    for (int i = 0; i < 20; ++i) (void)queries.count(filter);
    watch.report("counts of one user's jobs", 20);
  }

  void verify_size() {
    Stopwatch watch;
    std::string text = keeper().centre().snapshot();
    watch.report("snapshot text", 1);
    fmt::print("  {} bytes for {} jobs\n", text.size(), keeper().centre().counts().jobs);
  }

  int64_t queued_;
  int64_t now_ = 1'700'000'000'000;
  KeeperOptions options_;
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace

int main(int argc, char** argv) {
  std::string base = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
  int64_t queued = argc > 2 ? std::strtoll(argv[2], nullptr, 10) : 100'000;
  std::string directory = base + "/store_rate.XXXXXX";
  PENTAD_ASSERT(mkdtemp(directory.data()) != nullptr, "a directory can be made");
  Bench(directory, queued).run();
  std::filesystem::remove_all(directory);
}
