// Nodes, reservations, events and the service's own addresses.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "api/endpoints.h"
#include "app/test_centre.h"
#include "net/events.h"

using namespace pentad;
using namespace pentad::app;
using namespace pentad::api;

namespace {

std::vector<net::ServerEvent> events_in(const std::string& text) {
  net::EventParser parser;
  parser.feed(text);
  std::vector<net::ServerEvent> out;
  while (auto event = parser.next()) out.push_back(*event);
  return out;
}

}  // namespace

TEST_CASE("nodes are shown, drained, taken down and resumed") {
  TestCentre centre;
  auto nodes = centre.as<NodeList>(centre.get("/api/v1/nodes")).nodes;
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[0].devices.size() == 2);
  auto change = [&](const char* node, const char* body) {
    return centre.call(net::Method::patch, std::string("/api/v1/nodes/") + node, body);
  };
  auto drained = centre.as<NodeInfo>(change("n1", R"({"state":"draining","reason":"fan"})"));
  CHECK(drained.state == NodeState::drained);
  CHECK(drained.reason == "fan");
  CHECK(centre.as<NodeInfo>(centre.get("/api/v1/nodes/n1")).state == NodeState::drained);
  CHECK(centre.as<NodeInfo>(change("n1", R"({"state":"up"})")).state == NodeState::up);
  CHECK(TestCentre::told(change("n9", R"({"state":"up"})")) == "404 not-found -");
  CHECK(TestCentre::told(change("n1", R"({"state":"drained"})")) == "422 invalid-value /state");
  CHECK(TestCentre::told(change("n1", R"({"reason":"x"})")) == "422 invalid-value /state");
  CHECK(TestCentre::told(change("n1", R"({"state":"up","reason":"a\u202eb"})")) ==
        "422 invalid-value /reason");
  CHECK(TestCentre::told(centre.get("/api/v1/nodes/n9")) == "404 not-found -");

  centre.submit(R"({"argv":["true"],"resources":{"devices":{"count":1,"kind":"gpu"}}})");
  REQUIRE(centre.engine.wait_for_start({JobId{1}, 0, 1}));
  auto pools = centre.as<PoolList>(centre.get("/api/v1/pools")).pools;
  REQUIRE(pools.size() == 1);
  CHECK(pools[0].cores == 8);
  CHECK(pools[0].devices.at("test-gpu") == 4);
  CHECK(pools[0].devices_used_milli.at("test-gpu") == 1000);
  auto down = centre.as<NodeInfo>(change("n1", R"({"state":"down"})"));
  CHECK(down.state == NodeState::down);
  CHECK(centre.engine.wait_for_stop({JobId{1}, 0, 1}));
}

TEST_CASE("what was measured is stored with the device models") {
  TestCentre centre;
  auto put = [&](const char* body) {
    return centre.call(net::Method::put, "/api/v1/nodes/n1/calibration", body);
  };
  auto models = centre.as<DeviceModelList>(
      put(R"({"models":[{"model":"test-cpu","measured_mops":{"fp64":5,"bf16":7}}]})"));
  CHECK(models.models[0].measured_mops.fp64 == 5);
  models = centre.as<DeviceModelList>(
      put(R"({"models":[{"model":"test-cpu","measured_mops":{"fp64":6}}]})"));
  CHECK(models.models[0].measured_mops.fp64 == 6);
  CHECK(models.models[0].measured_mops.bf16 == 7);
  CHECK(centre.as<DeviceModelList>(centre.get("/api/v1/devices")).models.size() == 2);
  CHECK(TestCentre::told(put(R"({"models":[{"model":"x","measured_mops":{}}]})")) ==
        "422 unknown-device /models/0/model");
  CHECK(TestCentre::told(put(R"({"models":[{"model":"test-cpu","measured_mops":{"fp64":-1}}]})")) ==
        "422 invalid-value /models/0/measured_mops/fp64");
}

TEST_CASE("reservations are made, shown, used and deleted") {
  TestCentre centre;
  auto post = [&](const char* body) { return centre.post("/api/v1/reservations", body); };
  std::string body = R"({"name":"course","nodes":["n1"],"begin_at_ms":99999999990000,
                         "end_at_ms":99999999999000,"users":["ada"]})";
  auto made = centre.as<ReservationView>(post(body.c_str()), 201);
  CHECK(made.id == 1);
  CHECK(TestCentre::told(post(body.c_str())) == "409 overlapping-reservation /nodes");
  CHECK(TestCentre::told(post(R"({"name":"x","nodes":["n2"],"begin_at_ms":5,"end_at_ms":4,
                                  "users":["a"]})")) == "422 invalid-value /end_at_ms");
  CHECK(TestCentre::told(post(R"({"name":"x","nodes":["n2"],"begin_at_ms":1,
      "end_at_ms":99999999999000})")) == "422 invalid-value /users");
  CHECK(TestCentre::told(post(R"({"name":"","nodes":["n2"],"begin_at_ms":1,"end_at_ms":2})")) ==
        "422 invalid-value /name");
  CHECK(centre.as<ReservationList>(centre.get("/api/v1/reservations")).reservations.size() == 1);
  CHECK(TestCentre::told(centre.post("/api/v1/jobs", R"({"argv":["true"],"user":"bob",
      "resources":{"reservation":1}})")) == "403 reservation-not-yours /resources/reservation");
  CHECK(centre.call(net::Method::delete_, "/api/v1/reservations/1").status == 204);
  CHECK(TestCentre::told(centre.call(net::Method::delete_, "/api/v1/reservations/1")) ==
        "404 not-found -");
}

TEST_CASE("events: everything, or about some jobs, and again after a break") {
  TestCentre centre;
  auto all = centre.stream("/api/v1/events");
  auto second = centre.stream("/api/v1/events?jobs=2");
  for (int i = 0; i < 2; ++i) centre.submit(R"({"argv":["true"]})");
  centre.ended({JobId{1}, 0, 1});
  centre.ended({JobId{2}, 0, 1});
  centre.call(net::Method::patch, "/api/v1/nodes/n2", R"({"state":"down","reason":"r"})");
  REQUIRE(all->wait_for(R"("state":"down","reason":"r")"));
  auto seen = events_in(all->text());
  REQUIRE(seen.size() >= 5);
  for (size_t i = 1; i < seen.size(); ++i) {
    CHECK(std::stoll(seen[i].id) == std::stoll(seen[i - 1].id) + 1);
  }
  CHECK(seen.back().data.find(R"("state":"down","reason":"r")") != std::string::npos);
  REQUIRE(second->wait_for(R"("state":"completed")"));
  for (const auto& event : events_in(second->text())) {
    CHECK(event.data.find(R"("job":2)") != std::string::npos);
  }
  // A client that was away is told what it missed.
  auto again = centre.stream("/api/v1/events", {{"Last-Event-ID", seen[1].id}});
  REQUIRE(again->wait_for("event: node"));
  CHECK(events_in(again->text()).front() == seen[2]);
  // One from an earlier life is told that there is a gap.
  auto old = centre.stream("/api/v1/events", {{"Last-Event-ID", "5"}});
  // Not the first node event: that is of the start, before anything seen above.
  REQUIRE(old->wait_for(R"("state":"down","reason":"r")"));
  auto from_gap = events_in(old->text());
  CHECK(from_gap.at(0).name == "gap");
  CHECK(std::find(from_gap.begin(), from_gap.end(), seen[0]) != from_gap.end());
  CHECK(TestCentre::told(
            centre.call(net::Method::get, "/api/v1/events", {}, {{"Last-Event-ID", "x"}})) ==
        "400 invalid-parameter Last-Event-ID");
  CHECK(centre.events().subscriber_count() == 4);
  all->hang_up();
  second->hang_up();
  old->hang_up();
  centre.submit(R"({"argv":["true"]})");
  REQUIRE(again->wait_for(R"("job":3)"));
  centre.submit(R"({"argv":["true"]})");
  REQUIRE(again->wait_for(R"("job":4)"));
  CHECK(centre.events().subscriber_count() == 1);
}

TEST_CASE("a client that is too far behind is told so") {
  EventHub hub(1000, 4);
  auto job = [](int64_t id) {
    JobStatus status;
    status.job = JobId{id};
    return std::vector<JobStatus>{status};
  };
  int64_t heard = 0;
  int64_t handle = hub.add_listener([&](const Change&) { ++heard; });
  for (int i = 1; i <= 10; ++i) hub.publish(Time{1}, job(i), {}, {});
  hub.remove_listener(handle);
  hub.publish(Time{1}, job(11), {}, {});
  hub.stop();
  CHECK(heard <= 10);
}

TEST_CASE("the service about itself") {
  TestCentre centre;
  auto status = centre.as<StatusView>(centre.get("/api/v1/status"));
  CHECK(status.health == Health::ok);
  CHECK(status.nodes.up == 2);
  CHECK(status.nodes.cores == 8);
  CHECK(centre.get("/healthz").body == "ok\n");
  auto openapi = centre.get("/api/v1/openapi.json");
  CHECK(from_json<JsonText>(openapi.body).has_value());
  for (const Endpoint& endpoint : endpoints()) {
    CAPTURE(endpoint.path);
    CHECK(openapi.body.find(fmt::format("\"{}\"", endpoint.path)) != std::string::npos);
    CHECK(openapi.body.find(fmt::format("\"operationId\":\"{}\"", endpoint.id)) !=
          std::string::npos);
  }
  centre.submit(R"({"argv":["true"]})");
  centre.ended({JobId{1}, 0, 1});
  std::string metrics = centre.get("/metrics").body;
  for (const char* line :
       {"pentad_jobs_submitted_total 1", "pentad_attempts_started_total 1",
        "pentad_attempts_ended_total{end=\"exited\"} 1",
        "pentad_jobs_ended_total{state=\"completed\"} 1", "pentad_cores 8", "pentad_degraded 0",
        "pentad_http_requests_total{endpoint=\"submitJobs\",status=\"201\"} 1"}) {
    CAPTURE(line);
    CHECK(metrics.find(line) != std::string::npos);
  }
}
