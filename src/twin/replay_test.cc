#include "twin/replay.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "twin/memory_trace.h"

using namespace pentad;
using namespace pentad::twin;

namespace {

// Whole seconds since the trace's start, by the trace's ids.
struct Span {
  int64_t start = -1;
  int64_t end = -1;
  bool operator==(const Span&) const = default;
};
using Schedule = std::map<int64_t, Span>;

class Watcher : public Observer {
 public:
  void time_moves(Time to) override {
    if (begin_.value == 0) begin_ = to;
  }
  void started(const LiveJob& job) override { schedule[job.trace_id].start = since(job.started); }
  void stopped(const LiveJob& job, EndKind, Time now) override {
    schedule[job.trace_id].end = since(now);
  }
  void refused(const trace::TraceJob& job, const Refusal&) override { refusals.push_back(job.id); }

  Schedule schedule;
  std::vector<int64_t> refusals;

 private:
  int64_t since(Time at) const { return (at - begin_).value / 1000; }
  Time begin_;
};

Policy policy_of(int32_t depth, bool backfill = true) {
  Policy policy;
  policy.weights = {1000, 0, 0, 0};
  policy.reservation_depth = depth;
  policy.backfill = backfill;
  return policy;
}

Watcher watch(std::vector<trace::TraceJob> jobs, int64_t cores, const Policy& policy,
              ReplayOptions options = {}) {
  MemoryTrace trace(std::move(jobs));
  Replay replay(plain_machine(cores), policy, std::move(options));
  Watcher watcher;
  replay.add(&watcher);
  auto end = replay.run(trace);
  REQUIRE(end);
  CHECK(*end == ReplayEnd::complete);
  CHECK(replay.centre().check_invariants().empty());
  return watcher;
}

// --- the definition of design.md, on counts of processors, by brute force ---

struct Held {
  int64_t from, to, cores;
};

bool fits(const std::vector<Held>& held, int64_t cores, int64_t from, int64_t to, int64_t wanted) {
  for (int64_t t = from; t < to; ++t) {
    int64_t used = wanted;
    for (const Held& h : held) used += h.from <= t && t < h.to ? h.cores : 0;
    if (used > cores) return false;
  }
  return true;
}

Schedule brute_force(const std::vector<trace::TraceJob>& jobs, int64_t cores, int32_t depth,
                     bool backfill) {
  Schedule schedule;
  std::vector<trace::TraceJob> queue;
  std::vector<Held> running;  // to: by limit
  std::map<int64_t, int64_t> ends;
  for (int64_t now = 0; schedule.size() < jobs.size() || !ends.empty(); ++now) {
    bool moved = false;
    for (const auto& job : jobs) {
      if (job.submit.value / 1000 == now) queue.push_back(job), moved = true;
    }
    for (auto& [id, at] : std::map(ends)) {
      if (at != now) continue;
      const Span& span = schedule[id];
      auto same = std::find_if(running.begin(), running.end(), [&](const Held& h) {
        const auto& job = jobs[static_cast<size_t>(id - 1)];
        return h.from == span.start && h.cores == job.cores &&
               h.to == span.start + job.limit.value / 1000;
      });
      running.erase(same);
      ends.erase(id);
      moved = true;
    }
    if (!moved) continue;
    std::vector<Held> planned;
    for (auto it = queue.begin(); it != queue.end();) {
      std::vector<Held> held = running;
      held.insert(held.end(), planned.begin(), planned.end());
      const int64_t limit = it->limit.value / 1000;
      if (fits(held, cores, now, now + limit, it->cores)) {
        const int64_t run = std::min(it->run_time->value / 1000, limit);
        running.push_back({now, now + limit, it->cores});
        schedule[it->id] = {now, now + run};
        ends[it->id] = now + run;
        it = queue.erase(it);
        continue;
      }
      if (depth < 0 || static_cast<int32_t>(planned.size()) < depth) {
        int64_t at = now + 1;
        while (!fits(held, cores, at, at + limit, it->cores)) ++at;
        planned.push_back({at, at + limit, it->cores});
        if (!backfill) break;
      }
      ++it;
    }
  }
  return schedule;
}

}  // namespace

TEST_CASE("hand-checked: EASY lets short jobs overtake, first come first served does not") {
  const std::vector<trace::TraceJob> jobs = {memory_job(1, 0, 3, 10, 10), memory_job(2, 1, 4, 5, 5),
                                             memory_job(3, 2, 1, 8, 8), memory_job(4, 3, 1, 4, 20),
                                             memory_job(5, 4, 2, 3, 3)};
  CHECK(watch(jobs, 4, policy_of(1)).schedule ==
        Schedule{{1, {0, 10}}, {2, {10, 15}}, {3, {2, 10}}, {4, {15, 19}}, {5, {15, 18}}});
  CHECK(watch(jobs, 4, policy_of(1, false)).schedule ==
        Schedule{{1, {0, 10}}, {2, {10, 15}}, {3, {15, 23}}, {4, {15, 19}}, {5, {15, 18}}});
}

TEST_CASE("hand-checked: conservative protects the second blocked job, EASY does not") {
  const std::vector<trace::TraceJob> jobs = {
      memory_job(1, 0, 2, 10, 10), memory_job(2, 0, 1, 20, 20), memory_job(3, 1, 4, 5, 5),
      memory_job(4, 2, 3, 10, 10), memory_job(5, 3, 1, 15, 15)};
  CHECK(watch(jobs, 4, policy_of(-1)).schedule ==
        Schedule{{1, {0, 10}}, {2, {0, 20}}, {3, {20, 25}}, {4, {10, 20}}, {5, {25, 40}}});
  CHECK(watch(jobs, 4, policy_of(1)).schedule ==
        Schedule{{1, {0, 10}}, {2, {0, 20}}, {3, {20, 25}}, {4, {25, 35}}, {5, {3, 18}}});
}

TEST_CASE("a job that runs beyond its limit ends there") {
  const auto schedule = watch({memory_job(1, 0, 2, 100, 30)}, 4, policy_of(1)).schedule;
  CHECK(schedule == Schedule{{1, {0, 30}}});
}

TEST_CASE("what the machine can never run is refused and does not stop the others") {
  const Watcher seen =
      watch({memory_job(1, 0, 9, 5, 5), memory_job(2, 0, 2, 5, 5)}, 4, policy_of(1));
  CHECK(seen.refusals == std::vector<int64_t>{1});
  CHECK(seen.schedule == Schedule{{2, {0, 5}}});
}

TEST_CASE("who asks for a node of its own does not get a whole machine without layout") {
  auto exclusive = memory_job(2, 1, 1, 5, 5);
  exclusive.exclusive = true;
  const auto schedule = watch({memory_job(1, 0, 2, 10, 10), exclusive}, 4, policy_of(1)).schedule;
  CHECK(schedule == Schedule{{1, {0, 10}}, {2, {1, 6}}});
}

TEST_CASE("closed loop: a job waits for the one before it and for its user") {
  auto second = memory_job(2, 1, 1, 5, 5);
  second.after = 1;
  second.think_time = seconds(7);
  ReplayOptions options;
  options.closed_loop = true;
  const auto jobs = std::vector<trace::TraceJob>{memory_job(1, 0, 1, 20, 30), second};
  CHECK(watch(jobs, 4, policy_of(1), options).schedule == Schedule{{1, {0, 20}}, {2, {27, 32}}});
  CHECK(watch(jobs, 4, policy_of(1)).schedule == Schedule{{1, {0, 20}}, {2, {1, 6}}});
}

TEST_CASE("every start is that of the brute force, for every depth") {
  CHECK(rc::check([] {
    const int64_t cores = *rc::gen::inRange(2, 7);
    const int count = *rc::gen::inRange(1, 16);
    std::vector<trace::TraceJob> jobs;
    int64_t submit = 0;
    for (int i = 1; i <= count; ++i) {
      submit += *rc::gen::inRange(0, 6);
      const int64_t limit = *rc::gen::inRange(1, 25);
      const int64_t run = *rc::gen::inRange(1, 30);
      jobs.push_back(memory_job(i, submit, *rc::gen::inRange<int64_t>(1, cores + 1), run, limit));
    }
    const int64_t first = jobs.front().submit.value / 1000;
    for (auto& job : jobs) job.submit -= seconds(first);
    const int32_t depth = *rc::gen::element(0, 1, 1, 2, 3, -1);
    const bool backfill = *rc::gen::element(true, true, true, false);
    const Schedule wanted = brute_force(jobs, cores, backfill ? depth : 1, backfill);
    RC_ASSERT(watch(jobs, cores, policy_of(depth, backfill)).schedule == wanted);
  }));
}
