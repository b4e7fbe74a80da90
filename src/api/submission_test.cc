#include "api/submission.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <initializer_list>

#include "api/checks.h"
#include "api/limits.h"

using namespace pentad;
using namespace pentad::api;

namespace {

// A problem as "type field", or "" when the submission was taken.
std::string outcome(const std::string& body) {
  auto told = [](const Problem& p) {
    std::string_view type = p.type;
    type.remove_prefix(net::problem_base.size());
    return fmt::format("{} {} {}", p.status, type, p.field.value_or("-"));
  };
  auto submission = read_submission(body);
  if (!submission) return told(submission.error());
  for (size_t i = 0; i < submission->jobs.size(); ++i) {
    auto prepared = prepare(submission->jobs[i], {"ada", nullptr}, i);
    if (!prepared) return told(prepared.error());
  }
  return "";
}

std::string text(size_t bytes, char c = 'x') { return std::string(bytes, c); }

struct Row {
  std::string body;
  std::string expected;
};

void check(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.body.substr(0, 200));
    CHECK(outcome(row.body) == row.expected);
  }
}

}  // namespace

TEST_CASE("what cannot be taken is refused with its place") {
  check({
      {"", "400 malformed-json -"},
      {"nonsense", "400 malformed-json -"},
      {R"({"argv":["true"])", "400 malformed-json -"},
      {R"({"argv":["true"]} x)", "400 malformed-json -"},
      {R"([])", "422 invalid-value -"},
      {R"({})", "422 invalid-value /script"},
      {R"({"argv":["true"],"colour":"red"})", "422 invalid-value /colour"},
      {R"({"argv":["true"],"argv":["true"]})", "422 invalid-value /argv"},
      {R"({"argv":"true"})", "422 invalid-value /argv"},
      {R"({"argv":[""]})", "422 invalid-value /argv/0"},
      {R"({"argv":["a\u0000b"]})", "422 invalid-value /argv/0"},
      {R"({"argv":["true"],"script":"x"})", "422 invalid-value /argv"},
      {R"({"argv":["true"],"args":["x"]})", "422 invalid-value /args"},
      {R"({"script":""})", "422 invalid-value /script"},
      {R"({"script_base64":"###"})", "422 invalid-value /script_base64"},
      {R"({"argv":["true"],"parameters":{"a":1}})", "422 invalid-value /parameters"},
      {R"({"app":"lammps"})", "422 invalid-value /app"},
      {R"({"argv":["true"],"name":""})", "422 invalid-value /name"},
      {R"({"argv":["true"],"name":"a\nb"})", "422 invalid-value /name"},
      {R"({"argv":["true"],"name":"a\u001bb"})", "422 invalid-value /name"},
      {R"({"argv":["true"],"name":"a\u0085b"})", "422 invalid-value /name"},
      {R"({"argv":["true"],"name":"a\u202eb"})", "422 invalid-value /name"},
      {R"({"argv":["true"],"name":"../../etc/passwd"})", "422 invalid-value /name"},
      {R"({"argv":["true"],"name":".."})", "422 invalid-value /name"},
      {"{\"argv\":[\"true\"],\"name\":\"a\xff\"}", "400 malformed-json /name"},
      {"{\"argv\":[\"true\"],\"name\":\"\xed\xa0\x80\"}", "400 malformed-json /name"},
      {R"({"argv":["true"],"name":"\ud800"})", "400 malformed-json /name"},
      {R"({"argv":["true"],"name":")" + text(256) + "\"}", "422 invalid-value /name"},
      {R"({"argv":["true"],"name":")" + fmt::format("{:力>100}", "") + "\"}",
       "422 invalid-value /name"},
  });
}

TEST_CASE("what cannot be taken: where and with what it runs") {
  check({
      {R"({"argv":["true"],"user":"a/b"})", "422 invalid-value /user"},
      {R"({"argv":["true"],"project":"a\tb"})", "422 invalid-value /project"},
      {R"({"argv":["true"],"workdir":"here"})", "422 invalid-value /workdir"},
      {R"({"argv":["true"],"workdir":"/a\u0000"})", "422 invalid-value /workdir"},
      {R"({"argv":["true"],"stdout_path":")" + text(5000) + "\"}",
       "422 invalid-value /stdout_path"},
      {R"({"argv":["true"],"environment":{"A=B":"1"}})", "422 invalid-value /environment"},
      {R"({"argv":["true"],"environment":{"":"1"}})", "422 invalid-value /environment"},
      {R"({"argv":["true"],"environment":{"A":")" + text(140'000) + "\"}}",
       "422 invalid-value /environment"},
      {R"({"argv":["true"],"resources":{"cores":-1}})", "422 invalid-value /resources/cores"},
      {R"({"argv":["true"],"resources":{"cores":0}})", "422 invalid-value /resources/cores"},
      {R"({"argv":["true"],"resources":{"cores":1.5}})", "422 invalid-value /resources/cores"},
      {R"({"argv":["true"],"resources":{"cores":1e3}})", "422 invalid-value /resources/cores"},
      {R"({"argv":["true"],"resources":{"cores":"2"}})", "422 invalid-value /resources/cores"},
      {R"({"argv":["true"],"resources":{"memory_bytes":99999999999999999999}})",
       "422 invalid-value /resources/memory_bytes"},
      {R"({"argv":["true"],"resources":{"memory_bytes":"4GiB"}})",
       "422 invalid-value /resources/memory_bytes"},
      {R"({"argv":["true"],"resources":{"devices":{"count":1}}})",
       "422 invalid-value /resources/devices/kind"},
      {R"({"argv":["true"],"resources":{"devices":{"count":1,"kind":"tpu"}}})",
       "422 invalid-value /resources/devices/kind"},
      {R"({"argv":["true"],"resources":{"features":["a\nb"]}})",
       "422 invalid-value /resources/features/0"},
      {R"({"argv":["true"],"resources":{"licences":[{"count":1}]}})",
       "422 invalid-value /resources/licences/0/name"},
      {R"({"argv":["true"],"limit_s":0})", "422 invalid-value /limit_s"},
      {R"({"argv":["true"],"limit_s":9223372036854775807})", "422 invalid-value /limit_s"},
      {R"({"argv":["true"],"umask":512})", "422 invalid-value /umask"},
  });
}

TEST_CASE("what cannot be taken: arrays, dependencies, several jobs") {
  check({
      {R"({"argv":["true"],"array":{"indices":"5-1"}})", "422 invalid-value /array/indices"},
      {R"({"argv":["true"],"array":{"indices":"-1"}})", "422 invalid-value /array/indices"},
      {R"({"argv":["true"],"array":{"indices":"0-9999999999"}})",
       "422 invalid-value /array/indices"},
      {R"({"argv":["true"],"array":{"indices":"99999999999999999999"}})",
       "422 invalid-value /array/indices"},
      {R"({"argv":["true"],"array":{}})", "422 invalid-value /array/indices"},
      {R"({"argv":["true"],"dependency":{"kind":"ok"}})", "422 invalid-value /dependency/job"},
      {R"({"argv":["true"],"dependency":{"kind":"ok","job":-3}})",
       "422 invalid-value /dependency/job"},
      {R"({"argv":["true"],"dependency":{"kind":"all"}})", "422 invalid-value /dependency/of"},
      {R"({"argv":["true"],"dependency":{"kind":"ok","in_request":0}})",
       "422 cyclic-dependency /dependency/in_request"},
      {R"({"argv":["true"],"dependency":{"kind":"any","of":[{"kind":"later","job":1}]}})",
       "422 invalid-value /dependency/of/0/kind"},
      {R"({"argv":["true"],"dependency":{"kind":"ok","job":1,"delay_s":4}})",
       "422 invalid-value /dependency/delay_s"},
      {R"({"jobs":[]})", "422 invalid-value /jobs"},
      {R"({"jobs":[{"argv":["true"]}],"more":1})", "422 invalid-value /more"},
      {R"({"jobs":[{"argv":["true"]},{"argv":["true"],"nice":1}]})",
       "422 invalid-value /jobs/1/nice"},
  });
}

TEST_CASE("sizes: at the limit and one above") {
  auto script = [](size_t bytes) { return outcome(R"({"script":")" + text(bytes) + "\"}"); };
  CHECK(script(kMaxScriptBytes) == "");
  CHECK(script(kMaxScriptBytes + 1) == "413 too-large /script");
  std::string nested = R"({"argv":["x"],"parameters":{"a":)" + text(100'000, '[');
  CHECK(outcome(nested).starts_with("400 malformed-json /parameters/a"));
}

TEST_CASE("a job is taken with everything it says") {
  auto submission = read_submission(R"({"script":"#!/bin/sh\necho $1","args":["a b"],
    "environment":{"A":"1\n2"},"workdir":"/tmp","stdout_path":"o-%j",
    "stderr_path":"e","stdin_path":"i",
    "append_output":true,"umask":63,"name":"熔化","project":"p","qos":"q",
    "resources":{"nodes":2,"cores":3,"memory_bytes":4,
      "devices":{"count":1,"models":["m"],"share_milli":500},
      "exclusive":true,"features":["f"],"pools":["x"],"licences":[{"name":"l","count":2}],
      "reservation":7},
    "limit_s":90,"priority":-5,"begin_at_ms":1000,"deadline_at_ms":2000,"hold":true,
    "array":{"indices":"0-8:2,20","max_running":3},
    "dependency":{"kind":"all","of":[{"kind":"started","job":3,"delay_s":4},
      {"kind":"elementwise","job":5}]},
    "impossible_dependency":"keep","requeue":{"on_node_failure":false,"exit_codes":[75],"max":9},
    "warning":{"signal":12,"lead_s":30},"workload_class":"training",
    "precision":"bf16","wish":"greenest"})");
  REQUIRE(submission);
  auto job = prepare(submission->jobs[0], {"ada", nullptr}, 0);
  REQUIRE(job);
  CHECK(job->payload.script == "#!/bin/sh\necho $1");
  CHECK(job->request.user == "ada");
  CHECK(job->request.name == "熔化");
  CHECK(job->request.limit == seconds(90));
  CHECK(job->request.dependency->of[0].delay == seconds(4));
  // Shown and submitted again it is the same job.
  JobSubmission shown = to_api(job->request, job->payload);
  shown.script = job->payload.script;
  auto again = prepare(shown, {"somebody", nullptr}, 0);
  REQUIRE(again);
  CHECK(again->request == job->request);
  CHECK(again->payload == job->payload);
}

TEST_CASE("a job may wait for earlier jobs of its submission") {
  auto submission = read_submission(
      R"({"jobs":[{"argv":["a"]},{"argv":["/bin/b"],"dependency":{"kind":"ok","in_request":0}}]})");
  REQUIRE(submission);
  auto job = prepare(submission->jobs[1], {"ada", nullptr}, 1);
  REQUIRE(job);
  CHECK(job->request.dependency->job == in_request(0));
  CHECK(job->request.name == "b");
}

TEST_CASE("scripts that are not UTF-8 come as base64") {
  auto submission = read_submission(R"({"script_base64":"IyEvYmluL3NoCsTjusM="})");
  REQUIRE(submission);
  auto job = prepare(submission->jobs[0], {"ada", nullptr}, 0);
  REQUIRE(job);
  CHECK(job->payload.script == "#!/bin/sh\n\xc4\xe3\xba\xc3");
}

TEST_CASE("fields of the core in the words of the API") {
  CHECK(api_field("/jobs/0/limit", false) == "/limit_s");
  CHECK(api_field("/jobs/12/resources/memory", true) == "/jobs/12/resources/memory_bytes");
  CHECK(api_field("/jobs/0", false) == "");
  CHECK(api_field("/jobs/0/resources/cores", false) == "/resources/cores");
}

TEST_CASE("names") {
  CHECK(!check_name("a"));
  CHECK(!check_name("作业 1"));
  CHECK(!check_name(text(255)));
  CHECK(check_name(text(256)));
  CHECK(check_name("a\x7f"));
  CHECK(check_name("a\xc2\x80"));
  CHECK(check_name("\xc0\x80"));
}
