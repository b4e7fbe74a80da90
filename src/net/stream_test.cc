// Streamed answers over real sockets: events, long bodies, slow and vanishing clients.
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "net/client.h"
#include "net/events.h"
#include "net/server.h"
#include "net/test_client.h"

namespace pentad::net {
namespace {

// A server whose only handler hands request and responder to the test's thread.
class Fixture {
 public:
  explicit Fixture(ServerOptions options = {}) {
    options.listen = {"127.0.0.1:0"};
    auto started = Server::start(options, [this](Request request, Responder responder) {
      std::lock_guard lock(mutex_);
      waiting_.emplace_back(std::move(request), std::move(responder));
      changed_.notify_all();
    });
    REQUIRE_MESSAGE(started, started.error().message);
    server = std::move(*started);
  }

  std::pair<Request, Responder> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_.empty(); });
    auto first = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    return first;
  }

  uint16_t port() const { return server->port(); }

  std::unique_ptr<Server> server;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<Request, Responder>> waiting_;
};

// Waits for something that another thread will do.
class Signal {
 public:
  void set() {
    std::lock_guard lock(mutex_);
    is_set_ = true;
    changed_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return is_set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_set_ = false;
};

std::string get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) +
         "\r\n";
}

Response plain() {
  Response head;
  head.media_type = "text/plain";
  return head;
}

}  // namespace

TEST_CASE("a streamed body arrives piece by piece, then the connection goes on") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/"));
  Stream stream = f.take().second.stream(plain());
  CHECK(client.until("\r\n\r\n").find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(stream.write("one") == WriteResult::ok);
  CHECK(client.until("one\r\n") == "3\r\none\r\n");
  CHECK(stream.write("two") == WriteResult::ok);
  CHECK(client.until("two\r\n") == "3\r\ntwo\r\n");
  Signal closed;
  stream.on_close([&] { closed.set(); });
  stream.end("bye");
  CHECK(client.until("0\r\n\r\n") == "3\r\nbye\r\n0\r\n\r\n");
  CHECK(closed.wait());
  CHECK(stream.write("x") == WriteResult::closed);
  client.send(get("/"));
  f.take().second.send(plain());
  CHECK(client.receive().status == 200);
}

TEST_CASE("requests pipelined behind a stream are answered after it") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/a") + get("/b"));
  auto [request, responder] = f.take();
  CHECK(request.path == "/a");
  Stream stream = responder.stream(plain());
  stream.write("body");
  stream.end();
  CHECK(client.receive().body == "body");
  auto [next, later] = f.take();
  CHECK(next.path == "/b");
  later.send(plain());
  CHECK(client.receive().status == 200);
}

TEST_CASE("dropping the last handle ends the stream") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/"));
  { f.take().second.stream(plain()).write("half a word"); }
  CHECK(client.receive().body == "half a word");
}

TEST_CASE("HTTP/1.0 and HEAD") {
  Fixture f;
  RawClient old(f.port());
  old.send("GET / HTTP/1.0\r\n\r\n");
  Stream stream = f.take().second.stream(plain());
  stream.write("text");
  stream.end();
  CHECK(old.rest().ends_with("\r\n\r\ntext"));
  RawClient head(f.port());
  head.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/"));
  Stream none = f.take().second.stream(plain());
  CHECK(head.receive(MessageKind::response_to_head).status == 200);
  CHECK_FALSE(none.is_open());
  f.take().second.send(plain());
  CHECK(head.receive().status == 200);
}

TEST_CASE("a writer faster than the client is held back, and everything arrives in order") {
  ServerOptions options;
  options.stream_buffer_bytes = 64 << 10;
  Fixture f(options);
  RawClient client(f.port());
  client.send(get("/"));
  Stream stream = f.take().second.stream(plain());
  std::mutex mutex;
  int next = 0;
  std::atomic<int> held_back = 0;
  // More than the kernel holds for a client that does not read yet.
  constexpr int lines = 50'000;
  const std::string padding(1000, 'x');
  auto pump = [&] {
    std::lock_guard lock(mutex);
    while (next < lines) {
      WriteResult result = stream.write(std::to_string(next) + padding + "\n");
      if (result == WriteResult::full) {
        ++held_back;
        return;
      }
      CHECK(result == WriteResult::ok);
      ++next;
    }
    stream.end();
  };
  stream.on_writable(pump);
  pump();
  std::string expected;
  for (int i = 0; i < lines; ++i) expected += std::to_string(i) + padding + "\n";
  CHECK(client.receive().body == expected);
  CHECK(held_back > 0);
}

TEST_CASE("a client that does not read is dropped, with bounded memory") {
  ServerOptions options;
  options.stream_buffer_bytes = 64 << 10;
  options.write_timeout = milliseconds(200);
  Fixture f(options);
  RawClient client(f.port());
  client.send(get("/events"));
  EventStream events(f.take().second);
  Signal closed;
  events.on_close([&] { closed.set(); });
  // What the kernel takes, then our buffer, then no more.
  size_t sent = 0;
  while (events.send({"1", "x", std::string(1000, 'x')})) ++sent;
  CHECK(sent < 100'000);
  CHECK(closed.wait());
  CHECK(client.rest().size() < 100'000'000);
}

TEST_CASE("the writer learns that the client has gone") {
  Fixture f;
  auto client = std::make_unique<RawClient>(f.port());
  client->send(get("/"));
  Stream stream = f.take().second.stream(plain());
  Signal closed;
  stream.on_close([&] { closed.set(); });
  client.reset();
  CHECK(closed.wait());
  CHECK_FALSE(stream.is_open());
  CHECK(stream.write("x") == WriteResult::closed);
  bool at_once = false;
  stream.on_close([&] { at_once = true; });
  CHECK(at_once);
}

TEST_CASE("quiet event streams carry heartbeats") {
  ServerOptions options;
  options.heartbeat = milliseconds(50);
  Fixture f(options);
  RawClient client(f.port());
  client.send(get("/events"));
  EventStream events(f.take().second);
  client.until("\r\n\r\n");
  for (int i = 0; i < 4; ++i) CHECK(client.until(":\n\n\r\n") == "3\r\n:\n\n\r\n");
}

TEST_CASE("stop ends streams and waits until the client has all of it") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/events"));
  auto [request, responder] = f.take();
  EventStream events(responder);
  events.send({"1", "", "last"});
  std::thread stopping([&] { f.server->stop(seconds(20)); });
  CHECK(client.receive().body == ":\n\nid: 1\ndata: last\n\n");
  CHECK(client.rest().empty());
  stopping.join();
  CHECK_FALSE(events.send({"2", "", "x"}));
}

TEST_CASE("the client follows events, resumes with Last-Event-ID, and stops when it has enough") {
  Fixture f;
  Address address{"", "127.0.0.1", f.port()};
  std::thread serving([&] {
    auto [request, responder] = f.take();
    CHECK(request.header("Last-Event-ID") == "41");
    EventStream events(responder);
    for (int i = 42; i < 45; ++i)
      events.send({std::to_string(i), "tick", "n\n" + std::to_string(i)});
    Signal gone;
    events.on_close([&] { gone.set(); });
    CHECK(gone.wait());
  });
  Client client(address);
  std::vector<ServerEvent> got;
  auto response = client.events(
      "/events",
      [&](const ServerEvent& event) {
        got.push_back(event);
        return got.size() < 3;
      },
      "41");
  REQUIRE_MESSAGE(response, response.error().message);
  CHECK(response->status == 200);
  REQUIRE(got.size() == 3);
  CHECK(got[2] == ServerEvent{"44", "tick", "n\n44"});
  serving.join();
}

}  // namespace pentad::net
