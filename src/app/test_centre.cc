#include "app/test_centre.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <utility>

#include "api/job_store.h"
#include "app/first_operator.h"
#include "store/test_server.h"
#include "tenancy/names.h"

namespace pentad::app {

namespace {

constexpr auto kPatience = std::chrono::seconds(20);

Time wall_clock() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return Time{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

}  // namespace

TempHome::TempHome() {
  std::string pattern = std::filesystem::temp_directory_path() / "pentad-test-XXXXXX";
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make " + pattern);
  path_ = pattern;
}

TempHome::~TempHome() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  store::testing::drop_databases(path_);
}

// --- FakeEngine ---

void FakeEngine::start(engine::Order order) {
  std::lock_guard lock(mutex_);
  orders_.insert_or_assign(order.start.attempt, std::move(order));
  ++starts_;
  changed_.notify_all();
}

void FakeEngine::adopt(const StartAttempt& start) {
  std::lock_guard lock(mutex_);
  adopted_.push_back(start.attempt);
}

void FakeEngine::stop(const AttemptId& attempt, StopHow how) {
  std::lock_guard lock(mutex_);
  stopped_[attempt] = how;
  changed_.notify_all();
}

void FakeEngine::forget(const AttemptId& attempt) {
  std::lock_guard lock(mutex_);
  forgotten_.push_back(attempt);
  changed_.notify_all();
}

template <class Found>
bool FakeEngine::wait(Found found) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, found);
}

bool FakeEngine::wait_for_start(const AttemptId& attempt) {
  return wait([&] { return orders_.contains(attempt); });
}
bool FakeEngine::wait_for_stop(const AttemptId& attempt) {
  return wait([&] { return stopped_.contains(attempt); });
}
bool FakeEngine::wait_for_forget(const AttemptId& attempt) {
  return wait(
      [&] { return std::find(forgotten_.begin(), forgotten_.end(), attempt) != forgotten_.end(); });
}

std::optional<engine::Order> FakeEngine::order(const AttemptId& attempt) {
  std::lock_guard lock(mutex_);
  auto it = orders_.find(attempt);
  return it == orders_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<AttemptId> FakeEngine::adopted() {
  std::lock_guard lock(mutex_);
  return adopted_;
}

size_t FakeEngine::starts() {
  std::lock_guard lock(mutex_);
  return starts_;
}

// --- answers ---

struct TestCentre::Streamed::State final : net::StreamBackend {
  std::mutex mutex;
  std::condition_variable changed;
  std::string text;
  bool open = true;
  std::vector<std::function<void()>> close_callbacks;

  net::WriteResult write(std::string_view data) override {
    std::lock_guard lock(mutex);
    if (!open) return net::WriteResult::closed;
    text.append(data);
    changed.notify_all();
    return net::WriteResult::ok;
  }
  void end(std::string_view last_words) override {
    write(last_words);
    close();
  }
  bool is_open() const override {
    auto& self = const_cast<State&>(*this);
    std::lock_guard lock(self.mutex);
    return open;
  }
  void on_writable(std::function<void()>) override {}
  void on_close(std::function<void()> callback) override {
    std::unique_lock lock(mutex);
    if (open) return close_callbacks.push_back(std::move(callback));
    lock.unlock();
    callback();
  }
  void close() {
    std::vector<std::function<void()>> callbacks;
    {
      std::lock_guard lock(mutex);
      open = false;
      callbacks.swap(close_callbacks);
      changed.notify_all();
    }
    for (auto& callback : callbacks) callback();
  }
};

namespace {

// Waits for the one answer.
struct Waiting final : net::ResponderBackend {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<net::Response> response;
  std::shared_ptr<TestCentre::Streamed::State> stream;

  void send(net::Response r) override {
    std::lock_guard lock(mutex);
    if (!response) response = std::move(r);
    changed.notify_all();
  }
  std::shared_ptr<net::StreamBackend> start_stream(net::Response head,
                                                   net::StreamOptions) override {
    std::lock_guard lock(mutex);
    response = std::move(head);
    stream = std::make_shared<TestCentre::Streamed::State>();
    changed.notify_all();
    return stream;
  }
  net::Response wait() {
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, kPatience, [&] { return response.has_value(); })) {
      throw std::runtime_error("no answer");
    }
    return *response;
  }
};

std::string decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

net::Request make_request(net::Method method, std::string_view target, std::string body,
                          std::vector<std::pair<std::string, std::string>> headers) {
  net::Request request;
  request.method = method;
  request.peer = {true, static_cast<int64_t>(geteuid()), -1, -1, "unix"};
  request.path = decode(target.substr(0, target.find('?')));
  for (std::string_view rest = std::string_view(request.path).substr(1);;) {
    request.segments.emplace_back(rest.substr(0, rest.find('/')));
    if (rest.find('/') == rest.npos) break;
    rest.remove_prefix(rest.find('/') + 1);
  }
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  for (auto& [name, value] : headers) {
    std::erase_if(request.headers.items, [&](const auto& h) { return h.first == name; });
    request.headers.add(std::move(name), std::move(value));
  }
  request.body = std::move(body);
  if (target.find('?') == target.npos) return request;
  std::string_view query = target.substr(target.find('?') + 1);
  while (!query.empty()) {
    std::string_view item = query.substr(0, query.find('&'));
    size_t equals = std::min(item.find('='), item.size());
    std::string value = equals < item.size() ? decode(item.substr(equals + 1)) : "";
    request.query.items.emplace_back(decode(item.substr(0, equals)), std::move(value));
    query.remove_prefix(std::min(query.size(), item.size() + 1));
  }
  return request;
}

std::vector<store::Command> site(const TestCentreOptions& options) {
  std::vector<store::Command> commands(1);
  DeviceModel cpu, gpu;
  cpu.name = "test-cpu";
  cpu.kind = DeviceKind::cpu;
  gpu.name = "test-gpu";
  commands[0].event.what = event::Configure{options.policy, {cpu, gpu}};
  for (int i = 1; i <= options.nodes; ++i) {
    Node node{fmt::format("n{}", i), "main", 4, gibibytes(8), "test-cpu",
              {{"test-gpu", 2}},     {"ssd"}};
    commands.emplace_back().event.what = event::UpsertNode{std::move(node)};
  }
  return commands;
}

}  // namespace

void fail_test(const net::Response& response, const std::string& why) {
  throw std::runtime_error(fmt::format("{}: {} {}", why, response.status, response.body));
}

TestCentre::TestCentre(TestCentreOptions options) : home_(options.home) {
  if (home_.empty()) {
    own_home_ = std::make_unique<TempHome>();
    home_ = own_home_->path();
  }
  store::KeeperOptions keeper_options;
  keeper_options.database = store::testing::database_at(home_ + "/pentad.db");
  auto keeper = store::Keeper::open(keeper_options);
  if (!keeper) throw std::runtime_error(keeper.error().message);
  bool is_new = keeper->last_event() == 0;
  events_ = std::make_unique<api::EventHub>(wall_clock().value * 1000, 1000);
  metrics_ = std::make_unique<api::Metrics>("test");
  CoreLoopOptions loop;
  loop.probe_after = milliseconds(50);
  core_ = std::make_unique<CoreLoop>(std::move(*keeper), wall_clock, *events_, *metrics_, loop);
  core_->start(engine);
  if (is_new) REQUIRE(core_->carry_out(site(options)));
  std::vector<store::Database> readers;
  readers.push_back(std::move(*store::Database::open_reader(keeper_options.database)));
  events_->set_find_owner(
      api::owners_from(std::move(*store::Database::open_reader(keeper_options.database))));
  workers_ = std::make_unique<api::Workers>(std::move(readers));
  logs_ = std::make_unique<api::LogFollower>(*events_);
  services_ = std::make_unique<api::Services>(
      api::Services{*core_, *workers_, *events_, *logs_, *metrics_, storms_, options.applications,
                    wall_clock, "test", home_, "n1", "tester", "nowhere", wall_clock()});
  std::vector<store::SecretRow> rows;
  core_->wait_for([&](api::CoreView&) { rows = *core_->secrets(); });
  identity::Settings settings;
  settings.password_cost = {1, 8 << 20};
  settings.key_file = home_ + "/second-factor.key";
  identity_ = std::move(*identity::Identity::open(settings, rows, outside_of(*core_, wall_clock)));
  services_->identity = identity_.get();
  router_ = std::make_unique<net::Router>(api::make_router(*services_));
}

TestCentre::~TestCentre() { stop(); }

void TestCentre::stop() {
  events_->stop();
  logs_->stop();
  identity_->stop();
  core_->stop();
  workers_->stop();
}

net::Response TestCentre::call(net::Method method, std::string_view target, std::string body,
                               std::vector<std::pair<std::string, std::string>> headers) {
  auto waiting = std::make_shared<Waiting>();
  router_->handle(make_request(method, target, std::move(body), std::move(headers)),
                  net::Responder(waiting));
  return waiting->wait();
}

net::Response TestCentre::call_as(const std::string& token, net::Method method,
                                  std::string_view target, std::string body,
                                  std::vector<std::pair<std::string, std::string>> headers) {
  if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
  auto waiting = std::make_shared<Waiting>();
  net::Request request = make_request(method, target, std::move(body), std::move(headers));
  request.peer = {};
  request.peer.address = "192.0.2.7:4711";
  router_->handle(std::move(request), net::Responder(waiting));
  return waiting->wait();
}

void TestCentre::tell(std::vector<event::What> events) {
  std::vector<store::Command> commands;
  for (event::What& what : events) commands.emplace_back().event.what = std::move(what);
  auto applied = core_->carry_out(std::move(commands));
  REQUIRE(applied);
  for (const store::Applied& a : *applied) CHECK(a.effects.reply.refusal.detail == "");
}

std::string TestCentre::token_of(const std::string& user, std::vector<std::string> scopes) {
  if (!core_->directory()->find_user(user)) {
    User made;
    made.name = user;
    made.key = normal_name(user)->key;
    tell({event::PutUser{made, true}});
  }
  std::promise<Result<identity::NewToken>> promise;
  identity_->make_token(user, "test", std::move(scopes), wall_clock() + hours(1),
                        [&](Result<identity::NewToken> token) { promise.set_value(token); });
  return promise.get_future().get()->secret;
}

std::shared_ptr<TestCentre::Streamed> TestCentre::stream(
    std::string_view target, std::vector<std::pair<std::string, std::string>> headers) {
  auto waiting = std::make_shared<Waiting>();
  router_->handle(make_request(net::Method::get, target, {}, std::move(headers)),
                  net::Responder(waiting));
  net::Response head = waiting->wait();
  if (head.status != 200 || !waiting->stream) fail_test(head, "no stream");
  return std::make_shared<Streamed>(Streamed{waiting->stream});
}

std::string TestCentre::told(const net::Response& response) {
  auto problem = from_json<api::Problem>(response.body, ReadMode::lenient);
  if (!problem || response.media_type != net::problem_media) {
    return fmt::format("{} {}", response.status, response.body);
  }
  if (problem->status != response.status) return "the status differs from the document's";
  return fmt::format("{} {} {}", response.status,
                     std::string_view(problem->type).substr(net::problem_base.size()),
                     problem->field.value_or("-"));
}

int64_t TestCentre::submit(const std::string& body) {
  return as<api::Submitted>(post("/api/v1/jobs", body), 201).jobs.at(0);
}

api::JobDetail TestCentre::job(int64_t id) {
  return as<api::JobDetail>(get(fmt::format("/api/v1/jobs/{}", id)));
}

void TestCentre::started(const AttemptId& attempt) {
  core_->report({event::AttemptStarted{attempt, wall_clock()}});
  core_->wait_for([](api::CoreView&) {});
}

void TestCentre::ended(const AttemptId& attempt, AttemptEnd end) {
  if (end.started_at == Time{} && end.kind != EndKind::not_started) end.started_at = wall_clock();
  if (end.ended_at == Time{}) end.ended_at = wall_clock();
  core_->report({event::AttemptEnded{attempt, std::move(end)}});
  core_->wait_for([](api::CoreView&) {});
}

bool TestCentre::Streamed::wait_for(std::string_view wanted) {
  std::unique_lock lock(state->mutex);
  return state->changed.wait_for(lock, kPatience,
                                 [&] { return state->text.find(wanted) != std::string::npos; });
}

bool TestCentre::Streamed::wait_for_end() {
  std::unique_lock lock(state->mutex);
  return state->changed.wait_for(lock, kPatience, [&] { return !state->open; });
}

void TestCentre::Streamed::hang_up() { state->close(); }

std::string TestCentre::Streamed::text() {
  std::lock_guard lock(state->mutex);
  return state->text;
}

}  // namespace pentad::app
