#include "engine/control_file.h"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "engine/protocol.h"
#include "engine/record.h"
#include "engine/supervisor/job.h"

namespace pentad::engine {

namespace {

std::string record(std::string_view type, const std::string& body) {
  char head[kMaxHead];
  return std::string(head, write_head(type, body, head)) + body;
}

OrderText small_order() {
  OrderText order;
  order.attempt = "1_0.1";
  order.argv = {"/bin/true"};
  return order;
}

// Text without zero byte, with what has to be escaped more often than chance would have it.
rc::Gen<std::string> gen_text() {
  return rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::element('\n', '\\', ' ', 'n', '='), rc::gen::nonZero<char>()));
}

}  // namespace

TEST_CASE("names of control files and attempts belong together one to one") {
  const AttemptId id{JobId{12}, 3, 4};
  CHECK(control_name(id) == "12_3.4");
  CHECK(parse_control_name("12_3.4") == id);
  for (const char* bad : {"", "12", "12_3", "12_3.", "12_3.4x", "x12_3.4", "012_3.4", "12_3.04",
                          "+1_0.1", "12_3.4.5", "99999999999999999999_0.1", "1_0.99999999999"}) {
    CHECK_FALSE(parse_control_name(bad).has_value());
  }
}

TEST_CASE("the supervisor reads from an order what the daemon wrote into it") {
  CHECK(rc::check([] {
    OrderText order;
    order.attempt = "12_3.4";
    order.argv = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(gen_text()));
    order.environment = *rc::gen::container<std::vector<std::string>>(gen_text());
    order.workdir = "/" + *gen_text();
    order.stdout_path = "/" + *gen_text();
    order.stderr_path = *rc::gen::element<std::string>("", "/x\ny");
    order.umask = *rc::gen::inRange(0, 0777);
    order.switch_user = *rc::gen::arbitrary<bool>();
    order.uid = *rc::gen::arbitrary<uid_t>();
    order.groups = *rc::gen::arbitrary<std::vector<gid_t>>();
    order.limits = {{7, 1024, -1}, {4, 0, 5}};
    order.cpus = "0-3,8";
    order.program = *rc::gen::element<std::string>("", "/bin/ba sh\n");
    order.tmp = "/tmp/x";
    order.on_limit = {{12, {}}, {2, seconds(10)}, {9, seconds(20)}};
    order.warn_first_only = *rc::gen::arbitrary<bool>();
    order.after = *rc::gen::container<std::vector<std::string>>(gen_text());
    order.memory = Bytes{*rc::gen::arbitrary<int64_t>()};
    order.limit = Duration{*rc::gen::arbitrary<int64_t>()};
    std::string text = order_record(order);
    JobFile file;
    Job job;
    RC_ASSERT(file.parse(text.data(), text.size(), job) == JobFileState::ready);
    for (size_t i = 0; i < order.argv.size(); ++i) RC_ASSERT(order.argv[i] == job.argv[i]);
    RC_ASSERT(job.argv[order.argv.size()] == nullptr);
    for (size_t i = 0; i < order.environment.size(); ++i) {
      RC_ASSERT(order.environment[i] == job.envp[i]);
    }
    RC_ASSERT(job.envp[order.environment.size()] == nullptr);
    RC_ASSERT(order.workdir == job.workdir);
    RC_ASSERT(order.attempt == job.attempt);
    RC_ASSERT(order.stdout_path == job.stdout_path);
    RC_ASSERT((job.stderr_path == nullptr) == order.stderr_path.empty());
    RC_ASSERT(job.stdin_path == nullptr);
    RC_ASSERT(static_cast<mode_t>(order.umask) == job.umask);
    RC_ASSERT(order.switch_user == job.switch_user);
    if (order.switch_user) {
      RC_ASSERT(order.uid == job.uid);
      RC_ASSERT(std::vector<gid_t>(job.groups, job.groups + job.group_count) == order.groups);
    }
    RC_ASSERT((job.program == nullptr) == order.program.empty());
    RC_ASSERT(order.program == (job.program == nullptr ? "" : job.program));
    RC_ASSERT(order.tmp == job.tmp);
    RC_ASSERT(job.at_limit.count == 3);
    RC_ASSERT(job.at_limit.steps[1].signal == 2);
    RC_ASSERT(job.at_limit.steps[2].after_ms == 20'000);
    RC_ASSERT(job.at_stop.count == 0);
    RC_ASSERT(order.warn_first_only == job.warn_first_only);
    RC_ASSERT(job.after_count == order.after.size());
    RC_ASSERT((job.after == nullptr) == order.after.empty());
    for (size_t i = 0; i < order.after.size(); ++i) RC_ASSERT(order.after[i] == job.after[i]);
    RC_ASSERT(job.limit_count == 2);
    RC_ASSERT(job.limits[0].resource == 7);
    RC_ASSERT(job.limits[0].hard == UINT64_MAX);
    RC_ASSERT(job.limits[1].hard == 5);
    RC_ASSERT(order.memory.value == job.memory_bytes);
    RC_ASSERT(order.limit.value == job.limit_ms);
  }));
}

TEST_CASE("an attempt is for the taking only while nothing follows its order") {
  const std::string order = order_record(small_order());
  const auto state = [](std::string text) {
    JobFile file;
    Job job;
    return file.parse(text.data(), text.size(), job);
  };
  CHECK(state(order) == JobFileState::ready);
  CHECK(state(order + record(kStartedRecord, "pid 1\n")) == JobFileState::taken);
  CHECK(state(order + void_record()) == JobFileState::taken);
  CHECK(state(order + "s") == JobFileState::taken);
  CHECK(state("") == JobFileState::unreadable);
  CHECK(state(order.substr(0, order.size() - 1)) == JobFileState::unreadable);
  CHECK(state(record(kOrderRecord, "")) == JobFileState::unreadable);
  CHECK(state(record(kOrderRecord, "arg\n")) == JobFileState::unreadable);
  CHECK(state(record(kOrderRecord, "arg x")) == JobFileState::unreadable);
  CHECK(state(record(kOrderRecord, "arg x\nrlimit 1\n")) == JobFileState::unreadable);
  CHECK(state(record(kOrderRecord, "arg x\non_limit 9 5\non_limit 9 4\n")) ==
        JobFileState::unreadable);
  CHECK(state(record(kOrderRecord, "arg x\non_stop 99 5\n")) == JobFileState::unreadable);
  CHECK(state(record(kOrderRecord, "arg x\nlater_invention 1\n")) == JobFileState::ready);
  std::string newer = order;
  newer[6] = '2';  // the version
  CHECK(state(newer) == JobFileState::unreadable);
}

TEST_CASE("the daemon reads owner and end from a control file") {
  const std::string order = order_record(small_order());
  const std::string started = record(kStartedRecord,
                                     "attempt 1_0.1\npid 77\nstart_ticks 123\ngroup v2=/a b\ngroup "
                                     "memory2\nsequence 5\ncpus 0-1\n");
  const std::string ended =
      record(kEndedRecord,
             "attempt 1_0.1\nkind 4\nexit_code 1\nsignal 9\nstarted_ms 10\nended_ms 30\n"
             "user_us 2500\nsystem_us 1500\npeak_bytes 4096\nread_bytes 7\n"
             "written_bytes 8\nmessage a\\nb\n");
  ControlFile file = parse_control_file(order + started + ended, "1_0.1");
  CHECK(file.ordered);
  CHECK(file.order_size == order.size());
  REQUIRE(file.owner.has_value());
  CHECK(file.owner->pid == 77);
  CHECK(file.owner->start_ticks == 123);
  CHECK(file.owner->sequence == 5);
  CHECK(file.owner->cpus == "0-1");
  CHECK(file.owner->groups == std::vector<std::string>{"v2=/a b", "memory2"});
  REQUIRE(file.end.has_value());
  CHECK(file.end->kind == EndKind::out_of_memory);
  CHECK(file.end->signal == 9);
  CHECK(file.end->started_at == Time{10});
  CHECK(file.end->ended_at == Time{30});
  CHECK(file.end->usage == Usage{Duration{2}, Duration{1}, Bytes{4096}, Bytes{7}, Bytes{8}});
  CHECK(file.end->message == "a\nb");
  file = parse_control_file(order + started + ended.substr(0, ended.size() - 1), "1_0.1");
  CHECK(file.owner.has_value());
  CHECK_FALSE(file.end.has_value());
  CHECK(parse_control_file(order + void_record(), "1_0.1").voided);
  CHECK_FALSE(parse_control_file(started, "1_0.1").ordered);
}

TEST_CASE("records of another attempt in the same file do not count") {
  const std::string mine = order_record(small_order());
  const std::string started = record(kStartedRecord, "attempt 7_0.1\npid 77\n");
  const std::string ended = record(kEndedRecord, "attempt 7_0.1\nkind 0\n");
  const ControlFile file = parse_control_file(mine + started + ended, "1_0.1");
  CHECK(file.ordered);
  CHECK(file.touched);
  CHECK_FALSE(file.owner.has_value());
  CHECK_FALSE(file.end.has_value());
  CHECK_FALSE(parse_control_file(mine, "7_0.1").ordered);
}

TEST_CASE("no bytes upset the readers of a control file") {
  CHECK(rc::check([](std::string text) {
    const ControlFile file = parse_control_file(text, "1_0.1");
    RC_ASSERT(!file.owner.has_value());
    JobFile job_file;
    Job job;
    RC_ASSERT(job_file.parse(text.data(), text.size(), job) == JobFileState::unreadable);
  }));
}

}  // namespace pentad::engine
