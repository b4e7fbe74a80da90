// Killed by crash_test.cc in the middle of its work: submits jobs with keys without end, and says
// on standard output which have been accepted. Arguments: the database's file and, or empty, its
// URL.
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string>

#include "store/keeper.h"

namespace {

using namespace pentad;
using namespace pentad::store;

// One line in one write, so that the reader never sees half an answer as a whole one.
bool say(const std::string& line) {
  return write(STDOUT_FILENO, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

JobRequest request(int64_t i) {
  JobRequest job;
  job.name = "job-" + std::to_string(i);
  job.user = "alice";
  job.limit = minutes(1);
  return job;
}

int run(const char* path, const char* url) {
  KeeperOptions options;
  options.database.path = path;
  options.database.url = url;
  options.database.lease = seconds(1);
  options.snapshot_after_events = 50;
  Result<Keeper> keeper = Keeper::open(options);
  if (!keeper) {
    std::fputs((keeper.error().message + "\n").c_str(), stderr);
    return 1;
  }
  int64_t now = keeper->centre().now().value + 1'000'000;
  for (int64_t i = keeper->last_event();; ++i) {
    std::vector<Command> batch;
    for (int64_t k = 0; k < 3; ++k) {
      Command c{{Time{++now}, "alice", event::Submit{{}, {request(3 * i + k)}, {}}}, {}, {}};
      Payload payload;
      payload.script = "echo " + std::to_string(i % 5) + std::string(5000, '#');
      c.payloads.push_back(std::move(payload));
      batch.push_back(std::move(c));
    }
    auto applied = keeper->apply(std::move(batch));
    if (!applied) return 1;
    std::string line;
    for (const Applied& a : *applied) {
      line += std::to_string(a.effects.reply.jobs.front().value) + " ";
    }
    if (!say(line + "\n")) return 1;
  }
}

}  // namespace

int main(int argc, char** argv) { return argc == 3 ? run(argv[1], argv[2]) : 2; }
