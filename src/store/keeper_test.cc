#include "store/keeper.h"

#include <doctest/doctest.h>

#include <limits>

#include "base/reflect.h"
#include "store/journal.h"
#include "store/test_support.h"
#include "store/verify.h"

using namespace pentad;
using namespace pentad::store;
using namespace pentad::store::testing;

namespace {

Payload script(std::string text) {
  Payload payload;
  payload.script = std::move(text);
  return payload;
}

Dependency on(JobId job, DependencyKind kind = DependencyKind::ok) {
  Dependency d;
  d.kind = kind;
  d.job = job;
  return d;
}

JobStatus stored(World& world, JobId job) {
  auto record = world.queries().job(job);
  REQUIRE(record);
  REQUIRE(record->has_value());
  return (*record)->status;
}

}  // namespace

TEST_CASE("a job's way through the tables") {
  TempDir dir;
  World world(dir / "pentad.db");
  Payload payload = script("#!/bin/sh\nexit 0\n");
  payload.application = "melt";
  JobRequest request = job_request(1);
  Effects submitted = world.apply(world.submit(request, payload));
  REQUIRE(submitted.reply.accepted());
  REQUIRE(submitted.starts.size() == 1);
  const JobId job = submitted.reply.jobs.front();
  const AttemptId attempt = submitted.starts.front().attempt;
  CHECK(stored(world, job).state == JobState::starting);

  world.start(attempt);
  CHECK(stored(world, job).state == JobState::running);
  CHECK(stored(world, job) == *world.centre().job_status(job));

  world.end(attempt, 0);
  CHECK(!world.centre().has_job(job));
  auto record = *world.queries().job(job);
  CHECK(record->status.state == JobState::completed);
  CHECK(record->status.usage.cpu_user == milliseconds(1500));
  CHECK(record->application == "melt");
  CHECK(record->request.name == request.name);
  CHECK(*world.queries().payload(job) == payload);
  CHECK(*world.queries().script(job) == payload.script);
  CHECK(*world.queries().script_bytes(job) == static_cast<int64_t>(payload.script.size()));

  auto ran = *world.queries().attempt(attempt);
  REQUIRE(ran);
  CHECK(ran->state == JobState::completed);
  CHECK(ran->placement.nodes.front().node == "n1");
  CHECK(ran->end.usage.peak_memory == mebibytes(3));
  CHECK(!world.queries().attempt({job, 0, 2})->has_value());
}

TEST_CASE("what is not there is absent or not found") {
  TempDir dir;
  World world(dir / "pentad.db");
  CHECK(!world.queries().job(JobId{77})->has_value());
  CHECK(world.queries().payload(JobId{77}).error().code == ErrorCode::not_found);
  CHECK(world.queries().script_bytes(JobId{77}).error().code == ErrorCode::not_found);
  const JobId none{77};
  CHECK(world.queries().outcomes({&none, 1})->empty());
}

TEST_CASE("killed or closed, the centre comes back as it was") {
  TempDir dir;
  World world(dir / "pentad.db");
  JobId first = world.run(job_request(1));
  world.run(job_request(2));
  JobRequest array = job_request(3);
  array.array = ArrayRequest{*IndexSet::parse("1-9:2", 100), 2};
  world.run(array);
  world.start({first, 0, 1});
  const uint64_t digest = world.centre().state_digest();
  const std::string answers = all_answers(world.keeper());

  world.crash_and_reopen();
  CHECK(world.keeper().recovery().snapshot_seq == 0);
  CHECK(world.keeper().recovery().replayed == 6);
  CHECK(world.centre().state_digest() == digest);
  CHECK(all_answers(world.keeper()) == answers);

  world.close_and_reopen();
  CHECK(world.keeper().recovery().snapshot_seq == 6);
  CHECK(world.keeper().recovery().replayed == 0);
  CHECK(world.centre().state_digest() == digest);
  CHECK(all_answers(world.keeper()) == answers);
  CHECK(world.centre().outstanding().size() == 4);
  CHECK(world.centre().check_invariants().empty());
}

TEST_CASE("the digest of a snapshot is that of the state") {
  TempDir dir;
  World world(dir / "pentad.db");
  world.run(job_request(1));
  CHECK(digest_of_snapshot(world.centre().snapshot()) == world.centre().state_digest());
}

TEST_CASE("a closed keeper takes nothing more") {
  TempDir dir;
  World world(dir / "pentad.db");
  REQUIRE(world.keeper().close());
  CHECK(world.keeper().close());
  std::vector<Command> batch;
  batch.push_back(world.submit(job_request(1)));
  auto applied = world.keeper().apply(std::move(batch));
  REQUIRE(!applied);
  CHECK(applied.error().code == ErrorCode::unavailable);
}

TEST_CASE("a batch is one commit, and its commands see each other") {
  TempDir dir;
  World world(dir / "pentad.db");
  std::vector<Command> batch;
  batch.push_back(world.submit(job_request(1)));
  batch.push_back(world.command(event::AttemptStarted{{JobId{1}, 0, 1}, world.now()}));
  AttemptEnd end;
  end.ended_at = world.now();
  batch.push_back(world.command(event::AttemptEnded{{JobId{1}, 0, 1}, end}));
  // Job 1 has left the core by now and is not in the tables yet.
  JobRequest after = job_request(2);
  after.dependency = on(JobId{1});
  batch.push_back(world.submit(after));
  auto applied = world.keeper().apply(std::move(batch));
  REQUIRE(applied);
  REQUIRE(applied->size() == 4);
  CHECK(applied->at(3).effects.reply.accepted());
  CHECK(applied->at(3).effects.starts.size() == 1);
  CHECK(stored(world, JobId{1}).state == JobState::completed);
  world.drop();
  CHECK(query_text(dir / "pentad.db", "SELECT COUNT(*) FROM journal WHERE batch = 3") == "4");
}

TEST_CASE("jobs that have left memory can be depended on") {
  TempDir dir;
  World world(dir / "pentad.db");
  JobId good = world.run(job_request(1));
  world.end({good, 0, 1}, 0);
  JobId bad = world.run(job_request(1));
  world.end({bad, 0, 1}, 3);
  JobRequest array = job_request(1);
  array.array = ArrayRequest{*IndexSet::parse("0-2", 100), 0};
  JobId elements = world.run(array);
  for (int i = 0; i < 3; ++i) world.end({elements, i, 1}, i == 1 ? 9 : 0);
  REQUIRE(world.centre().counts().jobs == 0);
  world.close_and_reopen();

  JobRequest job = job_request(2);
  job.dependency = on(good);
  CHECK(world.apply(world.submit(job)).starts.size() == 1);
  job.dependency = on(bad, DependencyKind::not_ok);
  CHECK(world.apply(world.submit(job)).starts.size() == 1);
  job.dependency = on(bad);
  Effects never = world.apply(world.submit(job));
  REQUIRE(never.jobs.size() == 1);
  CHECK(never.jobs.front().state == JobState::cancelled);
  CHECK(stored(world, never.reply.jobs.front()).state == JobState::cancelled);
  job.dependency = on(JobId{999});
  CHECK(world.apply(world.submit(job)).reply.refusal.code == RefusalCode::unknown_dependency);

  // Element by element: 1 never starts.
  array.dependency = on(elements, DependencyKind::elementwise);
  Effects dependents = world.apply(world.submit(array));
  REQUIRE(dependents.reply.accepted());
  JobStatus status = stored(world, dependents.reply.jobs.front());
  CHECK(status.running + status.pending == 2);
  CHECK(status.unsuccessful == 1);

  // What a caller claims to know is dropped.
  event::Submit lie;
  job.dependency = on(bad);
  lie.jobs = {job};
  Outcome claim;
  claim.job = bad;
  lie.known = {claim};
  CHECK(world.apply(lie).jobs.front().state == JobState::cancelled);
}

TEST_CASE("a modified job is modified in the table, dependency on the past included") {
  TempDir dir;
  World world(dir / "pentad.db");
  JobId past = world.run(job_request(1));
  world.end({past, 0, 1}, 0);
  JobRequest held = job_request(2);
  held.hold = true;
  JobId job = world.run(held);
  event::Modify change;
  change.job = job;
  change.name = "renamed";
  change.dependency = on(past);
  REQUIRE(world.apply(change).reply.accepted());
  auto record = *world.queries().job(job);
  CHECK(record->request.name == "renamed");
  CHECK(record->request.dependency == on(past));
  JobListing listing;
  listing.filter.name = "renamed";
  CHECK(world.queries().list(listing)->jobs.size() == 1);
  change.dependency = on(JobId{55});
  CHECK(world.apply(change).reply.refusal.code == RefusalCode::unknown_dependency);
}

TEST_CASE("the same key gets the same answer, and nothing is done twice") {
  TempDir dir;
  World world(dir / "pentad.db");
  auto submit = [&](std::string digest, std::string actor = "alice") {
    Command c = world.submit(job_request(1));
    c.event.actor = std::move(actor);
    c.key = IdempotencyKey{"key", std::move(digest)};
    std::vector<Command> batch;
    batch.push_back(std::move(c));
    auto applied = world.keeper().apply(std::move(batch));
    REQUIRE(applied);
    return std::move(applied->front());
  };
  Applied first = submit("a");
  CHECK(first.handling == Handling::done);
  const int64_t events = world.keeper().last_event();
  Applied again = submit("a");
  CHECK(again.handling == Handling::repeated);
  CHECK(again.effects.reply.jobs == first.effects.reply.jobs);
  CHECK(again.effects.starts.empty());
  CHECK(submit("b").handling == Handling::key_conflict);
  CHECK(world.keeper().last_event() == events);
  CHECK(submit("b", "bob").handling == Handling::done);
  world.crash_and_reopen();
  CHECK(submit("a").handling == Handling::repeated);
  CHECK(submit("b").handling == Handling::key_conflict);
}

TEST_CASE("keys within one batch, and keys of refused commands") {
  TempDir dir;
  World world(dir / "pentad.db");
  auto keyed = [&](JobRequest job, std::string digest) {
    Command c = world.submit(std::move(job));
    c.key = IdempotencyKey{"key", std::move(digest)};
    return c;
  };
  JobRequest impossible = job_request(1);
  impossible.resources.cores = 1000;
  std::vector<Command> batch;
  batch.push_back(keyed(impossible, "a"));
  batch.push_back(keyed(job_request(1), "b"));
  batch.push_back(keyed(job_request(1), "b"));
  batch.push_back(keyed(job_request(1), "c"));
  auto applied = world.keeper().apply(std::move(batch));
  REQUIRE(applied);
  CHECK(applied->at(0).handling == Handling::done);
  CHECK(applied->at(0).effects.reply.refusal.code == RefusalCode::impossible_resources);
  CHECK(applied->at(1).handling == Handling::done);
  CHECK(applied->at(2).handling == Handling::repeated);
  CHECK(applied->at(2).effects.reply.jobs == applied->at(1).effects.reply.jobs);
  CHECK(applied->at(3).handling == Handling::key_conflict);
  CHECK(world.centre().counts().jobs == 1);
}

TEST_CASE("old keys are forgotten with a snapshot") {
  TempDir dir;
  World world(dir / "pentad.db");
  Command c = world.submit(job_request(1));
  c.key = IdempotencyKey{"key", "a"};
  world.apply(std::move(c));
  REQUIRE(world.keeper().take_snapshot());
  CHECK(query_text(dir / "pentad.db", "SELECT COUNT(*) FROM answers") == "1");
  Command later = world.command(event::Tick{});
  later.event.now = later.event.now + hours(24 * 8);
  world.apply(std::move(later));
  REQUIRE(world.keeper().take_snapshot());
  CHECK(query_text(dir / "pentad.db", "SELECT COUNT(*) FROM answers") == "0");
}

TEST_CASE("a refused submission leaves no trace") {
  TempDir dir;
  World world(dir / "pentad.db");
  JobRequest impossible = job_request(1);
  impossible.resources.cores = 1000;
  Command c = world.command(event::Submit{{}, {job_request(1), impossible}, {}});
  c.payloads.push_back(script("never stored"));
  Effects effects = world.apply(std::move(c));
  CHECK(effects.reply.refusal.code == RefusalCode::impossible_resources);
  CHECK(world.keeper().last_event() == 2);
  CHECK(*world.queries().count({}) == 0);
  CHECK(query_text(dir / "pentad.db", "SELECT COUNT(*) FROM scripts") == "0");
}

TEST_CASE("payloads: one each, one for all, equal ones once") {
  TempDir dir;
  World world(dir / "pentad.db");
  Command each = world.command(event::Submit{{}, {job_request(1), job_request(2)}, {}});
  each.payloads = {script("one"), script("two")};
  std::vector<JobId> jobs = world.apply(std::move(each)).reply.jobs;
  CHECK(*world.queries().script(jobs.at(0)) == "one");
  CHECK(*world.queries().script(jobs.at(1)) == "two");
  Command shared = world.command(event::Submit{{}, {job_request(1), job_request(2)}, {}});
  shared.payloads = {script("one")};
  shared.payloads.front().workdir = "elsewhere";
  for (JobId job : world.apply(std::move(shared)).reply.jobs) {
    CHECK(world.queries().payload(job)->workdir == "elsewhere");
    CHECK(*world.queries().script(job) == "one");
  }
  Command nothing = world.command(event::Submit{{}, {job_request(1)}, {}});
  CHECK(*world.queries().payload(world.apply(std::move(nothing)).reply.jobs.front()) == Payload{});
  CHECK(query_text(dir / "pentad.db", "SELECT COUNT(*) FROM scripts") == "3");
  CHECK(query_text(dir / "pentad.db", "SELECT COUNT(*) FROM payloads") == "4");
}

TEST_CASE("script bytes are kept as they are") {
  TempDir dir;
  World world(dir / "pentad.db");
  std::string every;
  for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
  for (const std::string& bytes :
       {every, std::string("\0\0", 2), std::string("\xff"),
        std::string("caf\xc3\xa9 \xe8\xb6\x85\xe7\xae\x97\r\n"), std::string(3'000'000, 'x')}) {
    JobId job = world.apply(world.submit(job_request(1), script(bytes))).reply.jobs.front();
    CHECK(*world.queries().script(job) == bytes);
    CHECK(*world.queries().script_bytes(job) == static_cast<int64_t>(bytes.size()));
  }
}

TEST_CASE("a damaged script is never handed out") {
  TempDir dir;
  World world(dir / "pentad.db");
  JobId job = world.apply(world.submit(job_request(1), script("rm -r ./old"))).reply.jobs.front();
  world.drop();
  run_sql(dir / "pentad.db", "UPDATE scripts SET body = 'rm -r /old'");
  world.open();
  CHECK(world.queries().payload(job).error().code == ErrorCode::corrupt);
  CHECK(world.queries().script(job).error().code == ErrorCode::corrupt);
}

TEST_CASE("hostile texts come back as they were, and the core knows what the journal knows") {
  TempDir dir;
  World world(dir / "pentad.db");
  const std::string names[] = {
      "'; DROP TABLE jobs; --",   "new\nline", "\\u0000", "\"quoted\" :v0 ?1 %s",
      "\xe8\xb6\x85\xe7\xae\x97", ""};
  for (const std::string& name : names) {
    JobRequest job = job_request(1);
    job.name = job.user = job.project = name;
    JobId id = world.run(job);
    CHECK((*world.queries().job(id))->request.name == name);
    JobListing listing;
    listing.filter.user = name;
    listing.filter.name = name;
    CHECK(world.queries().list(listing)->jobs.size() == 1);
  }
  // Not UTF-8: mended before anybody sees it, the same everywhere.
  JobRequest bad = job_request(1);
  bad.name = "bad \xff\xc3 name";
  JobId id = world.run(bad);
  CHECK(world.centre().job_request(id)->name == "bad \uFFFD\uFFFD name");
  // Nor what PostgreSQL cannot hold.
  bad.name = std::string("nul\0\\\0inside", 12);
  Payload payload;
  payload.application = std::string("a\0b", 3);
  payload.script = std::string("echo \0", 6);
  id = world.apply(world.submit(bad, payload)).reply.jobs.front();
  CHECK(world.centre().job_request(id)->name == "nul\uFFFD\\\uFFFDinside");
  CHECK((*world.queries().job(id))->request.name == "nul\uFFFD\\\uFFFDinside");
  CHECK((*world.queries().job(id))->application == "a\uFFFDb");
  CHECK(*world.queries().script(id) == payload.script);
  CHECK(query_text(dir / "pentad.db", "SELECT name FROM jobs ORDER BY id DESC LIMIT 1") ==
        "nul\uFFFD\\\uFFFDinside");
  AttemptEnd end;
  end.kind = EndKind::not_started;
  end.message = "no \x80 such";
  end.ended_at = world.now();
  world.apply(event::AttemptEnded{{JobId{1}, 0, 1}, end});
  const uint64_t digest = world.centre().state_digest();
  const std::string answers = all_answers(world.keeper());
  world.crash_and_reopen();
  CHECK(world.centre().state_digest() == digest);
  CHECK(all_answers(world.keeper()) == answers);
  REQUIRE(verify(world.keeper().database()));
  CHECK(verify(world.keeper().database())->good());
}

TEST_CASE("figures at the end of their range are kept") {
  TempDir dir;
  World world(dir / "pentad.db");
  JobRequest job = job_request(1);
  JobId id = world.run(job);
  AttemptEnd end;
  end.exit_code = std::numeric_limits<int32_t>::min();
  end.ended_at = world.now();
  end.usage.read = Bytes::max();
  end.usage.cpu_system = Duration::max();
  world.apply(event::AttemptEnded{{id, 0, 1}, end});
  JobStatus status = stored(world, id);
  CHECK(status.exit_code == end.exit_code);
  CHECK(status.usage.read == Bytes::max());
  auto attempt = *world.queries().attempt({id, 0, 1});
  CHECK(attempt->end.usage == end.usage);
}

TEST_CASE("snapshots are taken by themselves, old texts go, rows and journal stay") {
  TempDir dir;
  KeeperOptions options = World::options_at(dir / "pentad.db");
  options.snapshot_after_events = 10;
  World world(options);
  for (int i = 0; i < 50; ++i) world.end({world.run(job_request(i)), 0, 1});
  auto snapshots = list_snapshots(world.keeper().database());
  REQUIRE(snapshots);
  CHECK(snapshots->size() == 10);
  CHECK(snapshots->at(0).parts == 1);
  CHECK(snapshots->at(1).parts == 1);
  for (size_t i = 2; i < snapshots->size(); ++i) CHECK(snapshots->at(i).parts == 0);
  world.crash_and_reopen();
  CHECK(world.keeper().recovery().replayed < 10);
  Result<VerifyReport> report = verify(world.keeper().database());
  REQUIRE(report);
  CHECK(report->good());
  CHECK(report->events == 102);
  CHECK(report->snapshots == 10);
  CHECK(report->ended_jobs == 50);
}

TEST_CASE("many live jobs put snapshots off") {
  TempDir dir;
  KeeperOptions options = World::options_at(dir / "pentad.db");
  options.snapshot_after_events = 4;
  World world(options);
  event::Submit submit;
  for (int i = 0; i < 40; ++i) submit.jobs.push_back(job_request(i));
  world.apply(submit);
  for (int i = 0; i < 16; ++i) world.apply(event::Hold{JobId{40}, false});
  CHECK(list_snapshots(world.keeper().database())->empty());
  world.apply(event::Hold{JobId{40}, false});
  CHECK(list_snapshots(world.keeper().database())->size() == 1);
}

TEST_CASE("a pruned journal still recovers and verifies from its oldest snapshot") {
  TempDir dir;
  KeeperOptions options = World::options_at(dir / "pentad.db");
  options.snapshot_after_events = 10;
  options.prune_journal = true;
  World world(options);
  for (int i = 0; i < 50; ++i) world.end({world.run(job_request(i)), 0, 1});
  const uint64_t digest = world.centre().state_digest();
  world.crash_and_reopen();
  CHECK(world.centre().state_digest() == digest);
  Result<VerifyReport> report = verify(world.keeper().database());
  REQUIRE(report);
  CHECK(report->good());
  CHECK(report->after == 90);
  CHECK(report->events == 12);
}
