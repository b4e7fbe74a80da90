#include "net/server.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "net/events.h"
#include "net/router.h"
#include "net/test_client.h"

namespace pentad::net {
namespace {

// Holds responders until the test lets them answer, from the test's thread.
struct Parking {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Responder> waiting;

  void park(Responder responder) {
    std::lock_guard lock(mutex);
    waiting.push_back(std::move(responder));
    changed.notify_all();
  }
  Responder take() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return !waiting.empty(); });
    Responder first = std::move(waiting.front());
    waiting.erase(waiting.begin());
    return first;
  }
};

Response text(std::string body) {
  Response response;
  response.media_type = "text/plain";
  response.body = std::move(body);
  return response;
}

struct Fixture {
  explicit Fixture(ServerOptions options = {}) {
    router.add(Method::get, "/hello", [](Request, Responder r) { r.send(text("hello")); });
    router.add(Method::post, "/size", [](Request request, Responder r) {
      r.send(text(std::to_string(request.body.size())));
    });
    router.add(Method::get, "/peer", [](Request request, Responder r) {
      r.send(text(std::to_string(request.peer.uid) + " " + std::to_string(request.peer.pid)));
    });
    router.add(Method::get, "/park", [this](Request, Responder r) { parking.park(std::move(r)); });
    router.add(Method::get, "/forget", [](Request, Responder) {});
    if (options.listen.empty() && options.unix_path.empty()) options.listen = {"127.0.0.1:0"};
    auto started = Server::start(options, [this](Request request, Responder responder) {
      router.handle(std::move(request), std::move(responder));
    });
    REQUIRE_MESSAGE(started, started.error().message);
    server = std::move(*started);
  }

  uint16_t port() const { return server->port(); }

  Router router;
  Parking parking;
  std::unique_ptr<Server> server;
};

std::string get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) +
         "\r\n";
}

std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace

TEST_CASE("answers, keeps the connection, and answers again") {
  Fixture f;
  RawClient client(f.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/hello"));
    Response response = client.receive();
    CHECK(response.status == 200);
    CHECK(response.body == "hello");
    CHECK(*response.headers.find("Content-Length") == "5");
    CHECK(*response.headers.find("Content-Type") == "text/plain");
    CHECK(response.headers.find("Date"));
  }
  CHECK(f.server->connection_count() == 1);
}

TEST_CASE("listens on both loopbacks") {
  ServerOptions options;
  options.listen = {"localhost:0"};
  Fixture f(options);
  ClientSocket v6;
  if (!v6.connect(*tcp_address("::1", f.port()), seconds(5))) return;  // a machine without IPv6
  CHECK(v6.write(get("/hello"), seconds(5)));
  char bytes[64];
  CHECK(*v6.read(bytes, sizeof bytes, seconds(20)) > 0);
}

TEST_CASE("pipelined requests are answered in order") {
  Fixture f;
  RawClient client(f.port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += post("/size", std::string(static_cast<size_t>(i), 'x'));
  client.send(all);
  for (int i = 0; i < 50; ++i) CHECK(client.receive().body == std::to_string(i));
}

TEST_CASE("a later answer of a pipelined request waits for the earlier one") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/park") + get("/hello"));
  f.parking.take().send(text("parked"));
  CHECK(client.receive().body == "parked");
  CHECK(client.receive().body == "hello");
}

TEST_CASE("bodies: large, chunked, after 100-continue") {
  Fixture f;
  RawClient client(f.port());
  client.send(post("/size", std::string(5'000'000, 'x')));
  CHECK(client.receive().body == "5000000");
  client.send(
      "POST /size HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n0\r\n\r\n");
  CHECK(client.receive().body == "5");
  client.send(
      "POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: "
      "100-continue\r\n\r\n");
  CHECK(client.until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  CHECK(client.receive().body == "3");
}

TEST_CASE("HEAD has the head of GET and no body") {
  Fixture f;
  RawClient client(f.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/hello"));
  Response head = client.receive(MessageKind::response_to_head);
  CHECK(head.status == 200);
  CHECK(*head.headers.find("Content-Length") == "5");
  CHECK(client.receive().body == "hello");
}

TEST_CASE("404, 405 with Allow, OPTIONS; the connection stays usable") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/none"));
  CHECK(client.receive().status == 404);
  client.send("DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  Response response = client.receive();
  CHECK(response.status == 405);
  CHECK(*response.headers.find("Allow") == "GET, HEAD, OPTIONS");
  client.send("OPTIONS /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.receive().status == 204);
  client.send(get("/%FF"));
  CHECK(client.receive().status == 400);
  client.send(get("/hello"));
  CHECK(client.receive().status == 200);
}

TEST_CASE("connections end when the client asks, or speaks HTTP/1.0") {
  Fixture f;
  RawClient closing(f.port());
  closing.send(get("/hello", "Connection: close\r\n"));
  CHECK(closing.rest().ends_with("hello"));
  RawClient old(f.port());
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  CHECK(old.rest().ends_with("hello"));
  RawClient kept(f.port());
  kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  Response response = kept.receive();
  CHECK(*response.headers.find("Connection") == "keep-alive");
}

TEST_CASE("a body that is too large is refused at its header") {
  ServerOptions options;
  options.max_body_bytes = 1000;
  Fixture f(options);
  RawClient client(f.port());
  client.send("POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n");
  Response response = client.receive();
  CHECK(response.status == 413);
  CHECK(response.body.find("urn:pentad:problem:too-large") != std::string::npos);
  CHECK(*response.headers.find("Connection") == "close");
  RawClient exact(f.port());
  exact.send(post("/size", std::string(1000, 'x')));
  CHECK(exact.receive().body == "1000");
}

TEST_CASE("a client that sends 100 MB first still reads the refusal, chunked or not") {
  ServerOptions options;
  options.max_body_bytes = 1 << 20;
  Fixture f(options);
  std::string block(1 << 20, 'x');
  RawClient client(f.port());
  client.send("POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n");
  for (int i = 0; i < 100; ++i) REQUIRE(client.send(block));
  CHECK(client.receive().status == 413);

  RawClient chunked(f.port());
  chunked.send("POST /size HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 20; ++i) REQUIRE(chunked.send("100000\r\n" + block + "\r\n"));
  CHECK(chunked.receive().status == 413);
}

TEST_CASE("all bodies together are bounded") {
  ServerOptions options;
  options.max_total_body_bytes = 100'000;
  Fixture f(options);
  RawClient first(f.port());
  first.send("POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n");
  first.send(std::string(89'999, 'x'));
  RawClient second(f.port());
  second.send(post("/size", std::string(200'000, 'x')));
  CHECK(second.receive().status == 503);
  first.send("x");
  CHECK(first.receive().body == "90000");
  RawClient third(f.port());
  third.send(post("/size", std::string(90'000, 'x')));
  CHECK(third.receive().body == "90000");
}

TEST_CASE("garbage, long headers, other hosts: a problem document and the end") {
  Fixture f;
  struct Row {
    std::string input;
    int status;
  };
  for (const Row& row : {
           Row{"\x16\x03\x01\x02", 0},
           {"\x16\x03\x01\x02\r\n\r\n", 400},
           {"GET /hello HTTP/3.0\r\n\r\n", 505},
           {"GET /hello HTTP/1.1\r\n\r\n", 400},
           {"GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403},
           {get("/hello", "Origin: http://evil.example\r\n"), 403},
           {get("/hello", "X: " + std::string(20'000, 'x') + "\r\n"), 431},
           {get("/" + std::string(20'000, 'x')), 431},
           {get("/hello", "Transfer-Encoding: gzip\r\n"), 501},
           {get("/hello", "Expect: wonders\r\nContent-Length: 1\r\n"), 417},
           {get("/hello", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
            400},
       }) {
    CAPTURE(row.input);
    RawClient client(f.port());
    client.send(row.input);
    if (row.status == 0) client.half_close();
    Response response = client.receive();
    CHECK(response.status == (row.status == 0 ? 400 : row.status));
    CHECK(*response.headers.find("Content-Type") == "application/problem+json");
    CHECK(client.rest().empty());
  }
}

TEST_CASE("a request cut short and half-closed is told so, a whole one is answered") {
  Fixture f;
  RawClient cut(f.port());
  cut.send("POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
  cut.half_close();
  CHECK(cut.receive().status == 400);
  RawClient whole(f.port());
  whole.send(get("/park"));
  Responder parked = f.parking.take();
  whole.half_close();
  parked.send(text("late"));
  CHECK(whole.receive().body == "late");
  CHECK(whole.rest().empty());
}

TEST_CASE("slow clients are cut off: in the head, in the body, between requests") {
  ServerOptions options;
  options.header_timeout = milliseconds(100);
  options.body_timeout = milliseconds(100);
  options.keep_alive_timeout = milliseconds(100);
  Fixture f(options);
  RawClient silent(f.port());
  CHECK(silent.rest().empty());
  RawClient head(f.port());
  // A byte now and then does not help.
  while (head.send("G")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  RawClient body(f.port());
  body.send("POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc");
  CHECK(body.receive().status == 408);
  RawClient kept(f.port());
  kept.send(get("/hello"));
  CHECK(kept.receive().status == 200);
  CHECK(kept.rest().empty());
}

TEST_CASE("a slow head is answered with 408") {
  ServerOptions options;
  options.header_timeout = milliseconds(100);
  Fixture f(options);
  RawClient client(f.port());
  client.send("GET /hel");
  CHECK(client.receive().status == 408);
}

TEST_CASE("a forgotten request becomes a 500") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/forget") + get("/hello"));
  CHECK(client.receive().status == 500);
  CHECK(client.receive().status == 200);
}

TEST_CASE("a handler that throws becomes a 500 and a line in the log") {
  std::string logged;
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.log = [&](const std::string& line) { logged = line; };
  auto server =
      Server::start(options, [](Request, Responder) { throw std::runtime_error("oops"); });
  REQUIRE(server);
  RawClient client((*server)->port());
  client.send(get("/"));
  CHECK(client.receive().status == 500);
  (*server)->stop(Duration(0));
  CHECK(logged == "a handler threw: oops");
}

TEST_CASE("only the first answer counts") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/park"));
  Responder responder = f.parking.take();
  Responder copy = responder;
  responder.send(text("first"));
  copy.send(text("second"));
  CHECK(copy.stream(text("third")).write("x") == WriteResult::closed);
  client.send(get("/hello"));
  CHECK(client.receive().body == "first");
  CHECK(client.receive().body == "hello");
}

TEST_CASE("over a Unix socket the handler knows who asks, and any Host will do") {
  TempDir dir;
  ServerOptions options;
  options.unix_path = dir.path() + "/p.sock";
  Fixture f(options);
  CHECK(f.port() == 0);
  RawClient client(options.unix_path);
  client.send("GET /peer HTTP/1.1\r\nHost: whatever\r\n\r\n");
  CHECK(client.receive().body == std::to_string(getuid()) + " " + std::to_string(getpid()));
}

TEST_CASE("too many connections, all busy: the next is sent away, and the Unix socket is open") {
  TempDir dir;
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.unix_path = dir.path() + "/p.sock";
  options.max_connections = 2;
  Fixture f(options);
  std::deque<RawClient> busy;
  for (int i = 0; i < 6; ++i) {  // four more than allowed come in while idle ones would go
    busy.emplace_back(f.port());
    busy.back().send(get("/park"));
  }
  std::vector<Responder> parked;
  for (int i = 0; i < 6; ++i) parked.push_back(f.parking.take());
  RawClient next(f.port());
  CHECK(next.rest().starts_with("HTTP/1.1 503 "));
  RawClient local(options.unix_path);
  local.send(get("/hello"));
  CHECK(local.receive().status == 200);
  for (Responder& r : parked) r.send(text("late"));
  for (RawClient& client : busy) CHECK(client.receive().body == "late");
}

TEST_CASE("many clients on several I/O threads, answered from another thread") {
  ServerOptions options;
  options.io_threads = 3;
  Fixture f(options);
  constexpr int clients = 20;
  constexpr int rounds = 20;
  std::thread answering([&] {
    for (int i = 0; i < clients * rounds; ++i) f.parking.take().send(text(std::to_string(i)));
  });
  std::deque<RawClient> all;
  for (int i = 0; i < clients; ++i) all.emplace_back(f.port());
  for (int round = 0; round < rounds; ++round) {
    for (RawClient& client : all) client.send(get("/park"));
    for (RawClient& client : all) CHECK(client.receive().status == 200);
  }
  answering.join();
}

TEST_CASE("stop: idle connections close, requests in flight are answered, new ones are not taken") {
  Fixture f;
  RawClient idle(f.port());
  idle.send(get("/hello"));
  CHECK(idle.receive().status == 200);
  RawClient busy(f.port());
  busy.send(get("/park"));
  Responder parked = f.parking.take();
  uint16_t port = f.port();
  std::thread stopping([&] { f.server->stop(seconds(20)); });
  CHECK(idle.rest().empty());
  parked.send(text("done"));
  Response response = busy.receive();
  CHECK(response.body == "done");
  CHECK(*response.headers.find("Connection") == "close");
  CHECK(busy.rest().empty());
  stopping.join();
  ClientSocket late;
  CHECK(late.connect(*tcp_address("127.0.0.1", port), seconds(5)).error().code ==
        ErrorCode::unavailable);
}

TEST_CASE("stop without patience closes what is left; late answers are dropped") {
  Fixture f;
  RawClient client(f.port());
  client.send(get("/park"));
  Responder parked = f.parking.take();
  f.server->stop(Duration(0));
  CHECK(client.rest().empty());
  parked.send(text("too late"));
  Stream stream = parked.stream(text(""));
  CHECK_FALSE(stream.is_open());
  f.server.reset();
}

TEST_CASE("the server may be destroyed while responders live on") {
  auto f = std::make_unique<Fixture>();
  RawClient client(f->port());
  client.send(get("/park"));
  Responder parked = f->parking.take();
  f->server.reset();
  parked.send(text("nobody hears"));
}

}  // namespace pentad::net
