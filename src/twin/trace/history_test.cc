#include "twin/trace/history.h"

#include <doctest/doctest.h>

#include "base/reflect.h"
#include "twin/trace/test_data.h"

namespace pentad::trace {
namespace {

constexpr int64_t kStart = 1'764'000'000'000;

HistoryHeader header() {
  HistoryHeader out;
  out.start_ms = kStart;
  out.pools.push_back({"main", 3, 64, gibibytes(256), {{"nvidia-t4", 2}}, {"ssd"}});
  return out;
}

HistoryJob finished() {
  HistoryJob job;
  job.id = 12;
  job.name = "melt";
  job.user = "ada";
  job.project = "physics";
  job.qos = "normal";
  job.state = JobState::completed;
  job.submitted_at_ms = kStart + 1000;
  job.started_at_ms = kStart + 3500;
  job.ended_at_ms = kStart + 63'500;
  job.deadline_at_ms = kStart + 100'000;
  job.limit_ms = 3'600'000;
  job.nodes = 2;
  job.cores = 4;
  job.memory_bytes = 1 << 30;
  job.devices = 1;
  job.device_kind = DeviceKind::gpu;
  job.workload_class = WorkloadClass::training;
  job.precision = Precision::bf16;
  job.wish = Wish::fastest;
  job.ran_on = {"n1", "n2"};
  return job;
}

std::string file(const std::vector<HistoryJob>& jobs) {
  std::string text = to_json(header()) + "\n";
  for (const HistoryJob& job : jobs) text += to_json(job, WriteMode::compact) + "\n";
  return text;
}

TEST_CASE("a finished job of our own history") {
  Reading r = read_text(file({finished()}), "history.jsonl");
  REQUIRE(!r.error);
  CHECK(r.header.format == TraceFormat::history);
  CHECK(r.header.start == Time{kStart});
  CHECK(r.header.max_nodes == 3);
  CHECK(r.header.max_cores == 192);
  CHECK(r.header.pools == header().pools);
  REQUIRE(r.jobs.size() == 1);
  TraceJob expected;
  expected.id = 12;
  expected.name = "melt";
  expected.user = "ada";
  expected.project = "physics";
  expected.qos = "normal";
  expected.status = TraceStatus::completed;
  expected.submit = seconds(1);
  expected.wait = Duration{2500};
  expected.run_time = seconds(60);
  expected.deadline = seconds(100);
  expected.limit = hours(1);
  expected.nodes = 2;
  expected.cores_per_node = 4;
  expected.cores = 8;
  expected.memory = gibibytes(1);
  expected.devices_per_node = 1;
  expected.device_kind = DeviceKind::gpu;
  expected.workload_class = WorkloadClass::training;
  expected.precision = Precision::bf16;
  expected.wish = Wish::fastest;
  expected.allocation = {{"n1", 4}, {"n2", 4}};
  CHECK(r.jobs[0] == expected);
}

TEST_CASE("elements that never started are handed out one by one") {
  HistoryJob waiting = finished();
  waiting.state = JobState::queued;
  waiting.started_at_ms = waiting.ended_at_ms = {};
  waiting.count = 3;
  HistoryJob last = finished();
  last.id = 13;
  Reading r = read_text(file({waiting, last}), "h.jsonl.gz");
  REQUIRE(r.jobs.size() == 4);
  CHECK(r.jobs[2].id == 12);
  CHECK(!r.jobs[2].run_time);
  CHECK(r.jobs[2].status == TraceStatus::unknown);
  CHECK(r.jobs[3].id == 13);
  CHECK(r.counts.jobs == 4);
  CHECK(r.counts.lines == 3);
  CHECK(r.counts.no_run_time == 3);
}

TEST_CASE("how jobs ended") {
  std::vector<HistoryJob> jobs(5, finished());
  jobs[1].state = JobState::timeout;
  jobs[2].state = JobState::cancelled;
  jobs[3].state = JobState::running;
  jobs[3].ended_at_ms = {};
  jobs[4].first_started_at_ms = kStart + 1500;  // and again later
  Reading r = read_text(file(jobs), "h");
  REQUIRE(r.jobs.size() == 5);
  CHECK(r.jobs[1].status == TraceStatus::failed);
  CHECK(r.jobs[2].status == TraceStatus::cancelled);
  CHECK(r.jobs[3].status == TraceStatus::unknown);
  CHECK(!r.jobs[3].run_time);
  CHECK(r.jobs[4].wait == Duration{500});
  CHECK(r.jobs[4].run_time == seconds(60));
}

TEST_CASE("lines that make no sense are named; unknown fields are not") {
  std::string text = to_json(header()) + "\n";
  auto with = [](auto change) {
    HistoryJob job = finished();
    change(job);
    return to_json(job) + "\n";
  };
  text += "{\"id\":1}\n";                                                           // 2
  text += "not json\n";                                                             // 3
  text += "{\"id\":1,\"submitted_at_ms\":\"soon\"}\n";                              // 4
  text += with([](HistoryJob& j) { j.ended_at_ms = kStart + 2000; });               // 5
  text += with([](HistoryJob& j) { j.nodes = j.cores = 1'000'000; });               // 6
  text += with([](HistoryJob& j) { j.count = 0; });                                 // 7
  text += with([](HistoryJob& j) { j.submitted_at_ms = int64_t{1} << 60; });        // 8
  text += "{\"id\":1,\"submitted_at_ms\":1764000000500,\"colour\":{\"x\":[1]}}\n";  // 9: fine
  Reading r = read_text(text, "h");
  REQUIRE(r.bad_lines.size() == 7);
  CHECK(r.bad_lines[0].field == "submitted_at_ms");
  CHECK(r.bad_lines[2].field == "/submitted_at_ms");
  CHECK(r.bad_lines[3].field == "ended_at_ms");
  CHECK(r.bad_lines[4].field == "cores");
  CHECK(r.bad_lines[5].field == "count");
  CHECK(r.bad_lines[6].field == "submitted_at_ms");
  REQUIRE(r.jobs.size() == 1);
  CHECK(r.jobs[0].submit == Duration{500});
}

TEST_CASE("headers that are not understood") {
  auto refused = [](const std::string& first) { return read_text(first + "\n", "h").error; };
  HistoryHeader later = header();
  later.version = 2;
  REQUIRE(refused(to_json(later)));
  CHECK(refused(to_json(later))->message.find("version 2") != std::string::npos);
  CHECK(refused("{\"format\":\"pentad-history\""));
  CHECK(refused("{\"x\":\"pentad-history\",\"format\":\"y\"}"));
  CHECK(refused("{\"format\":\"pentad-history\",\"start_ms\":-1}"));
  CHECK(refused("{\"format\":\"pentad-history\",\"pools\":[{\"nodes\":-1}]}"));
}

}  // namespace
}  // namespace pentad::trace
