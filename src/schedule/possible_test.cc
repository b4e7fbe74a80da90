// What is refused at submission because the centre could never run it.
#include <doctest/doctest.h>

#include "schedule/scheduler.h"

namespace pentad {
namespace {

Scheduler small_centre() {
  Scheduler scheduler;
  Policy policy;
  policy.licences = {{"solver", 4}};
  scheduler.set_policy(policy);
  DeviceModel gpu;
  gpu.name = "a100";
  scheduler.upsert_device_model(gpu);
  for (const char* name : {"c1", "c2", "c3"}) {
    scheduler.upsert_node({name, "cpu", 64, gibibytes(256), "xeon", {}, {"ib"}}, NodeState::up);
  }
  scheduler.upsert_node({"g1", "gpu", 32, gibibytes(512), "xeon", {{"a100", 8}}, {}},
                        NodeState::down);
  AdvanceReservation reservation;
  reservation.id = ReservationId{7};
  reservation.name = "course";
  reservation.nodes = {"c1"};
  reservation.begin = Time{0};
  reservation.end = Time{0} + hours(2);
  scheduler.add_reservation(reservation);
  return scheduler;
}

struct Case {
  const char* what;
  void (*change)(Demand&);
  RefusalCode code;
  const char* field;
  const char* words;
};

const Case kCases[] = {
    {"fits", [](Demand&) {}, RefusalCode::none, "", ""},
    {"fits a node that is down",
     [](Demand& d) {
       d.resources.devices = {8, {}, {"a100"}, 1000};
     },
     RefusalCode::none, "", ""},
    {"no node", [](Demand& d) { d.resources.nodes = 0; }, RefusalCode::invalid_value, "/nodes", ""},
    {"no core", [](Demand& d) { d.resources.cores = -1; }, RefusalCode::invalid_value, "/cores",
     ""},
    {"negative memory", [](Demand& d) { d.resources.memory = Bytes{-1}; },
     RefusalCode::invalid_value, "/memory", ""},
    {"negative devices", [](Demand& d) { d.resources.devices.count = -1; },
     RefusalCode::invalid_value, "/devices/count", ""},
    {"no share",
     [](Demand& d) {
       d.resources.devices = {1, {}, {"a100"}, 0};
     },
     RefusalCode::invalid_value, "/devices/share_milli", ""},
    {"no licence of a kind",
     [](Demand& d) {
       d.resources.licences = {{"solver", 0}};
     },
     RefusalCode::invalid_value, "/licences/0/count", ""},
    {"unknown licence",
     [](Demand& d) {
       d.resources.licences = {{"solver", 1}, {"other", 1}};
     },
     RefusalCode::unknown_licence, "/licences/1/name", "'other'"},
    {"unknown pool",
     [](Demand& d) {
       d.resources.pools = {"cpu", "tpu"};
     },
     RefusalCode::unknown_pool, "/pools/1", "'tpu'"},
    {"unknown device",
     [](Demand& d) {
       d.resources.devices = {1, {}, {"h100"}, 1000};
     },
     RefusalCode::unknown_device, "/devices/models/0", "'h100'"},
    {"unknown kind",
     [](Demand& d) {
       d.resources.devices = {1, DeviceKind::npu, {}, 1000};
     },
     RefusalCode::unknown_device, "/devices/kind", ""},
    {"unknown reservation", [](Demand& d) { d.resources.reservation = ReservationId{8}; },
     RefusalCode::unknown_reservation, "/reservation", "8"},
    {"longer than the reservation",
     [](Demand& d) {
       d.resources.reservation = ReservationId{7};
       d.limit = hours(3);
     },
     RefusalCode::impossible_resources, "/reservation", "3 h is longer than its 2 h"},
    {"more licences than there are",
     [](Demand& d) {
       d.resources.licences = {{"solver", 5}};
     },
     RefusalCode::impossible_resources, "/licences", "there are 4"},
    {"cores", [](Demand& d) { d.resources.cores = 65; }, RefusalCode::impossible_resources,
     "/cores", "the largest has 64 (pool cpu)"},
    {"memory", [](Demand& d) { d.resources.memory = gibibytes(513); },
     RefusalCode::impossible_resources, "/memory", "the largest has 512 GiB (pool gpu)"},
    {"devices",
     [](Demand& d) {
       d.resources.devices = {9, DeviceKind::gpu, {}, 1000};
     },
     RefusalCode::impossible_resources, "/devices/count", "the most are 8 a100 (pool gpu)"},
    {"cores on a node with devices",
     [](Demand& d) {
       d.resources.devices = {1, DeviceKind::gpu, {}, 1000};
       d.resources.cores = 33;
     },
     RefusalCode::impossible_resources, "/cores", "the largest has 32 (pool gpu)"},
    {"each alone but not together",
     [](Demand& d) {
       d.resources.cores = 64;
       d.resources.memory = gibibytes(512);
     },
     RefusalCode::impossible_resources, "/cores", "at once"},
    {"nodes", [](Demand& d) { d.resources.nodes = 4; }, RefusalCode::impossible_resources, "/nodes",
     "the most that would fit are 3 (pool cpu)"},
    {"features",
     [](Demand& d) {
       d.resources.features = {"ib", "tape"};
     },
     RefusalCode::impossible_resources, "/features", "ib, tape"},
};

}  // namespace

TEST_CASE("a demand is refused when no state of the centre could run it") {
  const Scheduler scheduler = small_centre();
  for (const Case& entry : kCases) {
    CAPTURE(entry.what);
    Demand demand;
    demand.limit = hours(1);
    entry.change(demand);
    const Refusal got = scheduler.check_possible(demand).value_or(Refusal{});
    CAPTURE(got.detail);
    CHECK(got.code == entry.code);
    CHECK(got.field == entry.field);
    CHECK(got.detail.find(entry.words) != std::string::npos);
  }
}

TEST_CASE("an empty centre refuses everything") {
  Demand demand;
  demand.limit = hours(1);
  CHECK(Scheduler().check_possible(demand)->code == RefusalCode::impossible_resources);
}

}  // namespace pentad
