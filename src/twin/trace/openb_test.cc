#include <doctest/doctest.h>

#include "twin/trace/csv.h"
#include "twin/trace/test_data.h"

namespace pentad::trace {
namespace {

const std::string kColumns =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
    "deletion_time,scheduled_time\n";

Reading read_pods(const std::string& rows) { return read_text(kColumns + rows, "pods.csv"); }

TEST_CASE("a pod becomes a job on one node") {
  Reading r = read_pods("p-1,11908,47104,1,460,T4|V100M32|V100M32,LS,Succeeded,100,250,130\r\n");
  REQUIRE(!r.error);
  CHECK(r.header.format == TraceFormat::openb);
  CHECK(!r.header.start);
  REQUIRE(r.jobs.size() == 1);
  TraceJob expected;
  expected.id = 1;
  expected.name = "p-1";
  expected.submit = seconds(100);
  expected.wait = seconds(30);
  expected.run_time = expected.limit = seconds(120);
  expected.limit_assumed = true;
  expected.cores = expected.cores_per_node = 12;
  expected.nodes = 1;
  expected.memory = mebibytes(47104);
  expected.devices_per_node = 1;
  expected.device_share_milli = 460;
  expected.device_kind = DeviceKind::gpu;
  expected.device_models = {"T4", "V100M32"};
  expected.qos = "LS";
  expected.workload_class = WorkloadClass::inference;
  expected.status = TraceStatus::completed;
  CHECK(r.jobs[0] == expected);
  CHECK(r.counts.rounded_up == 1);
}

TEST_CASE("pods without GPU, pods that never ran, several GPUs") {
  Reading r = read_pods(
      "a,4000,100,0,0,,BE,Running,5,900,5\n"
      "b,4000,100,8,1000,,BE,Pending,6,66,\n"
      "c,4000,100,2,1000,,Burstable,Failed,7,,8\n");
  REQUIRE(r.jobs.size() == 3);
  CHECK(r.jobs[0].devices_per_node == 0);
  CHECK(!r.jobs[0].workload_class);
  CHECK(r.jobs[0].status == TraceStatus::unknown);
  CHECK(!r.jobs[1].run_time);
  CHECK(r.jobs[1].limit == Duration{0});
  CHECK(r.jobs[1].wait == seconds(60));
  CHECK(r.jobs[1].status == TraceStatus::cancelled);
  CHECK(r.jobs[1].workload_class == WorkloadClass::training);
  CHECK(!r.jobs[2].run_time);
  CHECK(r.jobs[2].status == TraceStatus::failed);
  CHECK(r.counts.no_run_time == 2);
}

TEST_CASE("bad rows are named by line and column; columns may stand in any order") {
  Reading r = read_pods(
      "a,x,100,0,0,,BE,Running,5,900,5\n"
      "a,1000,100,0,0,,BE,Running,5,900\n"
      "a,1000,100,65,0,,BE,Running,5,900,5\n"
      "a,1000,100,0,0,,BE,Running,,900,5\n"
      "a,1000,100,0,0,,BE,Running,9,900,5\n"
      "a,1000,100,0,0,,BE,Running,9,10,12\n"
      "\"a,1000,100,0,0,,BE,Running,5,900,5\n"
      ",1000,100,0,0,,BE,Running,5,900,5\n");
  CHECK(r.jobs.empty());
  REQUIRE(r.bad_lines.size() == 8);
  CHECK(r.bad_lines[0] == BadLine{2, "cpu_milli", "`x` is not a number from 0 to 100000000"});
  CHECK(r.bad_lines[1].why == "10 values for 11 columns");
  CHECK(r.bad_lines[2].field == "num_gpu");
  CHECK(r.bad_lines[3].field == "creation_time");
  CHECK(r.bad_lines[4].field == "scheduled_time");
  CHECK(r.bad_lines[5].field == "deletion_time");
  CHECK(r.bad_lines[6].why == "a quote is not closed");
  CHECK(r.bad_lines[7].field == "name");
  Reading other = read_text(
      "creation_time,name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,"
      "deletion_time,scheduled_time,more\n3,\"a,\"\"b\",1000,5,0,0,,LS,Running,9,4,x\n",
      "x.csv");
  REQUIRE(other.jobs.size() == 1);
  CHECK(other.jobs[0].name == "a,\"b");
  CHECK(other.jobs[0].submit == seconds(3));
  Reading missing = read_text("name,cpu_milli,creation_time\n", "x.csv");
  REQUIRE(missing.error);
  CHECK(missing.error->path == "x.csv:1");
  CHECK(missing.error->message.find("memory_mib") != std::string::npos);
}

TEST_CASE("a node list becomes a machine") {
  auto machine = read_openb_nodes(from_text("sn,cpu_milli,memory_mib,gpu,model\n"
                                            "n2,96000,786432,8,V100M32\n"
                                            "n1,96000,786432,8,V100M32\n"
                                            "n3,32000,131073,0,\n"),
                                  "nodes.csv");
  REQUIRE(machine);
  REQUIRE(machine->nodes.size() == 3);
  CHECK(machine->nodes[0].name == "n1");
  CHECK(machine->nodes[0].pool == "8xV100M32-96c-768g");
  CHECK(machine->nodes[1].name == "n2");
  CHECK(machine->nodes[0].devices == std::vector<DeviceGroup>{{"V100M32", 8}});
  CHECK(machine->nodes[2].pool == "cpu-32c-131073m");
  CHECK(machine->nodes[2].memory == mebibytes(131073));
  REQUIRE(machine->devices.size() == 2);
  CHECK(machine->devices[0].kind == DeviceKind::cpu);
  CHECK(machine->nodes[0].cpu_model == machine->devices[0].name);
  CHECK(machine->devices[1].name == "V100M32");
  CHECK(machine->devices[1].memory == gibibytes(32));
}

TEST_CASE("a node list with any fault is refused") {
  const std::string head = "sn,cpu_milli,memory_mib,gpu,model\n";
  for (const char* rows : {"", "n1,96000,786432,8\n", "n1,96000,786432,8,\n", "n1,96000,1,0,T4\n",
                           "n1,x,1,0,\n", "n1,999,1,0,\n", ",1000,1,0,\n", "n1,1000,-1,0,\n",
                           "n1,1000,1,65,T4\n", "n1,1000,1,0,\nn1,1000,1,0,\n"}) {
    CAPTURE(rows);
    auto machine = read_openb_nodes(from_text(head + rows), "nodes.csv");
    REQUIRE(!machine);
    CHECK(machine.error().code == ErrorCode::invalid);
    CHECK(machine.error().path.starts_with("nodes.csv:"));
  }
  CHECK(!read_openb_nodes(from_text("a,b\n"), "nodes.csv"));
  CHECK(read_text(head + "n1,1000,1,0,\n", "nodes.csv").error->message.find("node list") !=
        std::string::npos);
}

TEST_CASE("values of a CSV line") {
  CsvLine line;
  CHECK(line.split("a,,\"b,\"\"c\",d"));
  REQUIRE(line.size() == 4);
  CHECK(line.at(1).empty());
  CHECK(line.at(2) == "b,\"c");
  CHECK(line.at(3) == "d");
  CHECK(line.split(""));
  CHECK(line.size() == 1);
  CHECK(line.split("a,"));
  CHECK(line.size() == 2);
  CHECK(!line.split("\"a"));
  CHECK(!line.split("\"a\"b"));
}

}  // namespace
}  // namespace pentad::trace
