// The real traces of PENTAD_DATA, when they are there.
#include <doctest/doctest.h>

#include <set>

#include "twin/trace/test_data.h"

namespace pentad::trace {
namespace {

void expect_jobs(const std::string& file, const TraceCounts& counts, int64_t max_nodes) {
  std::string folder = real_traces();
  if (folder.empty()) return;
  CAPTURE(file);
  Reading r = read_all(open_trace(folder + file));
  REQUIRE(!r.error);
  CHECK(r.counts.lines == counts.lines);
  CHECK(r.counts.jobs == counts.jobs);
  CHECK(r.counts.bad == counts.bad);
  CHECK(r.counts.no_limit == counts.no_limit);
  CHECK(r.counts.no_run_time == counts.no_run_time);
  CHECK(r.counts.over_limit == counts.over_limit);
  CHECK(r.counts.went_back == counts.went_back);
  CHECK(r.header.max_nodes == max_nodes);
}

TEST_CASE("SDSC, LCG, NASA and HPC2N") {
  expect_jobs("SDSC-SP2-1998-4.derived-63328.swf.gz", {.lines = 63'334, .jobs = 63'328}, 128);
  expect_jobs("LCG-2005.swf.gz", {.lines = 188'229, .jobs = 188'041}, 0);
  expect_jobs("NASA-iPSC-1993-3.1-cln.swf.gz",
              {.lines = 18'271, .jobs = 18'239, .no_limit = 18'239}, 128);
  expect_jobs("hpc2n-alea.swf.gz", {.lines = 3194, .jobs = 3170, .over_limit = 320}, 240);
}

TEST_CASE("MetaCentrum: placement constraints; two jobs with impossible run times are named") {
  std::string folder = real_traces();
  if (folder.empty()) return;
  Reading r = read_all(open_trace(folder + "metacentrum-wagap-2013.swf.gz"));
  CHECK(r.counts.lines == 17'900);
  CHECK(r.jobs.size() == 17'898);
  REQUIRE(r.bad_lines.size() == 2);
  CHECK(r.bad_lines[0].line == 4186);
  CHECK(r.bad_lines[0].field == "run time");
  CHECK(r.header.start == Time{1'356'996'147'000});
  int64_t exclusive = 0, on_zewura = 0, forbidden = 0, several = 0;
  for (const TraceJob& job : r.jobs) {
    exclusive += job.exclusive;
    forbidden += !job.not_features.empty();
    several += job.nodes > 1;
    for (const std::string& f : job.features) on_zewura += f == "cl_zewura";
    REQUIRE(!job.allocation.empty());
  }
  CHECK(exclusive == 231);
  CHECK(on_zewura == 575);
  CHECK(forbidden > 80);
  CHECK(several > 200);
}

TEST_CASE("openb: pods with GPU shares and models, nodes with 6,212 GPUs of seven types") {
  std::string folder = real_traces();
  if (folder.empty()) return;
  Reading pods = read_all(open_trace(folder + "openb_pod_list_default.csv"));
  CHECK(pods.jobs.size() == 8152);
  CHECK(pods.counts.bad == 0);
  CHECK(pods.counts.no_run_time == 897);
  Reading chosen = read_all(open_trace(folder + "openb_pod_list_gpuspec33.csv"));
  CHECK(chosen.jobs.size() == 8152);
  int64_t with_models = 0, shared = 0;
  for (const TraceJob& job : chosen.jobs) {
    with_models += !job.device_models.empty();
    shared += job.device_share_milli < 1000;
  }
  CHECK(with_models == 8152 - 5764);
  CHECK(shared == 8152 - 3986 - 1088);
  auto machine = read_openb_nodes(folder + "openb_node_list_all_node.csv");
  REQUIRE(machine);
  CHECK(machine->nodes.size() == 1523);
  int64_t gpus = 0;
  std::set<std::string> pools;
  for (const Node& node : machine->nodes) {
    pools.insert(node.pool);
    for (const DeviceGroup& group : node.devices) gpus += group.count;
  }
  CHECK(gpus == 6212);
  CHECK(machine->devices.size() == 8);  // seven types and the CPU
  CHECK(pools.size() == 27);
}

}  // namespace
}  // namespace pentad::trace
