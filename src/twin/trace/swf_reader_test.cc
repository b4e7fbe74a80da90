#include <doctest/doctest.h>

#include "twin/trace/test_data.h"

namespace pentad::trace {
namespace {

// One job with these fields; the rest is -1.
std::string line(const std::string& job, const std::string& submit, const std::string& run,
                 const std::string& procs, const std::string& limit) {
  return job + " " + submit + " -1 " + run + " " + procs + " -1 -1 -1 " + limit +
         " -1 1 3 4 -1 5 6 -1 -1\n";
}

TEST_CASE("a plain line and the header above it") {
  Reading r = read_text(
      ";  Version: 2.2\r\n"
      "; Computer: Some cluster\r\n; UnixStartTime: 1000000000\r\n; TimeZone: -28800\r\n"
      "; TimeZoneString: US/Pacific\r\n; MaxNodes: 64 (of 70)\r\n; MaxProcs: 128\r\n;\r\n"
      "; Queue:  1  batch jobs \r\n; Partition: 6 big.example.org\r\n; Note: a note\r\n\r\n"
      "   7  60.5 10 3600 8 55.25 100 16 7200 2048 1 3 4 9 1 6 5 30\r\n");
  REQUIRE(!r.error);
  CHECK(r.header.start == Time{1'000'000'000'000});
  CHECK(r.header.utc_offset == seconds(-28800));
  CHECK(r.header.time_zone == "US/Pacific");
  CHECK(r.header.max_nodes == 64);
  CHECK(r.header.max_cores == 128);
  CHECK(r.header.queue_names.at(1) == "batch jobs");
  CHECK(r.header.partition_names.at(6) == "big.example.org");
  CHECK(r.header.notes == std::vector<std::string>{"Version: 2.2", "a note"});
  REQUIRE(r.jobs.size() == 1);
  TraceJob expected;
  expected.id = 7;
  expected.submit = Duration{60'500};
  expected.wait = seconds(10);
  expected.run_time = seconds(3600);
  expected.cores = 16;
  expected.limit = seconds(7200);
  expected.memory = Bytes{2048 << 10};
  expected.memory_scope = MemoryScope::per_core;
  expected.status = TraceStatus::completed;
  expected.user = "3";
  expected.project = "4";
  expected.queue = "1";
  expected.partition = "6";
  expected.after = 5;
  expected.think_time = seconds(30);
  CHECK(r.jobs[0] == expected);
  CHECK(r.counts == TraceCounts{.lines = 13, .jobs = 1});
}

TEST_CASE("what is missing: rules, counted") {
  Reading r = read_text(line("1", "0", "100", "4", "-1") +  // no limit: the run time
                        line("2", "1", "0", "4", "-1") +    // at least a second
                        "3 2 -1 -1 4 500 -1 -1 600 -1 0 -1 -1 -1 -1 -1 -1 -1\n" +  // CPU time
                        "4 3 9 -1 4 -1 -1 -1 600 -1 5 -1 -1 -1 -1 -1 -1 -1\n" +    // never ran
                        line("5", "4", "700", "4", "600"));                        // over its limit
  REQUIRE(r.jobs.size() == 5);
  CHECK(r.jobs[0].limit == seconds(100));
  CHECK(r.jobs[0].limit_assumed);
  CHECK(r.jobs[1].limit == seconds(1));
  CHECK(r.jobs[2].run_time == seconds(500));
  CHECK(!r.jobs[2].limit_assumed);
  CHECK(r.jobs[2].status == TraceStatus::failed);
  CHECK(r.jobs[2].user.empty());
  CHECK(!r.jobs[3].run_time);
  CHECK(r.jobs[3].status == TraceStatus::cancelled);
  CHECK(r.jobs[3].wait == seconds(9));
  CHECK(r.jobs[4].run_time == seconds(700));
  CHECK(r.jobs[4].limit == seconds(600));
  CHECK(r.counts ==
        TraceCounts{.lines = 5, .jobs = 5, .no_limit = 2, .no_run_time = 1, .over_limit = 1});
}

TEST_CASE("partial lines are left out and counted") {
  std::string text = line("1", "0", "100", "4", "200");
  std::string part = text;
  part.replace(part.find(" 1 3 4"), 2, " 3");
  Reading r = read_text(text + part);
  CHECK(r.jobs.size() == 1);
  CHECK(r.counts.partial == 1);
}

TEST_CASE("bad lines are counted and the first ten named") {
  std::string text = line("1", "0", "100", "4", "200");
  text += "1 2 3\n";                                           // 2
  text += line("x", "0", "100", "4", "200");                   // 3
  text += line("2", "0", "-5", "4", "200");                    // 4
  text += line("2", "0", "-0.5", "4", "200");                  // 5
  text += line("2", "-1", "5", "4", "200");                    // 6
  text += line("2", "0", "5", "0", "200");                     // 7: no processors
  text += line("2", "0", "5", "4", "99999999999");             // 8
  text += line("2", "0", "5", "4", "9999999999999999999999");  // 9
  text += line("2", "0", "5", "1e5", "200");                   // 10
  text += std::string("2 \0 3\n", 6);                          // 11
  text += std::string(5 << 20, '1') + "\n";                    // 12: megabytes
  text += line("3", "9", "100", "4", "200");                   // 13
  Reading r = read_text(text);
  REQUIRE(!r.error);
  CHECK(r.jobs.size() == 2);
  CHECK(r.jobs[1].id == 3);
  CHECK(r.counts.bad == 11);
  REQUIRE(r.bad_lines.size() == kNamedBadLines);
  CHECK(r.bad_lines[0].line == 2);
  CHECK(r.bad_lines[0].field.empty());
  CHECK(r.bad_lines[1] == BadLine{3, "job number", "`x` is not a number"});
  CHECK(r.bad_lines[2].field == "run time");
  CHECK(r.bad_lines[3].field == "run time");
  CHECK(r.bad_lines[4].field == "submit time");
  CHECK(r.bad_lines[5].field == "requested processors");
  CHECK(r.bad_lines[6].field == "requested time");
  CHECK(r.bad_lines[7].field == "requested time");
  CHECK(r.bad_lines[8].field == "processors");
  CHECK(r.bad_lines[9].line == 11);
}

TEST_CASE("strict stops at the first bad line, and when submit times go back") {
  std::string good = line("1", "10", "100", "4", "200");
  Reading r = read_text(good + "rubbish\n" + good, "t.swf", {.strict = true});
  CHECK(r.jobs.size() == 1);
  REQUIRE(r.error);
  CHECK(r.error->code == ErrorCode::invalid);
  CHECK(r.error->path == "t.swf:2");
  std::string back = good + line("2", "9", "100", "4", "200");
  CHECK(read_text(back, "t.swf", {.strict = true}).error->path == "t.swf:2");
  Reading lenient = read_text(back);
  REQUIRE(lenient.jobs.size() == 2);
  CHECK(lenient.jobs[1].submit == seconds(10));
  CHECK(lenient.counts.went_back == 1);
}

TEST_CASE("a truncated gzip file gives the jobs before and an error, every time") {
  std::string text;
  for (int i = 1; i < 5000; ++i) {
    text +=
        line(std::to_string(i), std::to_string(i * 7), std::to_string(i * i % 9973), "4", "9999");
  }
  std::string packed = gzip(text);
  auto trace = open_trace(from_text(packed.substr(0, packed.size() - 20)), "t.swf.gz");
  REQUIRE(trace);
  TraceJob job;
  int64_t jobs = 0;
  Result<bool> more = true;
  while ((more = (*trace)->read(job)) && *more) ++jobs;
  CHECK(jobs > 1000);
  REQUIRE(!more);
  CHECK(more.error().code == ErrorCode::corrupt);
  CHECK(more.error().path == "t.swf.gz:" + std::to_string(jobs + 1));
  CHECK(!(*trace)->read(job));
}

TEST_CASE("extended lines: Unix time, allocation, queue, properties") {
  const std::string head = " 1356996147 0 56011 64 1 1024 64 86400 68719476736 1 62 1 1 -1 1 1 1 ";
  const std::string tail = " 1356996150 0 60 64 1 1024 64 86400 68719476736 1 62 1 1 -1 1 1 1 ";
  Reading r = read_text(
      "0" + head + "{12,12,13} q_2w 1:ppn=64:x86_64:cl_zewura:cl_zewura#excl\n" + "1" + tail +
      "{1} q_1d 8:ppn=8:^zewura12.cerit-sc.cz\n" + "2" + tail + "{1} q_1d 1:ppn=20+2:ppn=22.5\n" +
      "3" + tail + "{1} q_1d zewura19:ppn=64\n" + "4" + tail + "{1} q_1d 2:infiniband\n" + "5" +
      tail + "{1} q_1d 1:ppn=64:mem=3gb:host=node7:gpus=2:model=A|B:odd=1\n");
  REQUIRE(!r.error);
  REQUIRE(r.jobs.size() == 6);
  CHECK(r.header.start == Time{1'356'996'147'000});
  CHECK(r.jobs[0].submit == seconds(0));
  CHECK(r.jobs[1].submit == seconds(3));
  CHECK(r.jobs[0].allocation == std::vector<RecordedShare>{{"12", 2}, {"13", 1}});
  CHECK(r.jobs[0].queue == "q_2w");
  CHECK(r.jobs[0].features == std::vector<std::string>{"x86_64", "cl_zewura"});
  CHECK(r.jobs[0].exclusive);
  CHECK(r.jobs[0].memory == gibibytes(64));
  CHECK(r.jobs[0].memory_scope == MemoryScope::per_node);
  CHECK(r.jobs[1].nodes == 8);
  CHECK(r.jobs[1].cores_per_node == 8);
  CHECK(r.jobs[1].not_features == std::vector<std::string>{"zewura12.cerit-sc.cz"});
  CHECK(!r.jobs[1].exclusive);
  CHECK(r.jobs[2].nodes == 3);
  CHECK(r.jobs[2].cores_per_node == 23);
  CHECK(r.jobs[3].features == std::vector<std::string>{"zewura19"});
  CHECK(r.jobs[3].nodes == 1);
  CHECK(r.jobs[4].nodes == 2);
  CHECK(r.jobs[4].cores_per_node == 32);  // processors win over ppn
  CHECK(r.jobs[5].memory == gibibytes(3));
  CHECK(r.jobs[5].features == std::vector<std::string>{"node7", "odd=1"});
  CHECK(r.jobs[5].devices_per_node == 2);
  CHECK(r.jobs[5].device_models == std::vector<std::string>{"A", "B"});
  CHECK(r.counts.uneven == 2);
  CHECK(r.counts.rounded_up == 1);
}

TEST_CASE("extended columns that are not understood make bad lines") {
  const std::string head = "1 0 0 56011 64 1 1024 64 86400 -1 1 62 1 1 -1 1 1 1 ";
  for (const char* rest : {"12 q 1", "{12 q 1", "{a,,b} q 1", "{1} q 1:ppn=x", "{1} q 1#strange",
                           "{1} q 1:gpus=99", "{1} q 1:class=none", "{1} q 1:share=0",
                           "{1} q 99999999999:ppn=1", "{1} q 1000000:ppn=1000000", "{1} q 1 more",
                           "{1} q 1:mem=99999999gb", "{1*0} q 1", "{*3} q 1"}) {
    CAPTURE(rest);
    Reading r = read_text(head + rest + "\n" + line("2", "3", "100", "4", "200"));
    CHECK(r.counts.bad == 1);
    CHECK(r.jobs.size() == 1);
  }
}

TEST_CASE("files that are no trace") {
  CHECK(read_text("", "x.swf").error->message == "the trace is empty");
  CHECK(read_text("hello world\n", "x.txt").error->code == ErrorCode::invalid);
  CHECK(read_text("hello world\n", "x.swf").counts.bad == 1);
  CHECK(read_text("; only a header\n", "x").jobs.empty());
  CHECK(read_text(std::string("\x1f\x8b\x08", 3), "x.swf.gz").error->code == ErrorCode::corrupt);
  CHECK(read_text(line("1", "0", "1", "4", "2"), "no ending").jobs.size() == 1);
}

}  // namespace
}  // namespace pentad::trace
