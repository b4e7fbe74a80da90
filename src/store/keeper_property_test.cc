// Random commands, reports, crashes and restarts: the centre that comes back answers as before.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "store/journal.h"
#include "store/test_support.h"
#include "store/verify.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace {

template <class T>
T one_of(std::vector<T> list) {
  return *rc::gen::elementOf(std::move(list));
}
int below(int limit) { return *rc::gen::inRange(0, limit); }

JobId some_job(World& world) {
  int64_t next = world.centre().next_job_id().value;
  return JobId{1 + below(static_cast<int>(next))};
}

Dependency some_dependency(World& world) {
  Dependency d;
  d.kind = one_of<DependencyKind>({DependencyKind::ok, DependencyKind::not_ok,
                                   DependencyKind::ended, DependencyKind::started,
                                   DependencyKind::elementwise, DependencyKind::singleton});
  d.job = some_job(world);
  if (below(4) > 0) return d;
  Dependency both;
  both.kind = one_of<DependencyKind>({DependencyKind::all, DependencyKind::any});
  both.of = {d, d};
  both.of[1].job = some_job(world);
  return both;
}

JobRequest some_request(World& world) {
  JobRequest job = job_request(below(20));
  job.resources.cores = 1 + below(5);  // 5 is more than there are
  job.hold = below(5) == 0;
  if (below(3) == 0) job.array = ArrayRequest{*IndexSet::parse("0-6:2", 10), below(3)};
  if (below(3) == 0) job.dependency = some_dependency(world);
  if (below(4) == 0) job.begin = world.now() + seconds(below(100));
  job.requeue.exit_codes = {3};
  job.limit = seconds(1 + below(60));
  return job;
}

std::optional<AttemptId> some_attempt(World& world) {
  auto outstanding = world.centre().outstanding();
  if (outstanding.empty()) return std::nullopt;
  AttemptId attempt = one_of(outstanding).start.attempt;
  if (below(10) == 0) ++attempt.number;  // one that was never started
  return attempt;
}

event::What some_event(World& world) {
  switch (below(12)) {
    case 0:
    case 1:
    case 2: {
      event::Submit submit;
      for (int i = below(4); i >= 0; --i) submit.jobs.push_back(some_request(world));
      return submit;
    }
    case 3:
      return event::Cancel{some_job(world), {}};
    case 4:
      return event::Hold{some_job(world), below(2) == 0};
    case 5:
      return event::Release{some_job(world), true};
    case 6: {
      event::Modify change;
      change.job = some_job(world);
      change.name = "modified";
      if (below(2) == 0) change.dependency = some_dependency(world);
      return change;
    }
    case 7:
      return event::SetNodeState{
          "n1",
          one_of<NodeState>({NodeState::up, NodeState::up, NodeState::draining, NodeState::down}),
          "because"};
    case 8:
    case 9:
    case 10:
      if (auto attempt = some_attempt(world)) {
        if (below(3) == 0) return event::AttemptStarted{*attempt, world.now()};
        AttemptEnd end;
        end.kind = one_of<EndKind>({EndKind::exited, EndKind::exited, EndKind::signalled,
                                    EndKind::timeout, EndKind::lost});
        end.exit_code = one_of<int>({0, 0, 1, 3});
        end.ended_at = world.now();
        return event::AttemptEnded{*attempt, end};
      }
      return event::Tick{};
    default:
      return event::Tick{};
  }
}

void apply_some(World& world) {
  std::vector<Command> batch;
  for (int i = below(6); i >= 0; --i) {
    Command c = world.command(some_event(world), one_of<std::string>({"alice", "bob", ""}));
    Payload payload;
    payload.script = one_of<std::string>({"one", "two", ""});
    if (std::holds_alternative<event::Submit>(c.event.what)) c.payloads.push_back(payload);
    if (below(6) == 0) c.key = IdempotencyKey{one_of<std::string>({"k1", "k2", "k3"}), "digest"};
    batch.push_back(std::move(c));
  }
  auto applied = world.keeper().apply(std::move(batch));
  RC_ASSERT(applied.has_value());
}

// The tables agree with the core on every job that both know.
void check_tables(World& world) {
  JobListing listing;
  listing.limit = 1000;
  auto page = world.queries().list(listing);
  RC_ASSERT(page.has_value());
  for (const JobRecord& row : page->jobs) {
    auto request = world.centre().job_request(row.status.job);
    RC_ASSERT(request.has_value() != is_final(row.status.state));
    if (request) RC_ASSERT(*request == row.request);
  }
  RC_ASSERT(static_cast<int64_t>(page->jobs.size()) == world.centre().next_job_id().value - 1);
}

// A core that comes back has forgotten timers that meant nothing any more, and only those.
void check_wake(World& world, Time before) {
  if (world.centre().next_wake() == before) return;
  RC_ASSERT(world.centre().next_wake() > before);
  Command tick = world.command(event::Tick{});
  tick.event.now = before;
  Effects effects = world.apply(std::move(tick));
  RC_ASSERT(effects.jobs.empty());
  RC_ASSERT(effects.starts.empty());
  RC_ASSERT(effects.stops.empty());
}

// The journal, a line an event, for whoever has to find out.
std::string history(Database& database) {
  std::string text;
  auto snapshots = list_snapshots(database);
  auto extent = journal_extent(database);
  Status read = for_each_entry(database, std::max<int64_t>(extent->first, 1) - 1, extent->last,
                               [&](const JournalEntry& entry) -> Status {
                                 text += "\n" + std::to_string(entry.seq) + " " + entry.event;
                                 return {};
                               });
  for (const SnapshotInfo& s : *snapshots) text += "\nsnapshot after " + std::to_string(s.seq);
  return read ? text : text + "\n" + read.error().message;
}

}  // namespace

TEST_CASE("after any history the centre comes back the same, and its journal verifies") {
  CHECK(rc::check([] {
    TempDir dir;
    KeeperOptions options = World::options_at(dir / "pentad.db");
    options.snapshot_after_events = 1 + below(40);
    options.prune_journal = below(4) == 0;
    World world(options);
    for (int batches = below(25); batches > 0; --batches) {
      apply_some(world);
      if (below(8) > 0) continue;
      const uint64_t digest = world.centre().state_digest();
      const Time wake = world.centre().next_wake();
      const std::string answers = all_answers(world.keeper());
      below(2) == 0 ? world.crash_and_reopen() : world.close_and_reopen();
      RC_ASSERT(world.centre().state_digest() == digest);
      RC_ASSERT(world.centre().check_invariants().empty());
      RC_ASSERT(all_answers(world.keeper()) == answers);
      check_wake(world, wake);
    }
    check_tables(world);
    world.crash_and_reopen();
    auto report = verify(world.keeper().database());
    RC_ASSERT(report.has_value());
    if (report->first_difference) {
      RC_FAIL(report->first_difference->error.message + history(world.keeper().database()));
    }
    RC_ASSERT(report->good());
  }));
}
