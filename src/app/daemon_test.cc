// The whole daemon in this process, over real sockets, with real jobs.
#include "app/daemon.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "api/types.h"
#include "app/test_centre.h"
#include "net/client.h"

using namespace pentad;
using namespace pentad::app;
using namespace pentad::api;

namespace {

DaemonOptions options_for(const std::string& home) {
  DaemonOptions options;
  options.home = home;
  options.listen = "127.0.0.1:0";
  options.supervisor_path = PENTAD_SUPERVISOR;
  options.apps_folder = PENTAD_SOURCE_DIR "/apps";
  options.devices_file = PENTAD_SOURCE_DIR "/catalogue/devices.toml";
  return options;
}

std::unique_ptr<Daemon> start(const std::string& home) {
  auto daemon = Daemon::start(options_for(home));
  REQUIRE_MESSAGE(daemon, (daemon ? "" : daemon.error().message));
  return std::move(*daemon);
}

net::Client local(const Daemon& daemon) {
  return net::Client(*net::Address::parse("unix:" + daemon.home() + "/pentad.sock"));
}

// A session of the first operator: with a password made over the Unix socket, which is good for
// choosing another one.
std::string operator_session(const Daemon& daemon, const net::Address& address) {
  auto body = [](const Result<net::Response>& answer, int status) {
    REQUIRE(answer);
    REQUIRE_MESSAGE(answer->status == status, answer->body);
    return answer->body;
  };
  net::Client unix_client = local(daemon);
  auto made = from_json<api::PasswordMade>(
      body(unix_client.send(net::Method::post, "/api/v1/users/operator/password"), 200));
  net::Client nobody(address);
  CHECK(nobody.get("/api/v1/jobs")->status == 401);
  const api::SignInForm form{"operator", made->password, "", false};
  auto in = from_json<api::SignedIn>(
      body(nobody.send(net::Method::post, "/api/v1/session", to_json(form)), 201));
  CHECK(in->must_change_password);
  net::ClientOptions options;
  options.bearer = *in->secret;
  net::Client client(address, options);
  CHECK(client.get("/api/v1/jobs")->status == 403);
  const api::PasswordForm change{made->password, "correct horse battery"};
  body(client.send(net::Method::put, "/api/v1/password", to_json(change)), 204);
  return *in->secret;
}

// Over TCP, signed in: once for each home.
net::Client tcp(const Daemon& daemon) {
  static std::mutex mutex;
  static std::map<std::string, std::string> sessions;
  const auto address = *net::Address::parse(fmt::format("127.0.0.1:{}", daemon.port()));
  std::lock_guard lock(mutex);
  std::string& session = sessions[daemon.home()];
  if (session.empty()) session = operator_session(daemon, address);
  net::ClientOptions options;
  options.bearer = session;
  return net::Client(address, options);
}

net::Response post(net::Client& client, std::string_view target, std::string_view body) {
  net::Headers headers;
  headers.add("Content-Type", "application/json");
  auto response = client.send(net::Method::post, target, body, headers);
  REQUIRE_MESSAGE(response, (response ? "" : response.error().message));
  return *response;
}

int64_t submit(net::Client& client, std::string_view body) {
  net::Response response = post(client, "/api/v1/jobs", body);
  REQUIRE_MESSAGE(response.status == 201, response.body);
  return from_json<Submitted>(response.body)->jobs.at(0);
}

JobDetail job(net::Client& client, int64_t id) {
  auto response = client.get(fmt::format("/api/v1/jobs/{}", id));
  REQUIRE(response);
  auto detail = from_json<JobDetail>(response->body);
  REQUIRE_MESSAGE(detail, response->body);
  return *detail;
}

// Waits until the job has ended.
JobDetail end_of(net::Client& client, int64_t id) {
  for (int i = 0; i < 1200; ++i) {
    JobDetail detail = job(client, id);
    if (is_final(detail.job.state)) return detail;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  FAIL("the job did not end");
  return {};
}

std::string output(net::Client& client, int64_t id) {
  auto response = client.get(fmt::format("/api/v1/jobs/{}/logs", id));
  REQUIRE(response);
  return response->body;
}

}  // namespace

TEST_CASE("real jobs over both sockets") {
  TempHome home;
  auto daemon = start(home.path());
  net::Client client = tcp(*daemon);
  net::Client unix_client = local(*daemon);
  int64_t hello = submit(client, R"({"script":"#!/bin/sh\necho hello $1 $PENTAD_JOB_ID\nexit 4",
                                     "args":["you"],"name":"hello"})");
  JobDetail detail = end_of(unix_client, hello);
  CHECK(detail.job.state == JobState::failed);
  CHECK(detail.job.exit_code == 4);
  CHECK(output(client, hello) == fmt::format("hello you {}\n", hello));

  int64_t missing = submit(client, R"({"argv":["/no/such/program"]})");
  detail = end_of(client, missing);
  CHECK(detail.job.state == JobState::failed);
  CHECK(detail.attempts.at(0).end == EndKind::not_started);
  CHECK_FALSE(detail.attempts.at(0).message.empty());

  int64_t slow = submit(client, R"({"script":"sleep 1000","limit_s":1})");
  CHECK(end_of(client, slow).job.state == JobState::timeout);

  int64_t array =
      submit(client, R"({"script":"echo $PENTAD_ARRAY_INDEX","array":{"indices":"3-6"}})");
  CHECK(end_of(client, array).job.succeeded == 4);
  auto log = client.get(fmt::format("/api/v1/jobs/{}/logs?element=5", array));
  CHECK(log->body == "5\n");
}

TEST_CASE("following: output as it comes, and events until the job has ended") {
  TempHome home;
  auto daemon = start(home.path());
  net::Client client = local(*daemon);
  int64_t id = submit(client, R"({"script":"echo one; sleep 0.3; echo two","hold":true})");
  std::string text;
  std::thread follower([&] {
    net::Client other = tcp(*daemon);
    auto done = other.stream(fmt::format("/api/v1/jobs/{}/logs?follow=true", id),
                             [&](std::string_view bytes) { return text.append(bytes), true; });
    CHECK(done);
  });
  bool ended = false;
  std::thread watcher([&] {
    net::Client other = tcp(*daemon);
    std::ignore =
        other.events(fmt::format("/api/v1/events?jobs={}", id), [&](const net::ServerEvent& event) {
          ended |= event.data.find("completed") != std::string::npos;
          return !ended;
        });
  });
  post(client, fmt::format("/api/v1/jobs/{}/release", id), "");
  follower.join();
  CHECK(text == "one\ntwo\n");
  // The watcher may have come too late for this job: stopping the daemon ends its stream.
  daemon->stop();
  watcher.join();
}

TEST_CASE("a daemon that is stopped and started again finds its jobs and their results") {
  TempHome home;
  auto daemon = start(home.path());
  int64_t running = 0, waiting = 0;
  {
    net::Client client = local(*daemon);
    running = submit(client, R"({"script":"sleep 1; echo late","resources":{"cores":1}})");
    waiting = submit(client, fmt::format(R"({{"script":"echo after","dependency":
                                             {{"kind":"ok","job":{}}}}})",
                                         running));
    for (int i = 0; i < 200 && job(client, running).job.state != JobState::running; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  daemon.reset();
  daemon = start(home.path());
  net::Client client = local(*daemon);
  CHECK(end_of(client, running).job.state == JobState::completed);
  CHECK(output(client, running) == "late\n");
  CHECK(end_of(client, waiting).job.state == JobState::completed);
  CHECK(job(client, running).job.attempts == 1);
}

TEST_CASE("a second daemon on the same home is refused in words") {
  TempHome home;
  auto daemon = start(home.path());
  auto second = Daemon::start(options_for(home.path()));
  REQUIRE_FALSE(second);
  CHECK(second.error().message.find("another Pentad") != std::string::npos);
}

TEST_CASE("a bad configuration and a bad address are refused in words") {
  TempHome home;
  std::ofstream(home.path() + "/pentad.toml") << "[policy]\nmax_limit = 5\n";
  auto daemon = Daemon::start(options_for(home.path()));
  REQUIRE_FALSE(daemon);
  CHECK(daemon.error().message == "line 2: `policy.max_limit` is unknown");
  CHECK(daemon.error().path == home.path() + "/pentad.toml");
  std::filesystem::remove(home.path() + "/pentad.toml");
  DaemonOptions options = options_for(home.path());
  options.listen = "0.0.0.0:0";
  daemon = Daemon::start(options);
  REQUIRE_FALSE(daemon);
  CHECK(daemon.error().message.find("in clear") != std::string::npos);
}

TEST_CASE("the configuration reaches the core, is read again, and says nothing twice") {
  TempHome home;
  auto write = [&](const std::string& text) {
    std::ofstream(home.path() + "/pentad.toml") << text;
  };
  auto events = [](net::Client& client) {
    return from_json<StatusView>(client.get("/api/v1/status")->body)->events;
  };
  write("[node]\nname = \"one\"\nfeatures = [\"x\"]\n[policy]\nmax_limit_s = 3600\n");
  auto daemon = start(home.path());
  net::Client client = local(*daemon);
  int64_t after_first = events(client);
  CHECK(TestCentre::told(post(client, "/api/v1/jobs", R"({"argv":["true"],"limit_s":3601})")) ==
        "422 limit-too-long /limit_s");
  write("[node]\nname = \"one\"\nfeatures = [\"x\"]\n[policy]\nmax_limit_s = 7200\n");
  REQUIRE(daemon->reload());
  CHECK(events(client) == after_first + 1);
  write("[node]\nname = \"two\"\n");
  CHECK_FALSE(daemon->reload());
  write("nonsense");
  CHECK_FALSE(daemon->reload());
  CHECK(events(client) == after_first + 1);

  write("[node]\nname = \"one\"\nfeatures = [\"x\"]\n[policy]\nmax_limit_s = 7200\n");
  daemon.reset();
  daemon = start(home.path());
  net::Client again = local(*daemon);
  CHECK(events(again) == after_first + 1);
  // Under another name the machine is a new node, and the old one is down.
  write("[node]\nname = \"two\"\n");
  daemon.reset();
  daemon = start(home.path());
  net::Client third = local(*daemon);
  auto nodes = from_json<NodeList>(third.get("/api/v1/nodes")->body)->nodes;
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[0].state == NodeState::down);
  CHECK(nodes[1].state == NodeState::up);
}

TEST_CASE("bodies beyond the limits are refused and nothing is stored") {
  TempHome home;
  auto daemon = start(home.path());
  net::Client client = tcp(*daemon);
  std::string script = R"({"script":")" + std::string(5 << 20, 'x') + "\"}";
  net::Response refused = post(client, "/api/v1/jobs", script);
  CHECK(TestCentre::told(refused) == "413 too-large /script");
  script = R"({"script":")" + std::string(100 << 20, 'x') + "\"}";
  net::Headers headers;
  headers.add("Content-Type", "application/json");
  auto huge = client.send(net::Method::post, "/api/v1/jobs", script, headers);
  // The daemon answers as soon as it knows the length, so the rest may not have been taken.
  if (huge) CHECK(huge->status == 413);
  net::Client fresh = tcp(*daemon);
  CHECK(from_json<JobPage>(fresh.get("/api/v1/jobs")->body)->jobs.empty());
  CHECK(fresh.get("/healthz")->status == 200);
}

TEST_CASE("who asks over the Unix socket is on record") {
  TempHome home;
  auto daemon = start(home.path());
  net::Client client = local(*daemon);
  int64_t id = submit(client, R"({"argv":["true"],"hold":true})");
  post(client, fmt::format("/api/v1/jobs/{}/cancel", id), "");
  CHECK(job(client, id).job.message.find("cancelled by ") != std::string::npos);
}
