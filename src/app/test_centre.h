// A centre for tests: the real core loop, store, handlers and router on a directory of its own,
// with an engine that does what the test says. No sockets, no processes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes.h"
#include "app/core_loop.h"
#include "base/reflect.h"
#include "engine/engine.h"
#include "identity/identity.h"
#include "net/responder.h"

namespace pentad::app {

// A directory that goes with the object.
class TempHome {
 public:
  TempHome();
  ~TempHome();
  TempHome(const TempHome&) = delete;
  TempHome& operator=(const TempHome&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Keeps what it is told; the test says what becomes of attempts.
class FakeEngine final : public engine::Engine {
 public:
  engine::Places places() const override { return engine::Places::core; }
  Result<std::vector<Node>> inventory() override { return std::vector<Node>{}; }
  void start(engine::Order order) override;
  void adopt(const StartAttempt& start) override;
  void stop(const AttemptId& attempt, StopHow how) override;
  void forget(const AttemptId& attempt) override;

  // Wait for it; false after some seconds.
  bool wait_for_start(const AttemptId& attempt);
  bool wait_for_stop(const AttemptId& attempt);
  bool wait_for_forget(const AttemptId& attempt);
  std::optional<engine::Order> order(const AttemptId& attempt);
  std::vector<AttemptId> adopted();
  size_t starts();

 private:
  template <class Found>
  bool wait(Found found);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<AttemptId, engine::Order> orders_;
  std::vector<AttemptId> adopted_;
  std::map<AttemptId, StopHow> stopped_;
  std::vector<AttemptId> forgotten_;
  size_t starts_ = 0;
};

struct TestCentreOptions {
  std::string home;  // empty: one of its own
  int nodes = 2;     // of 4 cores, 8 GiB and 2 GPUs
  const api::Applications* applications = nullptr;
  Policy policy = {};
};

class TestCentre {
 public:
  explicit TestCentre(TestCentreOptions options = {});
  ~TestCentre();

  // Answers of the API. `target` is path and query. Waits until the answer, or the stream's head,
  // is there.
  net::Response call(net::Method method, std::string_view target, std::string body = {},
                     std::vector<std::pair<std::string, std::string>> headers = {});
  // The same as somebody else, over TCP: with these headers alone.
  net::Response call_as(const std::string& token, net::Method method, std::string_view target,
                        std::string body = {},
                        std::vector<std::pair<std::string, std::string>> headers = {});
  // A token of that user, who is made when there is none of that name.
  std::string token_of(const std::string& user, std::vector<std::string> scopes = {"all"});
  // Carries out events about people; the test fails when one is refused.
  void tell(std::vector<event::What> events);
  identity::Identity& identity() { return *identity_; }
  net::Response get(std::string_view target) { return call(net::Method::get, target); }
  net::Response post(std::string_view target, std::string body,
                     std::vector<std::pair<std::string, std::string>> headers = {}) {
    return call(net::Method::post, target, std::move(body), std::move(headers));
  }

  // Reads an answer as T; the test fails when it is none of status `status`.
  template <class T>
  T as(const net::Response& response, int status = 200);
  // Status, type and field of a problem: "422 invalid-value /limit_s".
  static std::string told(const net::Response& response);

  // Submits and returns the first id.
  int64_t submit(const std::string& body);
  api::JobDetail job(int64_t id);

  void started(const AttemptId& attempt);
  void ended(const AttemptId& attempt, AttemptEnd end = {});

  // A stream that is open: what came so far, waiting until `text` stands in it.
  struct Streamed;
  std::shared_ptr<Streamed> stream(std::string_view target,
                                   std::vector<std::pair<std::string, std::string>> headers = {});

  FakeEngine engine;
  const std::string& home() const { return home_; }
  CoreLoop& core() { return *core_; }
  api::EventHub& events() { return *events_; }
  // Stops, as a daemon would.
  void stop();

 private:
  std::unique_ptr<TempHome> own_home_;
  std::string home_;
  std::unique_ptr<api::EventHub> events_;
  std::unique_ptr<api::Metrics> metrics_;
  std::unique_ptr<CoreLoop> core_;
  std::unique_ptr<identity::Identity> identity_;
  std::unique_ptr<api::Workers> workers_;
  std::unique_ptr<api::LogFollower> logs_;
  api::StormGuard storms_{5, 1};
  std::unique_ptr<api::Services> services_;
  std::unique_ptr<net::Router> router_;
};

struct TestCentre::Streamed {
  bool wait_for(std::string_view text);
  bool wait_for_end();
  void hang_up();
  std::string text();

  struct State;
  std::shared_ptr<State> state;
};

[[noreturn]] void fail_test(const net::Response& response, const std::string& why);

template <class T>
T TestCentre::as(const net::Response& response, int status) {
  if (response.status != status) fail_test(response, "another status");
  auto value = from_json<T>(response.body);
  if (!value) fail_test(response, value.error().path + " " + value.error().message);
  return std::move(*value);
}

}  // namespace pentad::app
