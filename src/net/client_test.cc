#include "net/client.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "net/listen.h"
#include "net/server.h"
#include "net/test_client.h"

namespace pentad::net {
namespace {

Response echo(const Request& request) {
  Response response;
  response.headers.add("X-Method", std::string(method_name(request.method)));
  response.headers.add("X-Type", std::string(request.header("Content-Type")));
  response.body = request.body;
  return response;
}

std::unique_ptr<Server> serve(Handler handler, ServerOptions options = {}) {
  if (options.unix_path.empty()) options.listen = {"127.0.0.1:0"};
  auto server = Server::start(std::move(options), std::move(handler));
  REQUIRE(server);
  return std::move(*server);
}

std::unique_ptr<Server> serve_echo(ServerOptions options = {}) {
  return serve([](Request request, Responder responder) { responder.send(echo(request)); },
               std::move(options));
}

// A server that answers each request on a connection with the next of its lines (divided by form
// feeds), then hangs up.
class Scripted {
 public:
  explicit Scripted(std::vector<std::string> connections)
      : sockets_(std::move(*listen_tcp("127.0.0.1:0", false))),
        thread_([this, connections = std::move(connections)] { run(connections); }) {}
  ~Scripted() { thread_.join(); }
  Scripted(const Scripted&) = delete;
  Scripted& operator=(const Scripted&) = delete;
  Address address() const { return {"", "127.0.0.1", sockets_.front().port()}; }
  int requests() const { return requests_; }

 private:
  void run(const std::vector<std::string>& connections) {
    for (std::string_view answers : connections) {
      fcntl(sockets_.front().fd(), F_SETFL, 0);
      int fd = accept(sockets_.front().fd(), nullptr, nullptr);
      std::string bytes(100'000, '\0');
      while (true) {
        if (recv(fd, bytes.data(), bytes.size(), 0) > 0) ++requests_;
        std::string_view answer = answers.substr(0, answers.find('\f'));
        send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
        if (answer.size() == answers.size()) break;
        answers.remove_prefix(answer.size() + 1);
      }
      shutdown(fd, SHUT_WR);
      while (recv(fd, bytes.data(), bytes.size(), 0) > 0) {
      }
      ::close(fd);
    }
  }

  std::vector<ListeningSocket> sockets_;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_CASE("addresses in words") {
  CHECK(Address::parse("http://127.0.0.1:6580")->to_text() == "http://127.0.0.1:6580");
  CHECK(Address::parse("127.0.0.1:6580/")->to_text() == "http://127.0.0.1:6580");
  CHECK(Address::parse("http://[::1]:6580")->host == "::1");
  CHECK(Address::parse("http://[::1]:6580")->to_text() == "http://[::1]:6580");
  CHECK(Address::parse("unix:/a/b.sock")->to_text() == "unix:/a/b.sock");
  CHECK(Address::parse("/a/b.sock")->unix_path == "/a/b.sock");
  for (auto text : {"", "localhost", "https://localhost:x", "http://a b:1", "a:b", "unix:a"}) {
    CHECK_MESSAGE(!Address::parse(text), text);
  }
}

TEST_CASE("percent encoding") {
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("a b/\xC3\xA9%") == "a%20b%2F%C3%A9%25");
}

TEST_CASE("requests over one kept connection, TCP and Unix") {
  TempDir dir;
  for (bool is_unix : {false, true}) {
    ServerOptions options;
    if (is_unix) options.unix_path = dir.path() + "/p.sock";
    auto server = serve_echo(options);
    Client client(is_unix ? Address{options.unix_path, "", 0}
                          : Address{"", "127.0.0.1", server->port()});
    for (size_t size : {0, 5, 100'000, 10'000'000}) {
      std::string body(size, 'x');
      auto response = client.send(Method::post, "/a?b=c", body);
      REQUIRE_MESSAGE(response, response.error().message);
      CHECK(response->status == 200);
      CHECK(response->body == body);
      CHECK(*response->headers.find("X-Method") == "POST");
      CHECK(*response->headers.find("X-Type") == (size > 0 ? "application/json" : ""));
    }
    CHECK(client.send(Method::head, "/")->status == 200);
    CHECK(client.get("/")->status == 200);
    CHECK(server->connection_count() == 1);
  }
}

TEST_CASE("the server goes away and comes back: the kept connection is replaced") {
  TempDir dir;
  ServerOptions options;
  options.unix_path = dir.path() + "/p.sock";
  auto server = serve_echo(options);
  Client client(Address{options.unix_path, "", 0});
  CHECK(client.get("/"));
  server = nullptr;
  auto gone = client.get("/");
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::unavailable);
  CHECK(gone.error().message.find(options.unix_path) != std::string::npos);
  server = serve_echo(options);
  // Not sent twice: the old connection is known to be closed before anything goes out.
  CHECK(client.send(Method::post, "/", "x"));
}

TEST_CASE("nobody there: unavailable") {
  auto free_port = listen_tcp("127.0.0.1:0", false)->front().port();
  Client tcp(Address{"", "localhost", free_port});
  CHECK(tcp.get("/").error().code == ErrorCode::unavailable);
  Client none(Address{"/nonexistent/p.sock", "", 0});
  CHECK(none.get("/").error().code == ErrorCode::unavailable);
}

TEST_CASE("no answer: timed out") {
  auto sockets = listen_tcp("127.0.0.1:0", false);  // takes connections and says nothing
  ClientOptions options;
  options.timeout = milliseconds(50);
  Client client(Address{"", "127.0.0.1", sockets->front().port()}, options);
  CHECK(client.get("/").error().code == ErrorCode::timed_out);
}

TEST_CASE("answers that are not whole, not HTTP, or too large") {
  struct Row {
    std::string answer;
    ErrorCode code;
  };
  for (const Row& row :
       {Row{"SSH-2.0-OpenSSH\r\n", ErrorCode::invalid},
        {"", ErrorCode::failed},
        {"HTTP/1.1 200 OK\r\nContent-Le", ErrorCode::failed},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", ErrorCode::failed},
        {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", ErrorCode::too_large}}) {
    CAPTURE(row.answer);
    Scripted server({row.answer});
    ClientOptions options;
    options.max_body_bytes = 100;
    auto response = Client(server.address(), options).get("/");
    REQUIRE_FALSE(response);
    CHECK(response.error().code == row.code);
  }
}

TEST_CASE("only what cannot happen twice is sent again when a kept connection breaks") {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  // The second request is read and not answered.
  const std::string breaks = ok + "\f";
  {
    Scripted server({breaks, ok});
    Client client(server.address());
    CHECK(client.get("/"));
    CHECK(client.get("/"));
    CHECK(server.requests() == 3);
  }
  {
    Scripted server({breaks, ok});
    Client client(server.address());
    Headers key{{{"Idempotency-Key", "1"}}};
    CHECK(client.send(Method::post, "/", "x", key));
    CHECK(client.send(Method::post, "/", "x", key));
    CHECK(server.requests() == 3);
  }
  Scripted server({breaks});
  Client client(server.address());
  CHECK(client.send(Method::post, "/", "x"));
  CHECK(client.send(Method::post, "/", "x").error().code == ErrorCode::failed);
  CHECK(server.requests() == 2);
}

TEST_CASE("100 Continue before the answer is passed over") {
  Scripted server(
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx"});
  CHECK(Client(server.address()).get("/")->status == 201);
}

TEST_CASE("a server that refuses a large body at once is heard") {
  ServerOptions options;
  options.max_body_bytes = 1000;
  auto server = serve_echo(options);
  Client client(Address{"", "127.0.0.1", server->port()});
  auto response = client.send(Method::post, "/", std::string(50'000'000, 'x'));
  REQUIRE_MESSAGE(response, response.error().message);
  CHECK(response->status == 413);
  CHECK(client.send(Method::post, "/", "x")->status == 200);
}

TEST_CASE("bodies are streamed to the caller; problems come back whole") {
  auto server = serve([](Request request, Responder responder) {
    if (request.path == "/none") {
      return responder.send(make_problem(HttpProblem::no_such_path, "nothing"));
    }
    Stream stream = responder.stream({});
    for (int i = 0; i < 1000; ++i) stream.write(std::string(1000, static_cast<char>('a' + i % 26)));
    stream.end();
  });
  Client client(Address{"", "127.0.0.1", server->port()});
  std::string all;
  auto take = [&](std::string_view bytes) {
    all += bytes;
    return true;
  };
  auto response = client.stream("/log", take);
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(all.size() == 1'000'000);
  CHECK(client.stream("/none", take)->body.find("no-such-path") != std::string::npos);
  CHECK(all.size() == 1'000'000);
  int pieces = 0;
  CHECK(client.stream("/log", [&](std::string_view) { return ++pieces < 2; }));
  CHECK(pieces == 2);
  CHECK(client.get("/none")->status == 404);
}

}  // namespace pentad::net
