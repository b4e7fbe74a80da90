// What strangers try against the server itself, beyond TLS. Each case says what.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "net/server.h"
#include "net/test_client.h"

namespace pentad::net {
namespace {

struct Target {
  explicit Target(const std::function<void(ServerOptions&)>& change = {}) {
    ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    if (change) change(options);
    auto started = Server::start(options, [this](Request request, Responder responder) {
      ++handled;
      Response response;
      response.media_type = "text/plain";
      response.body =
          request.path + "|" + request.peer.address + "|" + (request.peer.is_tls ? "tls" : "plain");
      responder.send(std::move(response));
    });
    REQUIRE_MESSAGE(started, started.error().message);
    server = std::move(*started);
  }
  // Status of the first answer, and what came on the connection after it.
  std::pair<int, std::string> try_bytes(std::string_view bytes) const {
    RawClient client(server->port());
    client.send(bytes);
    client.half_close();
    Response response = client.receive();
    return {response.status, client.rest()};
  }

  std::atomic<int> handled = 0;
  std::unique_ptr<Server> server;
};

const std::string kHost = "Host: localhost\r\n";

}  // namespace

// A proxy in front and the centre shall disagree on where a request ends, so that the rest of it
// counts as the next one, which the proxy has never checked.
TEST_CASE("requests whose end is ambiguous are refused and end the connection") {
  const std::string inner = "GET /admin HTTP/1.1\r\n" + kHost + "\r\n";
  const std::vector<std::string> heads = {
      "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
      "Content-Length: 0\r\nContent-Length: 44\r\n",
      "Content-Length: +4\r\n",
      "Content-Length: 4, 44\r\n",
      "Content-Length: 0x4\r\n",
      "Content-Length: -1\r\n",
      "Content-Length: 99999999999999999999\r\n",
      "Transfer-Encoding: xchunked\r\n",
      "Transfer-Encoding: chunked, identity\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
      "Transfer-Encoding:\vchunked\r\n",
      "Content-Length : 4\r\n",
      " Content-Length: 4\r\n",
      "Content-Length: 4\rX: \n",
      "Content\x01-Length: 4\r\n",
  };
  for (const std::string& head : heads) {
    Target target;
    auto [status, rest] =
        target.try_bytes("POST / HTTP/1.1\r\n" + kHost + head + "\r\n0\r\n\r\n" + inner);
    CAPTURE(head);
    CHECK(status >= 400);
    CHECK(rest.find("/admin") == std::string::npos);
    CHECK(target.handled == 0);
  }
}

// A line that goes on (obsolete folding) hides a header from one of the two: it becomes part of the
// value before it, as RFC 9112 section 5.2 allows, and never a header.
TEST_CASE("a folded header is a value") {
  Target target;
  auto [status, rest] =
      target.try_bytes("GET /folded HTTP/1.1\r\n" + kHost + "X: a\r\n\tContent-Length: 44\r\n\r\n" +
                       "GET /second HTTP/1.1\r\n" + kHost + "\r\n");
  CHECK(status == 200);
  CHECK(rest.find("/second|") != std::string::npos);
  CHECK(target.handled == 2);
}

TEST_CASE("chunks that lie about their size are refused") {
  for (const char* body :
       {"-1\r\n", "0x2\r\nab\r\n0\r\n\r\n", "ffffffffffffffffff\r\n", "2\r\nabc\r\n",
        "2\nab\r\n0\r\n\r\n", "\r\n\r\n", "2 2\r\nab\r\n0\r\n\r\n"}) {
    Target target;
    auto [status, rest] = target.try_bytes("POST / HTTP/1.1\r\n" + kHost +
                                           "Transfer-Encoding: chunked\r\n\r\n" + body);
    CAPTURE(body);
    CHECK(status >= 400);
    CHECK(target.handled == 0);
  }
}

// A header too much, too long, or endless; a body larger than memory.
TEST_CASE("huge heads and bodies are refused before they are read") {
  Target target;
  auto status = [&](const std::string& bytes) { return target.try_bytes(bytes).first; };
  CHECK(status("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n") == 431);
  CHECK(status("GET / HTTP/1.1\r\n" + kHost + "X: " + std::string(1 << 20, 'x') + "\r\n\r\n") ==
        431);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "X" + std::to_string(i) + ": 1\r\n";
  CHECK(status("GET / HTTP/1.1\r\n" + kHost + many + "\r\n") == 431);
  CHECK(status("POST / HTTP/1.1\r\n" + kHost + "Content-Length: 99999999999\r\n\r\n") == 413);
  CHECK(target.handled == 0);
}

// A web page elsewhere makes a browser speak to the centre: by a name that it points here, or by a
// form and a script.
TEST_CASE("rebound names and foreign pages are refused") {
  Target target([](ServerOptions& o) { o.allowed_hosts = {"centre.example"}; });
  auto status = [&](const std::string& head) {
    return target.try_bytes("POST / HTTP/1.1\r\n" + head + "Content-Length: 0\r\n\r\n").first;
  };
  CHECK(status("Host: evil.example\r\n") == 403);
  CHECK(status("Host: centre.example.evil.example\r\n") == 403);
  CHECK(status("Host: centre.example\r\nHost: evil.example\r\n") == 400);
  CHECK(status("Host: centre.example@evil.example\r\n") == 403);
  CHECK(status("Host: centre.example\r\nOrigin: https://evil.example\r\n") == 403);
  CHECK(status("Host: centre.example\r\nOrigin: null\r\n") == 403);
  CHECK(status("Host: centre.example\r\nOrigin: https://centre.example.evil.example\r\n") == 403);
  CHECK(target.handled == 0);
  CHECK(status("Host: centre.example\r\nOrigin: https://centre.example\r\n") == 200);
}

// Thousands of connections that say nothing, to use up all there are.
TEST_CASE("idle connections make room for those who ask") {
  Target target([](ServerOptions& o) { o.max_connections = 100; });
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.push_back(std::make_unique<RawClient>(target.server->port()));
    if (i % 100 == 99) {
      CHECK(target.try_bytes("GET /in HTTP/1.1\r\n" + kHost + "\r\n").first == 200);
    }
  }
  CHECK(target.handled == 10);
  CHECK(target.server->connection_count() <= 106);
}

// Requests that are begun and never finished hold their connections only for the deadline.
TEST_CASE("half a request ends with its deadline") {
  Target target([](ServerOptions& o) {
    o.header_timeout = milliseconds(200);
    o.body_timeout = milliseconds(200);
  });
  RawClient head(target.server->port()), body(target.server->port());
  head.send("GET / HTTP/1.1\r\nHost: loc");
  body.send("POST / HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\n\r\nab");
  CHECK(head.receive().status == 408);
  CHECK(body.receive().status == 408);
  CHECK(target.handled == 0);
}

// Ten thousand requests at once on one connection, and never an answer read.
TEST_CASE("pipelining without reading is held up, not stored") {
  Target target([](ServerOptions& o) { o.write_timeout = milliseconds(300); });
  RawClient client(target.server->port());
  std::string one = "GET /" + std::string(4000, 'p') + " HTTP/1.1\r\n" + kHost + "\r\n";
  std::string all;
  for (int i = 0; i < 10'000; ++i) all += one;
  std::thread writer([&] { client.send(all); });
  // Reads nothing: the server stops answering when the kernel's buffers are full, then gives up.
  writer.join();
  CHECK(target.handled < 10'000);
  CHECK(target.try_bytes("GET /other HTTP/1.1\r\n" + kHost + "\r\n").first == 200);
}

// A client claims to come from elsewhere, or over TLS.
TEST_CASE("what is forwarded counts from proxies only") {
  const std::string claim = "GET / HTTP/1.1\r\n" + kHost +
                            "X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: https\r\n\r\n";
  Target alone;
  RawClient direct(alone.server->port());
  direct.send(claim);
  std::string body = direct.receive().body;
  CHECK(body.find("127.0.0.1:") != std::string::npos);
  CHECK(body.ends_with("|plain"));

  Target behind([](ServerOptions& o) { o.trusted_proxies = {"127.0.0.1"}; });
  RawClient proxy(behind.server->port());
  proxy.send(claim);
  Response response = proxy.receive();
  CHECK(response.body == "/|203.0.113.5|tls");
  CHECK(response.headers.find("Strict-Transport-Security"));
}

TEST_CASE("addresses that others reach need TLS, a proxy or a flag") {
  ServerOptions options;
  options.listen = {"0.0.0.0:0"};
  auto refused = Server::start(options, [](Request, Responder) {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("in clear") != std::string::npos);
  CHECK(refused.error().message.find("--self-signed") != std::string::npos);
  options.trusted_proxies = {"not an address"};
  CHECK_FALSE(Server::start(options, [](Request, Responder) {}));
  options.trusted_proxies = {};
  options.allow_remote = true;
  CHECK(Server::start(options, [](Request, Responder) {}));
}

}  // namespace pentad::net
