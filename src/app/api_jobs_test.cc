// Jobs through the API, on the real core, store and handlers.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "app/test_centre.h"

using namespace pentad;
using namespace pentad::app;
using namespace pentad::api;

namespace {

using Refs = std::vector<std::pair<std::string, std::string>>;

AttemptId first_attempt(int64_t job) { return {JobId{job}, 0, 1}; }

std::vector<int64_t> ids(const JobPage& page) {
  std::vector<int64_t> out;
  for (const JobSummary& job : page.jobs) out.push_back(job.id);
  return out;
}

}  // namespace

TEST_CASE("a job from submission to its end") {
  TestCentre centre;
  auto answer =
      centre.post("/api/v1/jobs",
                  R"({"script":"#!/bin/sh\necho 你好","args":["x"],"name":"first","limit_s":60,
                                "resources":{"cores":2,"memory_bytes":1000}})");
  auto submitted = centre.as<Submitted>(answer, 201);
  REQUIRE(submitted.jobs == std::vector<int64_t>{1});
  CHECK(submitted.expected_start_at_ms.has_value());
  CHECK_FALSE(submitted.repeated);
  CHECK(*answer.headers.find("Location") == "/api/v1/jobs/1");

  REQUIRE(centre.engine.wait_for_start(first_attempt(1)));
  auto order = centre.engine.order(first_attempt(1));
  CHECK(order->payload->script == "#!/bin/sh\necho 你好");
  CHECK(order->payload->script_args == std::vector<std::string>{"x"});
  CHECK(order->start.placement.cores == 2);
  CHECK(order->start.limit == seconds(60));

  centre.started(first_attempt(1));
  JobDetail detail = centre.job(1);
  CHECK(detail.job.state == JobState::running);
  CHECK(detail.attempts.at(0).nodes.at(0).node == "n1");
  CHECK(detail.attempts.at(0).stdout_path == centre.home() + "/jobs/1/0.1.out");
  CHECK(detail.script_bytes == 21);
  CHECK(detail.request.resources.cores == 2);
  CHECK_FALSE(detail.request.script.has_value());

  AttemptEnd end;
  end.exit_code = 3;
  end.usage.peak_memory = Bytes{77};
  centre.ended(first_attempt(1), end);
  CHECK(centre.engine.wait_for_forget(first_attempt(1)));
  detail = centre.job(1);
  CHECK(detail.job.state == JobState::failed);
  CHECK(detail.job.exit_code == 3);
  CHECK(detail.job.usage.peak_memory_bytes == 77);
  CHECK(detail.attempts.at(0).end == EndKind::exited);

  auto script = centre.get("/api/v1/jobs/1/script");
  CHECK(script.body == "#!/bin/sh\necho 你好");
  CHECK(script.media_type == "application/octet-stream");
  auto attempts = centre.as<AttemptPage>(centre.get("/api/v1/jobs/1/attempts"));
  CHECK(attempts.attempts.size() == 1);
}

TEST_CASE("a batch is taken whole or not at all, and its jobs may wait for each other") {
  TestCentre centre;
  auto answer = centre.post("/api/v1/jobs", R"({"jobs":[
      {"argv":["true"],"name":"train","resources":{"cores":4}},
      {"argv":["true"],"name":"infer","dependency":{"kind":"ok","in_request":0}},
      {"argv":["true"],"name":"never","dependency":{"kind":"not_ok","in_request":0}}]})");
  CHECK(centre.as<Submitted>(answer, 201).jobs == std::vector<int64_t>{1, 2, 3});
  JobDetail infer = centre.job(2);
  CHECK(infer.job.reason == PendingReason::dependency);
  CHECK(infer.job.message.find("job 1") != std::string::npos);
  CHECK(infer.request.dependency->job == 1);
  centre.ended(first_attempt(1));
  CHECK(centre.engine.wait_for_start(first_attempt(2)));
  CHECK(centre.job(3).job.state == JobState::cancelled);

  auto bad = centre.post("/api/v1/jobs", R"({"jobs":[{"argv":["true"]},
      {"argv":["true"],"resources":{"cores":5}}]})");
  CHECK(TestCentre::told(bad) == "422 impossible-resources /jobs/1/resources/cores");
  CHECK(centre.as<JobPage>(centre.get("/api/v1/jobs")).jobs.size() == 3);
}

TEST_CASE("the core's refusals are problems that name the field") {
  TestCentre centre;
  struct Row {
    const char* body;
    const char* told;
  };
  const Row rows[] = {
      {R"({"argv":["true"],"resources":{"cores":5}})", "422 impossible-resources /resources/cores"},
      {R"({"argv":["true"],"resources":{"memory_bytes":99999999999}})",
       "422 impossible-resources /resources/memory_bytes"},
      {R"({"argv":["true"],"resources":{"nodes":3}})", "422 impossible-resources /resources/nodes"},
      {R"({"argv":["true"],"resources":{"pools":["moon"]}})", "422 unknown-pool /resources/pools"},
      {R"({"argv":["true"],"resources":{"devices":{"count":1,"models":["x"]}}})",
       "422 unknown-device /resources/devices/models"},
      {R"({"argv":["true"],"resources":{"licences":[{"name":"x"}]}})",
       "422 unknown-licence /resources/licences"},
      {R"({"argv":["true"],"resources":{"reservation":9}})",
       "422 unknown-reservation /resources/reservation"},
      {R"({"argv":["true"],"qos":"x"})", "422 unknown-qos /qos"},
      {R"({"argv":["true"],"limit_s":99999999})", "422 limit-too-long /limit_s"},
      {R"({"argv":["true"],"array":{"indices":"0-2000000"}})",
       "422 array-too-large /array/indices"},
      {R"({"argv":["true"],"deadline_at_ms":1000})", "422 impossible-deadline /deadline_at_ms"},
      {R"({"argv":["true"],"dependency":{"kind":"ok","job":77}})",
       "422 unknown-dependency /dependency"},
      {R"({"jobs":[{"argv":["true"],"array":{"indices":"0-3"}},
                   {"argv":["true"],"dependency":{"kind":"ok","in_request":0,"element":9}}]})",
       "422 unknown-dependency /jobs/1/dependency"},
      {R"({"jobs":[{"argv":["true"],"dependency":{"kind":"ok","in_request":1}},
                   {"argv":["true"]}]})",
       "422 cyclic-dependency /jobs/0/dependency/in_request"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CHECK(TestCentre::told(centre.post("/api/v1/jobs", row.body)) == row.told);
  }
  auto p = from_json<Problem>(centre.post("/api/v1/jobs", rows[0].body).body, ReadMode::lenient);
  CHECK(p->detail.find('4') != std::string::npos);  // the largest that would fit
  CHECK(centre.as<JobPage>(centre.get("/api/v1/jobs")).jobs.empty());
  CHECK(centre.engine.starts() == 0);
}

TEST_CASE("the same idempotency key does it once") {
  TestCentre centre;
  Refs key{{"Idempotency-Key", "k1"}};
  std::string body = R"({"argv":["true"]})";
  CHECK(centre.as<Submitted>(centre.post("/api/v1/jobs", body, key), 201).jobs.at(0) == 1);
  auto again = centre.as<Submitted>(centre.post("/api/v1/jobs", body, key), 201);
  CHECK(again.repeated);
  CHECK(again.jobs.at(0) == 1);
  CHECK(TestCentre::told(centre.post("/api/v1/jobs", R"({"argv":["false"]})", key)) ==
        "422 idempotency-key-reused Idempotency-Key");
  CHECK(TestCentre::told(centre.post("/api/v1/jobs", body, {{"Idempotency-Key", ""}})) ==
        "400 invalid-parameter Idempotency-Key");
  CHECK(centre.as<Submitted>(centre.post("/api/v1/jobs", body, {{"Idempotency-Key", "k2"}}), 201)
            .jobs.at(0) == 2);
}

TEST_CASE("jobs that submit jobs are slowed down, people are not") {
  TestCentre centre;
  Refs from{{"Pentad-From-Job", "1"}};
  std::string body = R"({"jobs":[{"argv":["true"]},{"argv":["true"]}]})";
  CHECK(centre.post("/api/v1/jobs", body, from).status == 201);
  CHECK(centre.post("/api/v1/jobs", body, from).status == 201);
  net::Response slow = centre.post("/api/v1/jobs", body, from);
  CHECK(TestCentre::told(slow) == "429 jobs-submit-too-fast -");
  REQUIRE(slow.headers.find("Retry-After"));
  CHECK(*slow.headers.find("Retry-After") == "1");
  CHECK(centre.post("/api/v1/jobs", body).status == 201);
  CHECK(centre.as<JobPage>(centre.get("/api/v1/jobs")).jobs.size() == 6);
}

TEST_CASE("a dry run stores nothing and tells when it would start") {
  TestCentre centre;
  auto dry = [&](const char* body) {
    return centre.as<DryRun>(centre.post("/api/v1/jobs?dry_run=true", body));
  };
  DryRun free = dry(R"({"argv":["true"],"resources":{"cores":4}})");
  CHECK(free.possible);
  CHECK(free.expected_start_at_ms.has_value());
  CHECK_FALSE(free.position.has_value());
  for (int i = 0; i < 2; ++i) {
    centre.submit(R"({"argv":["true"],"limit_s":1000,"resources":{"cores":4}})");
  }
  DryRun queued = dry(R"({"argv":["true"],"resources":{"cores":4}})");
  CHECK(queued.possible);
  CHECK(queued.position == 1);
  CHECK(*queued.expected_start_at_ms > *free.expected_start_at_ms + 900'000);
  DryRun impossible = dry(R"({"argv":["true"],"resources":{"cores":40}})");
  CHECK_FALSE(impossible.possible);
  CHECK(impossible.refusal->code == RefusalCode::impossible_resources);
  CHECK(impossible.refusal->field == "/resources/cores");
  CHECK(centre.as<JobPage>(centre.get("/api/v1/jobs")).jobs.size() == 2);
}

TEST_CASE("waiting jobs say why, where in the queue and when") {
  TestCentre centre;
  for (int i = 0; i < 4; ++i) {
    centre.submit(R"({"argv":["true"],"limit_s":1000,"resources":{"cores":4}})");
  }
  JobDetail third = centre.job(3);
  CHECK(third.job.state == JobState::queued);
  CHECK(third.job.reason == PendingReason::resources);
  CHECK_FALSE(third.job.message.empty());
  CHECK(third.job.position == 1);
  CHECK(third.job.expected_start_at_ms.has_value());
  auto page = centre.as<JobPage>(centre.get("/api/v1/jobs?state=pending&sort=id"));
  REQUIRE(ids(page) == std::vector<int64_t>{3, 4});
  CHECK(page.jobs[1].position == 2);
  auto held = centre.submit(R"({"argv":["true"],"hold":true})");
  CHECK(centre.job(held).job.reason == PendingReason::held_by_user);
  auto later = centre.submit(R"({"argv":["true"],"begin_at_ms":99999999999999})");
  CHECK(centre.job(later).job.expected_start_at_ms == 99999999999999);
}

TEST_CASE("listing: filters, order, pages") {
  TestCentre centre;
  for (int i = 0; i < 5; ++i) {
    centre.submit(
        fmt::format(R"({{"argv":["true"],"hold":true,"name":"j{}","user":"{}","project":"p"}})", i,
                    i % 2 ? "ada" : "bob"));
  }
  auto list = [&](const std::string& query) {
    return centre.as<JobPage>(centre.get("/api/v1/jobs?" + query));
  };
  CHECK(ids(list("")) == std::vector<int64_t>{5, 4, 3, 2, 1});
  CHECK(ids(list("user=ada&sort=id")) == std::vector<int64_t>{2, 4});
  CHECK(ids(list("name=j0")) == std::vector<int64_t>{1});
  CHECK(ids(list("ids=2,3,99")) == std::vector<int64_t>{3, 2});
  CHECK(ids(list("state=running")).empty());
  CHECK(ids(list("state=held,running&project=p")).size() == 5);
  CHECK(ids(list("state=finished")).empty());
  CHECK(ids(list("since_ms=99999999999999")).empty());
  std::vector<int64_t> all;
  std::string cursor;
  for (int pages = 0; pages < 4; ++pages) {
    JobPage page = list("sort=id&limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (int64_t id : ids(page)) all.push_back(id);
    if (!page.next) break;
    cursor = *page.next;
  }
  CHECK(all == std::vector<int64_t>{1, 2, 3, 4, 5});
}

TEST_CASE("query parameters are checked against the table") {
  TestCentre centre;
  auto told = [&](const char* query) {
    return TestCentre::told(centre.get(std::string("/api/v1/jobs?") + query));
  };
  CHECK(told("colour=red") == "400 invalid-parameter colour");
  CHECK(told("limit=0") == "400 invalid-parameter limit");
  CHECK(told("limit=1001") == "400 invalid-parameter limit");
  CHECK(told("limit=ten") == "400 invalid-parameter limit");
  CHECK(told("limit=99999999999999999999") == "400 invalid-parameter limit");
  CHECK(told("limit=5&limit=6") == "400 invalid-parameter limit");
  CHECK(told("sort=size") == "400 invalid-parameter sort");
  CHECK(told("state=sleeping") == "400 invalid-parameter state");
  CHECK(told("ids=1,x") == "400 invalid-parameter ids");
  CHECK(told("cursor=nonsense") == "400 invalid-parameter cursor");
  CHECK(told("name=%00") == "400 invalid-parameter name");
  CHECK(TestCentre::told(centre.get("/api/v1/jobs/0")) == "404 not-found -");
  CHECK(TestCentre::told(centre.get("/api/v1/jobs/12x")) == "404 not-found -");
  CHECK(TestCentre::told(centre.get("/api/v1/jobs/7")) == "404 not-found -");
  CHECK(TestCentre::told(centre.get("/api/v1/jobs/7/logs")) == "404 not-found -");
  CHECK(TestCentre::told(centre.get("/api/v1/jobs/7/script")) == "404 not-found -");
  CHECK(TestCentre::told(centre.get("/api/v1/nothing")) == "404 no-such-path -");
  CHECK(TestCentre::told(centre.call(net::Method::delete_, "/api/v1/jobs")) ==
        "405 method-not-allowed -");
  CHECK(TestCentre::told(centre.post("/api/v1/jobs", "")) == "400 malformed-json -");
  CHECK(TestCentre::told(centre.post("/api/v1/jobs", "{}", {{"Content-Type", "text/plain"}})) ==
        "415 unsupported-media-type Content-Type");
  CHECK(TestCentre::told(centre.call(net::Method::get, "/api/v1/jobs", "{}")) ==
        "422 invalid-value -");
}

TEST_CASE("a job is held, released, changed, requeued, cancelled") {
  TestCentre centre;
  int64_t id = centre.submit(R"({"argv":["true"],"hold":true,"resources":{"cores":2}})");
  std::string at = fmt::format("/api/v1/jobs/{}", id);
  auto changed =
      centre.call(net::Method::patch, at,
                  R"({"name":"new","limit_s":7,"resources":{"memory_bytes":5},"priority":-1})");
  auto summary = centre.as<JobSummary>(changed);
  CHECK(summary.name == "new");
  CHECK(summary.limit_s == 7);
  CHECK(summary.cores == 2);  // left out, so it stays
  CHECK(summary.memory_bytes == 5);
  CHECK(TestCentre::told(centre.call(net::Method::patch, at, R"({"name":"a/b"})")) ==
        "422 invalid-value /name");
  CHECK(TestCentre::told(centre.call(net::Method::patch, at, R"({"resources":{"cores":9}})")) ==
        "422 impossible-resources /resources/cores");
  CHECK(TestCentre::told(
            centre.call(net::Method::patch, at, R"({"dependency":{"kind":"ok","job":1}})")) ==
        "422 cyclic-dependency /dependency");

  CHECK(centre.as<JobSummary>(centre.post(at + "/release", "")).state == JobState::starting);
  REQUIRE(centre.engine.wait_for_start(first_attempt(id)));
  centre.started(first_attempt(id));
  CHECK(TestCentre::told(centre.call(net::Method::patch, at, R"({"limit_s":9})")) ==
        "409 too-late -");
  CHECK(centre.as<JobSummary>(centre.post(at + "/requeue", R"({"hold":true})")).state ==
        JobState::ending);
  REQUIRE(centre.engine.wait_for_stop(first_attempt(id)));
  AttemptEnd stopped;
  stopped.kind = EndKind::stopped;
  centre.ended(first_attempt(id), stopped);
  CHECK(centre.job(id).job.state == JobState::held);
  CHECK(centre.as<JobSummary>(centre.post(at + "/cancel", "{}")).state == JobState::cancelled);
  for (const char* action : {"/cancel", "/hold", "/release", "/requeue"}) {
    CHECK(TestCentre::told(centre.post(at + action, "")) == "409 wrong-state -");
  }
  CHECK(TestCentre::told(centre.post("/api/v1/jobs/99/cancel", "")) == "404 not-found -");
  CHECK(TestCentre::told(centre.post(at + "/hold", R"({"why":1})")) == "422 invalid-value /why");
}

TEST_CASE("elements of an array are cancelled alone") {
  TestCentre centre;
  int64_t id = centre.submit(R"({"argv":["true"],"array":{"indices":"0-9"},"hold":true})");
  std::string at = fmt::format("/api/v1/jobs/{}", id);
  CHECK(centre.as<JobSummary>(centre.post(at + "/cancel", R"({"elements":"2-5,9"})")).pending == 5);
  CHECK(TestCentre::told(centre.post(at + "/cancel", R"({"elements":"2-5"})")) ==
        "409 wrong-state /elements");
  CHECK(TestCentre::told(centre.post(at + "/cancel", R"({"elements":"x"})")) ==
        "422 invalid-value /elements");
  CHECK(centre.job(id).job.array == "0-9");
}

TEST_CASE("many jobs at once, by id and by filter") {
  TestCentre centre;
  for (int i = 0; i < 6; ++i) {
    centre.submit(
        fmt::format(R"({{"argv":["true"],"hold":true,"user":"{}"}})", i < 3 ? "ada" : "bob"));
  }
  auto done = centre.as<ManyDone>(centre.post("/api/v1/jobs/cancel", R"({"jobs":[1,2,77]})"));
  CHECK(done.done == std::vector<int64_t>{1, 2});
  REQUIRE(done.refused.size() == 1);
  CHECK(done.refused[0].code == RefusalCode::not_found);
  done = centre.as<ManyDone>(centre.post("/api/v1/jobs/cancel", R"({"filter":{"user":"bob"}})"));
  CHECK(done.done.size() == 3);
  done = centre.as<ManyDone>(centre.post("/api/v1/jobs/release", R"({"filter":{}})"));
  CHECK(done.done == std::vector<int64_t>{3});
  CHECK(TestCentre::told(centre.post("/api/v1/jobs/hold", "{}")) == "422 invalid-value /jobs");
  CHECK(TestCentre::told(centre.post("/api/v1/jobs/hold", R"({"jobs":[-1]})")) ==
        "422 invalid-value /jobs/0");
  CHECK(TestCentre::told(centre.post("/api/v1/jobs/hold", R"({"jobs":[1],"filter":{}})")) ==
        "422 invalid-value /jobs");
}

TEST_CASE("output: ranges, streams, waiting for the first attempt") {
  TestCentre centre;
  int64_t id = centre.submit(R"({"argv":["true"],"hold":true,"stderr_path":"err-%j"})");
  auto followed = centre.stream("/api/v1/jobs/1/logs?follow=true");
  CHECK(TestCentre::told(centre.get("/api/v1/jobs/1/logs")) == "404 not-found -");
  centre.post("/api/v1/jobs/1/release", "");
  REQUIRE(centre.engine.wait_for_start(first_attempt(id)));
  std::string folder = centre.home() + "/jobs/1";
  std::filesystem::create_directories(folder);
  std::ofstream out(folder + "/0.1.out");
  out << "hello\n" << std::flush;
  std::ofstream(folder + "/err-1") << "oops";
  centre.started(first_attempt(id));
  CHECK(followed->wait_for("hello\n"));
  out << "world\n" << std::flush;
  CHECK(followed->wait_for("world\n"));
  out << "last" << std::flush;
  centre.ended(first_attempt(id));
  CHECK(followed->wait_for_end());
  CHECK(followed->text() == "hello\nworld\nlast");

  auto log = [&](const char* query) {
    return centre.get(std::string("/api/v1/jobs/1/logs?") + query).body;
  };
  CHECK(log("") == "hello\nworld\nlast");
  CHECK(log("tail=4") == "last");
  CHECK(log("tail=0") == "");
  CHECK(log("offset=6&attempt=1") == "world\nlast");
  CHECK(log("offset=600") == "");
  CHECK(log("stream=stderr") == "oops");
  CHECK(log("follow=true") == "hello\nworld\nlast");  // has ended: all there is
  CHECK(TestCentre::told(centre.get("/api/v1/jobs/1/logs?attempt=2")) == "404 not-found -");
  CHECK(TestCentre::told(centre.get("/api/v1/jobs/1/logs?element=3")) ==
        "400 invalid-parameter element");
}

TEST_CASE("large outputs are streamed whole") {
  TestCentre centre;
  centre.submit(R"({"argv":["true"]})");
  REQUIRE(centre.engine.wait_for_start(first_attempt(1)));
  std::filesystem::create_directories(centre.home() + "/jobs/1");
  std::string text;
  for (int i = 0; text.size() < 1'500'000; ++i) text += fmt::format("line {}\n", i);
  std::ofstream(centre.home() + "/jobs/1/0.1.out") << text;
  centre.ended(first_attempt(1));
  auto streamed = centre.stream("/api/v1/jobs/1/logs");
  CHECK(streamed->wait_for_end());
  CHECK(streamed->text() == text);
}

TEST_CASE("a job cancelled before it starts ends who follows it") {
  TestCentre centre;
  centre.submit(R"({"argv":["true"],"hold":true})");
  auto followed = centre.stream("/api/v1/jobs/1/logs?follow=true");
  centre.post("/api/v1/jobs/1/cancel", "");
  CHECK(followed->wait_for_end());
}
