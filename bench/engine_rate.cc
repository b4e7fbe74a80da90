// How many trivial attempts the local engine alone starts and collects per second, next to the bare
// limit: a loop that only spawns and reaps the same program, two at a time. Both in one run, since
// the machine's mood changes.
//
//   engine_rate SUPERVISOR [attempts] [at a time] [none|automatic|v1_only|v2_only] [directory]
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>

#include "engine/local.h"

extern char** environ;

namespace {

using namespace pentad;
using Clock = std::chrono::steady_clock;

constexpr const char* kProgram = "/bin/true";

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double bare_rate(int count, int at_a_time) {
  char name[] = "true";
  char* argv[] = {name, nullptr};
  const auto start = Clock::now();
  int live = 0;
  for (int i = 0; i < count; ++i) {
    if (live == at_a_time && wait(nullptr) > 0) --live;
    pid_t pid = 0;
    if (posix_spawn(&pid, kProgram, nullptr, nullptr, argv, environ) == 0) ++live;
  }
  while (live > 0 && wait(nullptr) > 0) --live;
  return count / seconds_since(start);
}

// Keeps `at_a_time` attempts going and forgets each as soon as its end is heard.
class Feeder {
 public:
  Feeder(int count, int at_a_time) : count_(count), at_a_time_(at_a_time) {
    Payload payload;
    payload.argv = {kProgram};
    payload_ = std::make_shared<const Payload>(payload);
  }

  void hear(std::vector<engine::Report> reports) {
    const std::lock_guard lock(mutex_);
    for (const engine::Report& report : reports) {
      const auto* ended = std::get_if<event::AttemptEnded>(&report);
      if (ended == nullptr) continue;
      if (ended->end.kind != EndKind::exited || ended->end.exit_code != 0) {
        fmt::print("attempt failed: {}\n", ended->end.message);
        std::exit(1);
      }
      ++ended_;
      engine_->forget(ended->attempt);
      if (started_ < count_) start_one();
    }
    changed_.notify_all();
  }

  double run(engine::Engine& engine) {
    const auto start = Clock::now();
    std::unique_lock lock(mutex_);
    engine_ = &engine;
    while (started_ < std::min(count_, at_a_time_)) start_one();
    changed_.wait(lock, [this] { return ended_ == count_; });
    return count_ / seconds_since(start);
  }

 private:
  void start_one() {
    StartAttempt start;
    start.attempt = {JobId{++started_}, 0, 1};
    start.placement.cores = 1;
    start.placement.memory = mebibytes(256);
    start.name = "true";
    start.user = "bench";
    start.limit = hours(1);
    engine_->start({start, payload_});
  }

  const int count_;
  const int at_a_time_;
  std::shared_ptr<const Payload> payload_;
  engine::Engine* engine_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  int started_ = 0;
  int ended_ = 0;
};

engine::GroupMode mode_of(const std::string& name) {
  if (name == "none") return engine::GroupMode::none;
  if (name == "v1_only") return engine::GroupMode::v1_only;
  if (name == "v2_only") return engine::GroupMode::v2_only;
  return engine::GroupMode::automatic;
}

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::max(value, 1);
}

double cpu_us(int who) {
  rusage usage;
  getrusage(who, &usage);
  return 1e6 * static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// CPU time of this process and of all it has waited for, so far.
double all_cpu_us() { return cpu_us(RUSAGE_SELF) + cpu_us(RUSAGE_CHILDREN); }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2)
    return fmt::print("usage: engine_rate SUPERVISOR [attempts] [at a time] [groups]\n"), 2;
  const int count = argc > 2 ? number(argv[2]) : 5000;
  const int at_a_time = argc > 3 ? number(argv[3]) : 2;
  std::string home = std::string(argc > 5 ? argv[5] : "/tmp") + "/pentad-rate-XXXXXX";
  if (mkdtemp(home.data()) == nullptr) return 1;

  engine::LocalConfig config;
  config.home = home;
  config.supervisor_path = argv[1];
  config.node.name = "bench";
  config.groups = mode_of(argc > 4 ? argv[4] : "automatic");
  const auto cpus = static_cast<int32_t>(sysconf(_SC_NPROCESSORS_ONLN));
  for (int32_t cpu = 0; cpu < cpus; ++cpu) config.machine.cores.push_back({cpu});

  const double start_us = all_cpu_us();
  const double bare_before = bare_rate(count / 2, 2);
  const double bare_us = (all_cpu_us() - start_us) / (count / 2);
  const double self_us = cpu_us(RUSAGE_SELF);
  const double before_us = all_cpu_us();
  double rate = 0;
  {
    Feeder feeder(count, at_a_time);
    auto engine = engine::LocalEngine::open(config, [&feeder](std::vector<engine::Report> reports) {
      feeder.hear(std::move(reports));
    });
    if (!engine) return fmt::print("{}\n", engine.error().message), 1;
    rate = feeder.run(**engine);
  }
  const double engine_us = (all_cpu_us() - before_us) / count;
  const double daemon_us = (cpu_us(RUSAGE_SELF) - self_us) / count;
  const double bare_after = bare_rate(count / 2, 2);
  const double bare = (bare_before + bare_after) / 2;
  fmt::print("bare spawn and reap, 2 at a time {:6.0f}/s and {:.0f}/s, {:.0f} us CPU each\n",
             bare_before, bare_after, bare_us);
  fmt::print("local engine, {} at a time {:13.0f}/s = {:.0f} % of bare\n", at_a_time, rate,
             100 * rate / bare);
  fmt::print("CPU an attempt: {:.0f} us in all, {:.0f} us of it in this process\n", engine_us,
             daemon_us);
  std::filesystem::remove_all(home);
  return 0;
}
