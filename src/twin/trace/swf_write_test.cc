#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <sstream>

#include "base/reflect.h"
#include "twin/trace/generator.h"
#include "twin/trace/swf_properties.h"
#include "twin/trace/test_data.h"

namespace pentad::trace {
namespace {

// Jobs from memory.
class Given : public TraceReader {
 public:
  explicit Given(std::vector<TraceJob> jobs) : jobs_(std::move(jobs)) {
    header_.start = Time{1'000'000'000'000};
    header_.max_nodes = 12;
    header_.notes = {"made by a test"};
    header_.queue_names[3] = "long";
  }
  Result<bool> read(TraceJob& out) override {
    if (next_ == jobs_.size()) return false;
    out = jobs_[next_++];
    return true;
  }

 private:
  std::vector<TraceJob> jobs_;
  size_t next_ = 0;
};

std::string written(std::vector<TraceJob> jobs, SwfOptions options) {
  Given given(std::move(jobs));
  std::ostringstream out;
  REQUIRE(write_swf(given, out, options));
  return out.str();
}

rc::Gen<Duration> any_time() {
  return rc::gen::map(rc::gen::inRange<int64_t>(0, 10'000'000'000),
                      [](int64_t ms) { return Duration{ms % 3 == 0 ? ms : ms / 1000 * 1000}; });
}

template <class T>
std::optional<T> maybe(const rc::Gen<T>& gen) {
  if (*rc::gen::inRange(0, 3) == 0) return {};
  return *gen;
}

std::string number_or_nothing() {
  int n = *rc::gen::inRange(-1, 500);
  return n < 0 ? "" : std::to_string(n);
}

// A job that the 18 columns can hold.
TraceJob plain_job(Duration& submit) {
  TraceJob job;
  job.id = *rc::gen::inRange<int64_t>(0, 1'000'000);
  submit += *any_time();
  job.submit = submit;
  job.run_time = maybe(any_time());
  job.wait = maybe(any_time());
  bool has_limit = *rc::gen::arbitrary<bool>();
  job.limit_assumed = !has_limit;
  job.limit = has_limit      ? *any_time() + seconds(1)
              : job.run_time ? std::max(*job.run_time, seconds(1))
                             : Duration{0};
  job.cores = *rc::gen::inRange<int64_t>(1, 100'000);
  job.memory = Bytes{*rc::gen::inRange<int64_t>(0, 1'000'000) << 10};
  job.memory_scope = MemoryScope::per_core;
  job.user = number_or_nothing();
  job.project = number_or_nothing();
  job.queue = number_or_nothing();
  job.partition = number_or_nothing();
  job.status = *rc::gen::elementOf(std::vector{TraceStatus::unknown, TraceStatus::completed,
                                               TraceStatus::failed, TraceStatus::cancelled});
  if (*rc::gen::arbitrary<bool>()) {
    job.after = *rc::gen::inRange<int64_t>(1, 1000);
    job.think_time = *any_time();
  }
  return job;
}

std::vector<std::string> any_words() {
  auto word = rc::gen::nonEmpty(rc::gen::string<std::string>());
  return *rc::gen::unique<std::vector<std::string>>(word);
}

void add_extensions(TraceJob& job) {
  job.nodes = *rc::gen::inRange(0, 50);
  if (job.nodes > 0) {
    int64_t least = (job.cores + job.nodes - 1) / job.nodes;
    job.cores_per_node = static_cast<int32_t>(least) + *rc::gen::inRange(0, 5);
  }
  job.memory_scope = *rc::gen::elementOf(
      std::vector{MemoryScope::per_core, MemoryScope::per_node, MemoryScope::per_job});
  job.devices_per_node = *rc::gen::inRange(0, 9);
  job.device_share_milli = *rc::gen::inRange(1, 1001);
  job.device_kind = maybe(rc::gen::elementOf(std::vector{DeviceKind::gpu, DeviceKind::npu}));
  job.device_models = any_words();
  job.pools = any_words();
  job.features = any_words();
  job.not_features = any_words();
  job.exclusive = *rc::gen::arbitrary<bool>();
  job.name = *rc::gen::string<std::string>();
  job.qos = *rc::gen::string<std::string>();
  job.priority = *rc::gen::arbitrary<int32_t>();
  job.workload_class = maybe(rc::gen::just(WorkloadClass::training));
  job.precision = maybe(rc::gen::elementOf(std::vector{Precision::fp64, Precision::int8}));
  job.wish = maybe(rc::gen::just(Wish::greenest));
  for (const std::string& node : any_words()) {
    job.allocation.push_back({node, *rc::gen::inRange(1, 2000)});
  }
}

TEST_CASE("what is written in 18 columns reads back the same") {
  CHECK(rc::check([] {
    std::vector<TraceJob> jobs;
    Duration submit;
    int count = *rc::gen::inRange(1, 10);
    for (int i = 0; i < count; ++i) jobs.push_back(plain_job(submit));
    std::string text = written(jobs, {});
    Reading r = read_text(text);
    RC_ASSERT(!r.error);
    RC_ASSERT(r.counts.bad == 0);
    RC_ASSERT(r.header.start == Time{1'000'000'000'000});
    RC_ASSERT(r.header.max_nodes == 12);
    RC_ASSERT(r.header.queue_names.at(3) == "long");
    RC_ASSERT(r.jobs == jobs);
    Given again(r.jobs);
    std::ostringstream out;
    RC_ASSERT(write_swf(again, out).has_value());
    RC_ASSERT(out.str() == text);
  }));
}

TEST_CASE("what is written in 21 columns reads back the same, whatever the words are") {
  CHECK(rc::check([] {
    Duration submit;
    TraceJob job = plain_job(submit);
    add_extensions(job);
    Reading r = read_text(written({job}, {.extended = true}));
    RC_ASSERT(!r.error);
    RC_ASSERT(r.bad_lines == std::vector<BadLine>{});
    RC_ASSERT(to_json(r.jobs) == to_json(std::vector{job}));
  }));
}

TEST_CASE("names that are no numbers get numbers, listed at the end") {
  TraceJob a, b, c;
  a.user = "ada";
  a.memory = gibibytes(8);
  a.nodes = 2;
  a.cores = a.cores_per_node = 4;
  b.user = "bob\n7 evil";
  b.memory = gibibytes(3);
  b.memory_scope = MemoryScope::per_job;
  b.cores = 2;
  c.user = "ada";
  std::string text = written({a, b, c}, {});
  Reading r = read_text(text);
  REQUIRE(r.jobs.size() == 3);
  CHECK(r.counts.bad == 0);
  CHECK(r.jobs[0].user == "1000000");
  CHECK(r.jobs[1].user == "1000001");
  CHECK(r.jobs[2].user == "1000000");
  CHECK(text.ends_with("; User: 1000000 ada\n; User: 1000001 bob 7 evil\n"));
  CHECK(r.jobs[0].memory == gibibytes(2));  // of each core
  CHECK(r.jobs[1].memory == Bytes{3 << 29});
}

TEST_CASE("an output that fails is an error") {
  Given given({TraceJob{}});
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  CHECK(write_swf(given, out).error().code == ErrorCode::failed);
}

TEST_CASE("words with separators in them") {
  CHECK(encode_word("a:b c%") == "a%3Ab%20c%25");
  CHECK(decode_word("a%3Ab%20c%25") == "a:b c%");
  CHECK(decode_word("50%") == "50%");
  CHECK(decode_word("%zz%4") == "%zz%4");
}

}  // namespace
}  // namespace pentad::trace
